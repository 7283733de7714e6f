import { migration } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';

/** Their fourth step fails: the table has one more column by then. */
const MOVES =
  'CREATE TABLE scratch AS SELECT * FROM t; {takes}; ALTER TABLE t ADD COLUMN x INT; INSERT INTO t SELECT * FROM scratch; DROP TABLE scratch';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const base = { '0001_base': migration('CREATE TABLE t (id INT); INSERT INTO t VALUES (7)', 'DROP TABLE t') };

  test.each([
    ['DELETE FROM t', 'ALTER TABLE t DROP COLUMN x'],
    ['TRUNCATE TABLE t', 'ALTER TABLE t DROP COLUMN x'],
    ['DELETE FROM t', 'DROP TABLE IF EXISTS scratch; ALTER TABLE t DROP COLUMN x'],
  ])('rows that are in a scratch table alone are not given up: %s, down %s', async (takes, down) => {
    const from = release(base);
    const next = release({ ...base, '0002_move': migration(MOVES.replace('{takes}', takes), down) });
    await scene.created(from);
    const { status, reason } = await scene.updated(from, next);
    expect([status, reason]).toEqual([
      'FAILED',
      expect.stringMatching(
        /^0002_move\.sql failed at step 4 of 5 .*Reverting it failed: 0002_move was applied up to step 3 of 5 .*: the table scratch, which .* taken from t; .*\[needs-repair\]/,
      ),
    ]);
    expect(await scene.sql('SELECT id FROM scratch')).toEqual([{ id: 7 }]);
    expect(await scene.updated(next, from)).toMatchObject({
      status: 'FAILED',
      reason: expect.stringMatching(/needs-repair/),
    });
  });

  test.each(['DROP TABLE IF EXISTS next', 'ALTER TABLE t DROP COLUMN x'])(
    'nor are those of a table that was to take the place of a dropped one: down %s',
    async (down) => {
      const from = release(base);
      const up =
        'CREATE TABLE next AS SELECT *, 0 AS x FROM t; DROP TABLE t; CREATE TABLE t2 (id INT, id INT); RENAME TABLE next TO t';
      const next = release({ ...base, '0002_swap': migration(up, down) });
      await scene.created(from);
      expect(await scene.updated(from, next)).toMatchObject({
        status: 'FAILED',
        reason: expect.stringMatching(/the table next, which .* renamed to t, .* taken from t; .*\[needs-repair\]/),
      });
      expect(await scene.sql('SELECT * FROM next')).toEqual([{ id: 7, x: 0 }]);
    },
  );

  test('a scratch table of which nothing was taken is told as left, and does not hold up the rollback', async () => {
    const from = release(base);
    const next = release({
      ...base,
      '0002_move': migration(MOVES.replace('{takes}', 'UPDATE t SET id = id'), 'ALTER TABLE t DROP COLUMN x'),
    });
    await scene.created(from);
    expect(await scene.updated(from, next)).toMatchObject({
      status: 'FAILED',
      data: { Drift: 'table scratch is new' },
    });
    expect(await scene.updated(next, from)).toMatchObject({ status: 'SUCCESS' });
  });
});
