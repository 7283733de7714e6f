import { baseAndNext, dyingAt, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { Scene } from '../scene';

const TABLE = 'CREATE TABLE t (id INT, a INT); INSERT INTO t VALUES (5, 0);';

describe.each(servers())('half of a migration on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** SUCCESS, or that the schema is as it was, must be true; else a person is asked. */
  async function expectBackOrAsked(reason: string, isSaidBack: boolean, table: string, rows: unknown): Promise<void> {
    const found = isSaidBack ? await scene.sql(`SELECT * FROM ${table}`) : reason;
    expect(found).toEqual(isSaidBack ? rows : expect.stringContaining('[needs-repair]'));
  }

  const renames: readonly (readonly [string, string, string, string])[] = [
    [
      'a table',
      'INSERT INTO t VALUES (1, 0); RENAME TABLE t TO u; INSERT INTO u VALUES (2, 0); CREATE TABLE u (id INT)',
      'DELETE FROM u WHERE id IN (1, 2); RENAME TABLE u TO t',
      'RENAME TABLE',
    ],
    [
      'a column',
      'UPDATE t SET a = 5; ALTER TABLE t RENAME COLUMN a TO b; UPDATE t SET b = 6; CREATE TABLE t (id INT)',
      'UPDATE t SET b = 0; ALTER TABLE t RENAME COLUMN b TO a',
      'ALTER TABLE t RENAME',
    ],
  ];
  it.each(renames.flatMap((each) => (['before', 'after'] as const).map((when) => [...each, when] as const)))(
    'restores rows that were written before %s was renamed, or asks a person',
    async (_what, up, down, statement, when) => {
      const [old, next] = baseAndNext(TABLE, up, down);
      await scene.created(old);
      const run = scene.run(scene.update(old, next), next, dyingAt(scene, statement, when));
      await expect(run).rejects.toThrow(ProcessDied);
      await scene.unlocked();
      const { status, reason } = await scene.updated(next, old);
      await expectBackOrAsked(reason, status === 'SUCCESS', 't', [{ id: 5, a: 0 }]);
    },
  );

  it('restores a column whose renaming failed, or asks a person', async () => {
    const [old, next] = baseAndNext(
      TABLE,
      'UPDATE t SET a = a + 1; ALTER TABLE t CHANGE a b INT, ADD COLUMN id INT',
      'UPDATE t SET b = b - 1; ALTER TABLE t CHANGE b a INT',
    );
    await scene.created(old);
    const { reason } = await scene.updated(old, next);
    const isSaidBack = reason.includes('the schema is as it was before the deployment');
    await expectBackOrAsked(reason, isSaidBack, 't', [{ id: 5, a: 0 }]);
  });

  it.each([
    ['whose renaming failed', 'RENAME TABLE a TO b, t TO b', 'b'],
    ['that is renamed twice, of which the first failed', 'RENAME TABLE a TO b, t TO b; RENAME TABLE b TO c', 'c'],
  ])('asks a person for a table that was made and %s', async (_what, rename, name) => {
    const [old, next] = baseAndNext(
      'CREATE TABLE t (id INT)',
      `CREATE TABLE a (id INT); ${rename}`,
      `DROP TABLE ${name}`,
    );
    await scene.created(old);
    const { reason } = await scene.updated(old, next);
    expect(reason).toContain('[needs-repair]');
  });

  it('takes no rows for unwritten that a procedure may have written', async () => {
    const [old, next] = baseAndNext(
      'CREATE TABLE t (id INT PRIMARY KEY); CREATE PROCEDURE p () INSERT INTO t VALUES (1)',
      'CALL p(); ALTER TABLE t ADD COLUMN x INT; INSERT INTO t (id) VALUES (2); CREATE TABLE t (id INT)',
      'DELETE FROM t WHERE id = 2; ALTER TABLE t DROP COLUMN x; DELETE FROM t WHERE id = 1',
    );
    await scene.created(old);
    const dying = dyingAt(scene, 'INSERT INTO t (id) VALUES (2)', 'before');
    await expect(scene.run(scene.update(old, next), next, dying)).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    const { status, reason } = await scene.updated(next, old);
    await expectBackOrAsked(reason, status === 'SUCCESS', 't', []);
  });

  it.each([
    ['an index', 'KEY i (a)', 'DROP INDEX i, ADD INDEX i (b)', 'DROP INDEX i, ADD INDEX i (a)'],
    [
      'the primary key',
      'PRIMARY KEY (a)',
      'DROP PRIMARY KEY, ADD PRIMARY KEY (a, b)',
      'DROP PRIMARY KEY, ADD PRIMARY KEY (a)',
    ],
    ['a column', 'KEY k (a)', 'DROP COLUMN b, ADD COLUMN b VARCHAR(9)', 'DROP COLUMN b, ADD COLUMN b INT NOT NULL'],
  ])('reverts that one ALTER has dropped and made %s anew, without a person', async (_what, key, up, down) => {
    const [old, next] = baseAndNext(
      `CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, ${key});`,
      `ALTER TABLE t ${up}; CREATE TABLE t (id INT)`,
      `ALTER TABLE t ${down}`,
    );
    await scene.created(old);
    const before = await scene.schema();
    const { reason } = await scene.updated(old, next);
    expect([reason, await scene.schema()]).toEqual([
      expect.stringContaining('the schema is as it was before the deployment'),
      before,
    ]);
  });
});
