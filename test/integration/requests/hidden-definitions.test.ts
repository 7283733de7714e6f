import type { RequestPorts } from '../../../lambda/events/answer-request';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';

const BASE = `CREATE TABLE t (id INT PRIMARY KEY, a INT);
  CREATE VIEW v AS SELECT id, a FROM t;
  CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1`;
const TABLES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW';

describe.each(servers())('on $name, for a user who may not see the definitions of views and triggers', (server) => {
  // Before that of the scene, which closes its session.
  afterEach(() => scene.sql(`DROP USER ${user}`));
  const scene = Scene.ofEachTest(server);
  const base = { '0001_base': migration(BASE, 'DO 0') };
  const old = release(base);
  let user = '';

  const grants = async (rights: string): Promise<void> => {
    await scene.sql(`GRANT ${rights} ON ${scene.name}.* TO ${user}`);
  };

  beforeEach(async () => {
    user = `u${scene.name.slice(-8)}`;
    await scene.sql(`CREATE USER ${user} IDENTIFIED BY 'pw'`);
    await scene.created(old);
    await scene.settle();
  });

  /** The function's sessions are that user's. */
  const limited = (): Scene =>
    Object.create(scene, { server: { value: { ...server, user, password: 'pw' } } }) as Scene;
  const asUser = (): Pick<RequestPorts, 'connect'> => ({
    connect: () => Promise.resolve({ kind: 'connected', session: limited().session() }),
  });

  const added = release({
    ...base,
    '0002_next': migration(
      'ALTER TABLE t ADD b INT; CREATE VIEW w AS SELECT 1 AS a',
      'DROP VIEW w; ALTER TABLE t DROP b',
    ),
  });

  test('an update is applied, and rolled back without drift', async () => {
    await grants(TABLES);
    const before = await scene.schema();
    expect(await scene.updated(old, added, asUser())).toMatchObject({ status: 'SUCCESS' });
    const back = await scene.updated(added, old, asUser());
    expect([back.status, back.data.Drift, await scene.schema()]).toEqual(['SUCCESS', '', before]);
  });

  test('a trigger that it may not drop is a failure of its step, and what was done is reverted', async () => {
    await grants(TABLES);
    const next = release({
      ...base,
      '0002_next': migration(
        'ALTER TABLE t ADD b INT; DROP TRIGGER g',
        'CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; ALTER TABLE t DROP b',
      ),
    });
    const before = await scene.schema();
    const { reason } = await scene.updated(old, next, asUser());
    expect(reason).toMatch(/^0002_next\.sql failed at step 2 of 2 \(line 2\): ER_.*the schema is as it was before/);
    expect(await scene.schema()).toEqual(before);
  });

  test('rights that are lost on the way are no reason to stop a rollback, and what cannot be compared is named', async () => {
    await grants(`${TABLES}, SHOW VIEW`);
    await scene.updated(old, added, asUser());
    await scene.sql(`REVOKE SHOW VIEW ON ${scene.name}.* FROM ${user}`);
    const { status, data } = await scene.updated(added, old, asUser());
    expect([status, data.Drift]).toEqual([
      'SUCCESS',
      "view v cannot be compared, since the function's user may not see its definition now",
    ]);
  });

  test.each([
    ['a view', 'CREATE VIEW vx AS SELECT id FROM x', 'INSERT INTO vx VALUES (7)'],
    [
      'a function',
      'CREATE FUNCTION f (n INT) RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO x VALUES (n); RETURN n; END',
      'DO f(7)',
    ],
  ])('%s that it may not see may have written anything: a person is asked', async (_what, made, step) => {
    await grants(`${TABLES}, EXECUTE`);
    await scene.sql('CREATE TABLE x (id INT)');
    await scene.sql(made);
    const up = `ALTER TABLE t ADD b INT; ${step}; CREATE TABLE t (i INT); INSERT INTO x VALUES (9)`;
    const next = release({ ...base, '0002_next': migration(up, 'DELETE FROM x; ALTER TABLE t DROP b') });
    const { reason } = await scene.updated(old, next, asUser());
    expect(reason).toContain('[needs-repair]');
  });

  test('a view whose definition it may not see may lead to a table without transactions', async () => {
    await grants(TABLES);
    await scene.sql('CREATE TABLE m (id INT) ENGINE=MyISAM');
    await scene.sql('CREATE VIEW vm AS SELECT id FROM m');
    const next = release({
      ...base,
      '0002_next': migration('INSERT INTO vm VALUES (1); ALTER TABLE t ADD b INT', 'DO 0'),
    });
    const update = scene.update(old, next);
    await expect(scene.run(update, next, dyingAt(limited(), 'INSERT INTO vm', 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    const { reason } = await scene.answer(update, next, asUser());
    expect([reason, await scene.sql('SELECT id FROM m')]).toEqual([
      expect.stringContaining('[needs-repair]'),
      [{ id: 1 }],
    ]);
  });

  test('rows of a table of which it has a right to one column are restored', async () => {
    await scene.sql(`GRANT CREATE TEMPORARY TABLES ON ${scene.name}.* TO ${user}`);
    for (const table of ['t', 'migration', 'migration_deployment'])
      await scene.sql(`GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, CREATE ON ${scene.name}.${table} TO ${user}`);
    await scene.sql('CREATE TABLE q (id INT, a INT)');
    await scene.sql('INSERT INTO q VALUES (1, 1)');
    await scene.sql(`GRANT UPDATE (a) ON ${scene.name}.q TO ${user}`);
    const up = 'UPDATE q SET a = 5; ALTER TABLE t ADD b INT; CREATE TABLE t (i INT)';
    const next = release({ ...base, '0002_next': migration(up, 'ALTER TABLE t DROP b; UPDATE q SET a = 1') });
    const { status } = await scene.updated(old, next, asUser());
    expect([status, await scene.sql('SELECT a FROM q')]).toEqual(['FAILED', [{ a: 1 }]]);
  });
});
