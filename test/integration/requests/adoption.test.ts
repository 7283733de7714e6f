import { servers } from '../../servers';
import { FIRST, release, Scene, SECOND } from '../scene';

describe.each(servers())('a table that umzug made on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql(
      `CREATE TABLE ${scene.name}.migration (createdAt DATETIME NOT NULL, updatedAt DATETIME NOT NULL, name VARCHAR(255) NOT NULL PRIMARY KEY)`,
    );
    await scene.sql(`INSERT INTO ${scene.name}.migration VALUES (NOW(), NOW(), '0001_user.js')`);
    await scene.sql(
      `CREATE TABLE ${scene.name}.user (id BIGINT PRIMARY KEY AUTO_INCREMENT, email VARCHAR(190) NOT NULL UNIQUE)`,
    );
  });

  it('is known again by every later deployment, though the stored names keep their extension', async () => {
    await scene.created(FIRST);
    expect(await scene.updated(FIRST, SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_name, 0003_orders' },
    });
    expect(await scene.history()).toEqual(['0001_user.js applied', '0002_name applied', '0003_orders applied']);
  });

  it('holds from then on what the adopted migrations said: an edited one is refused', async () => {
    await scene.created(FIRST);
    const edited = release({
      '0001_user': '-- migrate:up\nCREATE TABLE other (id INT);\n-- migrate:down\nDROP TABLE other;',
    });
    const answer = await scene.updated(FIRST, edited);
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toContain('applied migration edited: 0001_user (applied ');
  });

  it('is left as it was by a Create that is rolled back', async () => {
    const before = await scene.schema();
    const create = scene.create(SECOND);
    await scene.answer(create, SECOND);
    await scene.sql(
      `UPDATE ${scene.name}.migration_deployment SET stackStatus = 'ROLLBACK_IN_PROGRESS', stackStatusAt = '2100-01-01'`,
    );
    expect(await scene.answer(scene.delete(SECOND), SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_orders, 0002_name', Kept: '' },
    });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user.js applied']);
  });
});
