import { heldRows } from '../../../lambda/schema/held-rows';
import { stepOf } from '../../../lambda/sql/step';

const KEEP = 'CREATE TABLE scratch AS SELECT * FROM t';
const BACK = 'INSERT INTO t SELECT * FROM scratch';
const DROP = 'DROP TABLE scratch';

const held = (
  up: readonly string[],
  stepsDone: number,
  takesAnyCase = false,
  down = ['DELETE FROM t'],
): string | null => heldRows(up.map(stepOf), down.map(stepOf), stepsDone, 'app', takesAnyCase);

describe('a table that a later step would have dropped may hold all that is left', () => {
  test.each([
    ['rows that were deleted', [KEEP, 'DELETE FROM t', BACK, DROP]],
    ['rows of a table that was emptied', [KEEP, 'TRUNCATE TABLE t', BACK, DROP]],
    ['rows of a table that is to be made anew', [KEEP, 'DROP TABLE t', 'CREATE TABLE t (id INT)', BACK, DROP]],
    [
      'values of a column',
      [KEEP, 'ALTER TABLE t DROP COLUMN a', 'ALTER TABLE t ADD COLUMN a CHAR(9)', 'UPDATE t JOIN scratch USING (id) SET t.a = scratch.a', DROP],
    ],
  ])('%s', (_, up) => {
    const steps = up.map((_step, at) => held(up, at + 1) !== null);
    expect(steps).toEqual(up.map((_step, at) => at > 0 && at < up.length - 2));
    expect(held(up, 2)).toBe(
      'the table scratch, which a later step would have dropped, may hold all that is left of what was taken from t',
    );
  }); // prettier-ignore

  test('or have been given the name of the table that it holds', () => {
    const up = [KEEP, 'DROP TABLE t', 'RENAME TABLE scratch TO t'];
    expect(up.map((_step, at) => held(up, at + 1) !== null)).toEqual([false, true, false]);
    expect(held(up, 2)).toMatch(/^the table scratch, which a later step would have renamed to t, .* taken from t$/);
    // As the one step of an ALTER, and as a down that does so itself.
    expect(held([KEEP, 'DROP TABLE t', 'ALTER TABLE scratch RENAME TO t'], 2)).not.toBeNull();
    expect(held(up, 2, false, ['RENAME TABLE old TO t'])).toBeNull();
  });

  test('by its whole name, and in any case on a server that takes names so', () => {
    const up = ['CREATE TABLE app.scratch AS SELECT * FROM t', 'DELETE FROM T', BACK, 'DROP TABLE Scratch'];
    expect([held(up, 2, true) !== null, held(up, 2, false)]).toEqual([true, null]);
  });
});

test.each([
  ['takes nothing away', [KEEP, 'UPDATE t SET a = 1', BACK, DROP]],
  ['takes away what is not put back', [KEEP, 'DELETE FROM t', 'INSERT INTO u SELECT * FROM scratch', DROP]],
  ['keeps the table', [KEEP, 'DELETE FROM t', BACK]],
  ['keeps the table by another name', [KEEP, 'DELETE FROM t', BACK, 'RENAME TABLE scratch TO kept']],
  ['swaps two tables', [KEEP, 'SELECT 1', 'RENAME TABLE t TO old, scratch TO t', 'DROP TABLE old']],
  ['has made no table', ['SELECT 1', 'DELETE FROM t', BACK, DROP]],
])('no table holds anything of an up that %s', (_, up) => {
  expect(held(up, 2)).toBeNull();
});

test('nor where a down statement writes rows there again', () => {
  expect(held([KEEP, 'DELETE FROM t', BACK, DROP], 2, false, ['INSERT INTO t VALUES (1, 2)'])).toBeNull();
});
