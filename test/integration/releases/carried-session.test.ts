import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene, type Release } from '../scene';

const FIRST = migration(
  'CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE spare (id INT)',
  'DROP TABLE spare; DROP TABLE t',
);
const UP = 'INSERT INTO t VALUES (7); ALTER TABLE t ADD COLUMN x INT';
const ALTER = 'ALTER TABLE t DROP COLUMN x';

describe.each(servers())('what a down or a second up carries in its session, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  /** The function dies at a statement, and the same request comes again. */
  const again = async (from: Release, to: Release, code: Release, statement: string, when: 'before' | 'after') => {
    const intent = scene.update(from, to);
    await expect(scene.run(intent, code, dyingAt(scene, statement, when))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    return scene.answer(intent, code);
  };

  /** A rollback dies in a down at its ALTER, and comes again. */
  const rolledBack = async (down: string, when: 'before' | 'after') => {
    const old = release({ '0001_first': FIRST });
    const next = release({ '0001_first': FIRST, '0002_next': migration(UP, down) });
    await scene.created(old);
    await scene.updated(old, next);
    return again(next, old, old, ALTER, when);
  };

  test.each([
    ['SELECT … INTO', `SELECT MAX(id) INTO @m FROM t; ${ALTER}; DELETE FROM t WHERE id = @m`],
    [
      'SET of rows that were changed since',
      `SET @m = (SELECT MAX(id) FROM t); DELETE FROM t WHERE id = @m; ${ALTER}; INSERT INTO spare VALUES (@m)`,
    ],
    [
      'SET of a column that is gone',
      `SET @m = (SELECT MAX(id) FROM t WHERE x IS NULL); ${ALTER}; DELETE FROM t WHERE id = @m`,
    ],
    ['SET of the time', `SET @m = CURRENT_TIMESTAMP; ${ALTER}; INSERT INTO spare VALUES (YEAR(@m))`],
    ['an assignment in a query', `SET @m = 0; UPDATE t SET x = (@m := id); ${ALTER}; DELETE FROM t WHERE id = @m`],
    [
      'a temporary table',
      `CREATE TEMPORARY TABLE carried AS SELECT 7 AS id; ${ALTER}; DELETE FROM t WHERE id IN (SELECT id FROM carried)`,
    ],
    [
      'LAST_INSERT_ID()',
      `CREATE TABLE ids (id INT PRIMARY KEY AUTO_INCREMENT) AUTO_INCREMENT = 7; INSERT INTO ids VALUES (NULL); ${ALTER}; DELETE FROM t WHERE id = LAST_INSERT_ID()`,
    ],
    ['a procedure', `SET @m = 0; CALL choose(); ${ALTER}; DELETE FROM t WHERE id = @m`],
  ])('a down that carries %s does not go on in another session: a person is asked', async (_what, down) => {
    await scene.sql('CREATE PROCEDURE choose() SELECT MAX(id) INTO @m FROM t');
    const answer = await rolledBack(down, 'after');
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('[needs-repair]') as string });
    expect(answer.reason).toContain('may need variables or temporary tables of a session that is gone');
    expect(await scene.history()).toEqual(['0001_first applied', '0002_next reverting']);
  });

  test.each([
    ['a constant', 'after', `SET @m = 7; ${ALTER}; DELETE FROM t WHERE id = @m`],
    [
      'a setting, to put it back',
      'after',
      `SET @old = @@sql_mode, sql_mode = ''; ${ALTER}; DELETE FROM t WHERE id = 7; SET sql_mode = @old`,
    ],
    ['what it only had read', 'before', `SELECT MAX(id) INTO @m FROM t; ${ALTER}; DELETE FROM t WHERE id = @m`],
    [
      'a temporary table that it only had filled',
      'before',
      `CREATE TEMPORARY TABLE carried AS SELECT 7 AS id; ${ALTER}; DELETE FROM t WHERE id IN (SELECT id FROM carried)`,
    ],
    [
      'what no step needs any more',
      'after',
      `SELECT MAX(id) INTO @m FROM t; DELETE FROM t WHERE id = @m; ${ALTER}; INSERT INTO spare VALUES (1)`,
    ],
    [
      'what was read of a column that the last step dropped',
      'after',
      `SET @m = (SELECT MAX(id) FROM t WHERE x IS NULL); DELETE FROM t WHERE id = @m; ${ALTER}`,
    ],
  ] as const)('a down that carries %s goes on: it died %s its ALTER', async (_what, when, down) => {
    expect(await rolledBack(down, when)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT * FROM t')).toEqual([{ id: 1 }]);
    expect(await scene.history()).toEqual(['0001_first applied']);
  });

  test('a down does not read again what a function had written for', async () => {
    await scene.sql('CREATE TABLE calls (id INT)');
    await scene.sql(
      'CREATE FUNCTION newest() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO calls VALUES (1); RETURN 7; END',
    );
    const answer = await rolledBack(`SELECT newest() INTO @m; ${ALTER}; DELETE FROM t WHERE id = @m`, 'before');
    expect(answer.reason).toContain('[needs-repair]');
    expect(await scene.sql('SELECT id FROM calls')).toEqual([{ id: 1 }]);
  });

  describe('an up that is applied again', () => {
    const reapplied = async (up: string, when: 'before' | 'after') => {
      const old = release({ '0001_first': FIRST, '0002_next': migration(up, ALTER) });
      const next = release({ '0001_first': FIRST }, { OnRemoved: 'REVERT' });
      await scene.created(old);
      expect(await scene.updated(old, next)).toMatchObject({ status: 'SUCCESS' });
      return again(next, old, old, 'ALTER TABLE t ADD COLUMN x', when);
    };

    test('does not go on in another session with a variable that was read: a person is asked', async () => {
      const up = 'SELECT MAX(id) INTO @m FROM t; ALTER TABLE t ADD COLUMN x INT; UPDATE t SET x = @m';
      const answer = await reapplied(up, 'after');
      expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('[revert-failed]') as string });
      expect(answer.reason).toContain(
        'step 3 of its up (line 2) may need variables or temporary tables of a session that is gone',
      );
    });

    test.each([
      ['a constant', 'after', 'SET @m = 1; ALTER TABLE t ADD COLUMN x INT; UPDATE t SET x = @m'],
      [
        'what it only had read',
        'before',
        'SELECT MAX(id) INTO @m FROM t; ALTER TABLE t ADD COLUMN x INT; UPDATE t SET x = @m',
      ],
    ] as const)('goes on with %s: it died %s its ALTER', async (_what, when, up) => {
      expect(await reapplied(up, when)).toMatchObject({ status: 'SUCCESS' });
      expect(await scene.sql('SELECT * FROM t')).toEqual([{ id: 1, x: 1 }]);
    });
  });
});
