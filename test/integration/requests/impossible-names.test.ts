import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, Scene, USER } from '../scene';

describe.each(servers())('names that $name cannot have', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(FIRST);
    await scene.settle();
  });

  test.each([
    ['a table', 'CREATE TABLE `t_😀` (id INT PRIMARY KEY)'],
    ['a column', 'ALTER TABLE user ADD COLUMN `c_😀` INT'],
    ['a partition', 'ALTER TABLE user TRUNCATE PARTITION `p_😀`'],
    ['a view', 'CREATE VIEW `v_😀` AS SELECT 1'],
    ['a procedure', 'CREATE PROCEDURE `p_😀`() SELECT 1'],
    ['a trigger', 'CREATE TRIGGER `t_😀` BEFORE INSERT ON user FOR EACH ROW SET @a = 1'],
    ['an event', 'CREATE EVENT `e_😀` ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1'],
    ['a database', 'CREATE TABLE `d_😀`.t (id INT)'],
    ['a row', 'INSERT INTO `t_😀` VALUES (1)'],
  ])('the name of %s is told of its step, if of anything', async (_what, up) => {
    const next = release({ '0001_user': USER, '0002_name': `-- migrate:up\nDO 0;\n${up};\n-- migrate:down\nDO 0;\n` });
    expect(await invoke(scene, next, { command: 'plan' })).toMatchObject({ apply: ['0002_name'] });
    const { status, reason } = await scene.answer(scene.update(FIRST, next), next);
    if (status !== 'SUCCESS') expect(reason).toMatch(/^0002_name\.sql failed at step 2 of 2 \(line 3\): ER_/);
    else expect(server.kind).toBe('mysql');
  });

  test('a history of another tool that is said to be in such a table is not there', async () => {
    expect(await invoke(scene, FIRST, { command: 'adopt', from: 'umzug', table: '😀' })).toMatchObject({
      failure: { code: 'cannot-adopt', message: expect.stringContaining('has no table 😀') },
    });
  });
});
