import type { Connection } from 'mysql2';
import { databaseOf } from '../../../lambda/edges/mysql';
import { readSchema } from '../../../lambda/look/fingerprint';
import { servers } from '../../servers';
import { connectTo, Scene } from '../scene';

describe.each(servers())('the definitions of a large schema, on $name', (server) => {
  let scene: Scene;
  let opened = 0;
  beforeEach(async () => {
    opened = 0;
    scene = await Scene.start(server);
    for (let index = 0; index < 205; index += 1) await scene.sql(`CREATE TABLE t${index} (id INT PRIMARY KEY)`);
    await scene.sql('CREATE VIEW seen AS SELECT id FROM t0');
    await scene.sql('CREATE PROCEDURE sleeps() DO SLEEP(0)');
    await scene.sql('CREATE TRIGGER counts BEFORE INSERT ON t1 FOR EACH ROW SET NEW.id = NEW.id + 1');
  });
  afterEach(() => scene.end());

  const openMany = (): Promise<Connection> => {
    opened += 1;
    return Promise.resolve(connectTo(server, scene.name, true));
  };
  const oneByOne = () => readSchema(databaseOf(scene.outside, scene.name));
  const together = (open = openMany) => readSchema(databaseOf(scene.outside, scene.name, open));

  it('are the same read together as one by one', async () => {
    const expected = await oneByOne();
    expect(expected.objects).toHaveLength(208);
    expect(await together()).toEqual(expected);
    expect(opened).toBe(1);
  });

  it('are read one by one where one of them cannot be shown, or the other session cannot be had', async () => {
    await scene.sql('CREATE VIEW blind AS SELECT id FROM t2');
    await scene.sql('DROP TABLE t2');
    const expected = await oneByOne();
    expect(expected.objects).toContainEqual({ kind: 'view', name: 'blind', definition: expect.any(String) as string });
    expect(await together()).toEqual(expected);
    expect(await together(() => Promise.reject(new Error('too many connections')))).toEqual(expected);
  });
});
