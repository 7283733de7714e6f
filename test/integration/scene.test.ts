import { servers } from '../servers';
import { Scene } from './scene';
import { ENDLESS_QUERY } from './servers/endless-query';

test.each(servers())('what a failed test has left at work on $name ends with its scene', async (server) => {
  const scene = await Scene.start(server);
  await scene.sql('CREATE TABLE kept (id INT)');
  await scene.sql('LOCK TABLES kept READ');
  scene
    .session()
    .database.write(`CREATE TABLE endless AS ${ENDLESS_QUERY}`)
    .catch(() => undefined);
  await scene.until(() => scene.isRunning('CREATE TABLE endless'));

  await scene.end();

  const next = await Scene.start(server);
  expect(await next.sql(`SHOW DATABASES LIKE '${scene.name}'`)).toEqual([]);
  await next.end();
});
