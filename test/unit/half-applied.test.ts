import fc from 'fast-check';
import { pairDowns, type DownDecision, type HalfApplied } from '../../lambda/plan/half-applied';

/** What stands in the database, as keys without their backticks. */
function keys(objects: string): ReadonlySet<string> {
  return new Set(
    objects
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '')
      .map((key) =>
        key.replace(
          / (.*)$/,
          (_, path: string) =>
            ` ${path
              .split('.')
              .map((part) => `\`${part}\``)
              .join('.')}`,
        ),
      ),
  );
}

function decide(
  half: Partial<Omit<HalfApplied, 'before' | 'now'>> & { before?: string | null; now: string },
): readonly string[] {
  const before = half.before === null ? null : keys(half.before ?? '');
  const decisions = pairDowns({
    up: [],
    down: [],
    stepsDone: 1,
    defaultSchema: 'app',
    ...half,
    before,
    now: keys(half.now),
  });
  return decisions.map(inShort);
}

function inShort(decision: DownDecision): string {
  if (decision.kind === 'leave') return decision.reason;
  return `run${decision.tolerateUnknown ? ' tolerant' : ''}${decision.isSession ? ' session' : ''}`;
}

describe('how much is done', () => {
  const up = ['SET @a = 1', 'CREATE TABLE a (b INT)', 'CREATE TABLE c (d INT)', 'SET @a = 2'];
  const down = ['SET @b = 1', 'DROP TABLE c', 'DROP TABLE a'];

  test('no step done: nothing runs', () => {
    expect(decide({ up, down, stepsDone: 0, now: 'table a' })).toEqual(['not-done', 'not-done', 'not-done']);
  });

  test('only a SET done: nothing runs', () => {
    expect(decide({ up, down, stepsDone: 1, now: 'table a' })).toEqual(['not-done', 'not-done', 'not-done']);
  });

  test('some done: session statements run with what is paired', () => {
    expect(decide({ up, down, stepsDone: 2, now: 'table a, table c', before: 'table c' })).toEqual([
      'run session',
      'not-done',
      'run',
    ]);
  });

  test('all done: the whole down runs as written', () => {
    expect(decide({ up, down: ['DROP TABLE c', 'CALL p()'], stepsDone: 4, now: '' })).toEqual(['run', 'run']);
  });

  test('all done but a last SET: the same', () => {
    expect(decide({ up, down: ['CALL p()'], stepsDone: 3, now: '' })).toEqual(['run']);
  });
});

interface Case {
  readonly name: string;
  readonly up: readonly string[];
  readonly done?: number;
  readonly inDoubt?: number;
  readonly before?: string | null;
  readonly now: string;
  /** Each statement of the down, and what becomes of it. */
  readonly down: Readonly<Record<string, string>>;
}

function checkAll(cases: readonly Case[]): void {
  test.each(cases.map((each) => [each.name, each] as const))('%s', (_, { down, done, ...half }) => {
    const decisions = decide({ ...half, down: Object.keys(down), stepsDone: done ?? 1 });
    expect(Object.fromEntries(Object.keys(down).map((statement, index) => [statement, decisions[index]]))).toEqual(
      down,
    );
  });
}

describe('nothing that stood before is dropped', () => {
  checkAll([
    {
      name: 'CREATE TABLE user failed with 1050',
      up: ['CREATE TABLE log (a INT)', 'CREATE TABLE user (a INT)'],
      before: 'table user',
      now: 'table user, table log',
      down: { 'DROP TABLE user': 'not-done', 'DROP TABLE log': 'run' },
    },
    {
      name: 'the same, with both in one DROP',
      up: ['CREATE TABLE log (a INT)', 'CREATE TABLE user (a INT)'],
      before: 'table user',
      now: 'table user, table log',
      down: { 'DROP TABLE IF EXISTS user, log': 'cannot-be-paired' },
    },
    {
      name: 'the same, where nobody noted what was there before',
      up: ['CREATE TABLE log (a INT)', 'CREATE TABLE user (a INT)'],
      before: null,
      now: 'table user, table log',
      down: { 'DROP TABLE user': 'not-done', 'DROP TABLE log': 'run' },
    },
    {
      name: 'ADD COLUMN b failed with 1060',
      up: ['ALTER TABLE t ADD a INT', 'ALTER TABLE t ADD b INT'],
      before: 'table t, column t.b',
      now: 'table t, column t.b, column t.a',
      down: { 'ALTER TABLE t DROP b': 'not-done', 'ALTER TABLE t DROP A': 'run' },
    },
    {
      name: 'both columns in one ALTER',
      up: ['ALTER TABLE t ADD a INT', 'ALTER TABLE t ADD b INT'],
      before: 'table t, column t.b',
      now: 'table t, column t.b, column t.a',
      down: { 'ALTER TABLE t DROP a, DROP b': 'cannot-be-paired' },
    },
    {
      name: 'CREATE TABLE IF NOT EXISTS found the table',
      up: ['CREATE TABLE IF NOT EXISTS user (a INT)', 'ALTER TABLE user ADD b INT'],
      before: 'table user',
      now: 'table user',
      down: { 'ALTER TABLE user DROP b': 'run tolerant', 'DROP TABLE user': 'not-done' },
    },
    {
      name: 'the same, where nobody noted what was there before',
      up: ['CREATE TABLE IF NOT EXISTS user (a INT)', 'INSERT INTO user VALUES (1)'],
      before: null,
      now: 'table user',
      down: { 'DELETE FROM user': 'not-done', 'DROP TABLE IF EXISTS user': 'not-done' },
    },
    {
      name: 'CREATE OR REPLACE VIEW replaced it',
      up: ['CREATE OR REPLACE VIEW v AS SELECT 2', 'SELECT broken'],
      before: 'table v',
      now: 'table v',
      down: { 'DROP VIEW v': 'cannot-be-paired', 'CREATE OR REPLACE VIEW v AS SELECT 1': 'run' },
    },
    {
      name: 'a table that was only altered',
      up: ['ALTER TABLE t COMMENT = "x"', 'SELECT broken'],
      before: 'table t',
      now: 'table t',
      down: { 'DROP TABLE t': 'cannot-be-paired', 'ALTER TABLE t COMMENT = ""': 'run' },
    },
    {
      name: 'a table that was only renamed',
      up: ['RENAME TABLE a TO b', 'SELECT broken'],
      before: 'table a, column a.c',
      now: 'table b, column b.c',
      down: { 'DROP TABLE b': 'cannot-be-paired', 'RENAME TABLE b TO a': 'run' },
    },
    {
      name: 'an index, constraint, routine, trigger or event',
      up: ['CREATE TABLE log (a INT)', 'CALL broken()'],
      before: 'table t, index t.i, constraint t.c, procedure p, trigger g, event e',
      now: 'table log, table t, index t.i, constraint t.c, procedure p, trigger g, event e',
      down: {
        'DROP INDEX i ON t': 'not-done',
        'ALTER TABLE t DROP CONSTRAINT c': 'not-done',
        'DROP PROCEDURE P': 'not-done',
        'DROP TRIGGER g': 'not-done',
        'DROP EVENT e': 'not-done',
        'DROP TABLE log': 'run',
      },
    },
    {
      name: 'an object that appeared meanwhile by other hands',
      up: ['CREATE TABLE log (a INT)', 'SELECT broken'],
      now: 'table log, table other',
      down: { 'DROP TABLE other': 'cannot-be-paired' },
    },
    {
      name: 'a table of another database, which nobody can look at',
      up: ['CREATE TABLE x.a (b INT)', 'CREATE TABLE IF NOT EXISTS x.b (c INT)', 'SELECT broken'],
      done: 2,
      now: '',
      down: { 'DROP TABLE x.a': 'run', 'DROP TABLE IF EXISTS x.b': 'not-done', 'DROP TABLE x.c': 'cannot-be-paired' },
    },
    {
      name: 'a table of that name in the database in force',
      up: ['CREATE TABLE events (a INT)', 'USE x', 'CREATE TABLE events (a INT)'],
      done: 2,
      now: 'table events',
      down: {
        'USE x': 'run session',
        'DROP TABLE events': 'not-done',
        'USE app': 'run session',
        'DROP TABLE IF EXISTS events': 'run',
      },
    },
  ]);
});

describe('what a done step made is dropped', () => {
  checkAll([
    {
      name: 'what a step would have made that was not done may be missing',
      up: ['CREATE TABLE a (b INT)', 'CREATE TABLE c (d INT)', 'ALTER TABLE a ADD e INT'],
      now: 'table a, column a.b',
      down: { 'ALTER TABLE a DROP e': 'run tolerant', 'DROP TABLE c': 'run tolerant', 'DROP TABLE a': 'run' },
    },
    {
      name: 'one of two tables is missing',
      up: ['CREATE TABLE a (b INT)', 'CREATE TABLE c (d INT)'],
      now: 'table a',
      down: { 'DROP TABLE a, c': 'cannot-be-paired', 'DROP TABLE IF EXISTS c, a': 'run tolerant' },
    },
    {
      name: 'the parts of a table that was made',
      up: ['CREATE TABLE a (b INT, KEY i (b))', 'CREATE INDEX j ON a (b)', 'SELECT broken'],
      done: 2,
      now: 'table a, column a.b, index a.i, index a.j',
      down: {
        'DROP INDEX j ON a': 'run',
        'ALTER TABLE a DROP INDEX i, DROP COLUMN b': 'run',
        'DELETE FROM a': 'run',
        'DROP TABLE a': 'run',
      },
    },
    {
      name: 'the index that came with a foreign key',
      up: ['ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d)', 'SELECT broken'],
      before: 'table a, column a.b, index a.old',
      now: 'table a, column a.b, index a.old, constraint a.f, index a.f',
      down: { 'ALTER TABLE a DROP FOREIGN KEY f, DROP INDEX f': 'run', 'DROP INDEX old ON a': 'not-done' },
    },
    {
      name: 'a unique constraint is an index',
      up: ['ALTER TABLE a ADD CONSTRAINT u UNIQUE (b)', 'SELECT broken'],
      before: 'table a',
      now: 'table a, index a.u',
      down: { 'ALTER TABLE a DROP CONSTRAINT u': 'run' },
    },
    {
      name: 'a replaced table, with the old one put aside',
      up: ['RENAME TABLE a TO a_old', 'CREATE TABLE a (b INT)', 'INSERT INTO a SELECT 1'],
      done: 2,
      before: 'table a, column a.b',
      now: 'table a, column a.b, table a_old, column a_old.b',
      down: { 'DROP TABLE a': 'run', 'RENAME TABLE a_old TO a': 'run' },
    },
    {
      name: 'the same, before the new one was made',
      up: ['RENAME TABLE a TO a_old', 'CREATE TABLE a (b INT)', 'INSERT INTO a SELECT 1'],
      before: 'table a, column a.b',
      now: 'table a_old, column a_old.b',
      down: { 'DROP TABLE a': 'not-done', 'RENAME TABLE a_old TO a': 'run' },
    },
    {
      name: 'a swap',
      up: ['CREATE TABLE n (b INT)', 'RENAME TABLE a TO x, n TO a, x TO n', 'SELECT broken'],
      done: 2,
      before: 'table a',
      now: 'table a, table n',
      down: {
        'DROP TABLE n': 'cannot-be-paired',
        'RENAME TABLE a TO x, n TO a, x TO n': 'run',
        'DROP TABLE IF EXISTS n': 'run',
      },
    },
    {
      name: 'a rename that was not done',
      up: ['CREATE TABLE n (b INT)', 'RENAME TABLE a TO b', 'SELECT broken'],
      before: 'table a',
      now: 'table a, table n',
      down: { 'RENAME TABLE b TO a': 'not-done', 'DROP TABLE n': 'run' },
    },
    {
      name: 'two renames, taken back in one',
      up: ['ALTER TABLE a RENAME COLUMN b TO c', 'ALTER TABLE a CHANGE c d INT', 'SELECT broken'],
      done: 2,
      before: 'table a, column a.b',
      now: 'table a, column a.d',
      down: { 'ALTER TABLE a RENAME COLUMN d TO b': 'run' },
    },
    {
      name: 'a column changed and renamed',
      up: ['ALTER TABLE a CHANGE b c BIGINT', 'SELECT broken'],
      before: 'table a, column a.b',
      now: 'table a, column a.c',
      down: { 'ALTER TABLE a CHANGE c b INT': 'run', 'ALTER TABLE a MODIFY x INT': 'run tolerant' },
    },
    {
      name: 'a column that was not changed',
      up: ['ALTER TABLE a MODIFY b BIGINT', 'ALTER TABLE a MODIFY c BIGINT'],
      before: 'table a, column a.b, column a.c',
      now: 'table a, column a.b, column a.c',
      down: { 'ALTER TABLE a MODIFY c INT': 'not-done', 'ALTER TABLE a MODIFY b INT': 'run' },
    },
  ]);
});

describe('what a done step dropped is made again', () => {
  checkAll([
    {
      name: 'a table with its index, its trigger and its rows',
      up: ['DROP TABLE a', 'DROP TABLE c', 'SELECT broken'],
      before: 'table a, index a.i, trigger g, table c, trigger h',
      now: 'table c, trigger h',
      down: {
        'CREATE TABLE c (d INT)': 'not-done',
        'CREATE TRIGGER h BEFORE INSERT ON c FOR EACH ROW SET @x = 1': 'not-done',
        'CREATE TABLE a (b INT)': 'run',
        'CREATE INDEX i ON a (b)': 'run',
        'INSERT INTO a VALUES (1)': 'run',
        'CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW SET @x = 1': 'run',
      },
    },
    {
      name: 'a procedure that is dropped and made anew',
      up: ['DROP PROCEDURE IF EXISTS p', 'CREATE PROCEDURE p() SELECT 2', 'SELECT broken'],
      done: 2,
      before: 'procedure p',
      now: 'procedure p',
      down: { 'DROP PROCEDURE p': 'run', 'CREATE PROCEDURE p() SELECT 1': 'run' },
    },
    {
      name: 'the same, after the drop',
      up: ['DROP PROCEDURE IF EXISTS p', 'CREATE PROCEDURE p() SELECT 2', 'SELECT broken'],
      before: 'procedure p',
      now: '',
      down: { 'DROP PROCEDURE p': 'not-done', 'CREATE PROCEDURE p() SELECT 1': 'run' },
    },
    {
      name: 'what was not there to be dropped is not made',
      up: ['DROP VIEW IF EXISTS v', 'CREATE TABLE a (b INT)', 'SELECT broken'],
      done: 2,
      now: 'table a',
      down: { 'DROP TABLE a': 'run', 'CREATE VIEW v AS SELECT 1': 'not-done' },
    },
    {
      name: 'a column, its values and its index',
      up: ['ALTER TABLE t DROP COLUMN a', 'ALTER TABLE t DROP COLUMN b', 'SELECT broken'],
      before: 'table t, column t.a, index t.i, column t.b, index t.j',
      now: 'table t, column t.b, index t.j',
      down: {
        'ALTER TABLE t ADD b INT, ADD INDEX j (b)': 'not-done',
        'UPDATE t SET b = 1': 'not-done',
        'ALTER TABLE t ADD a INT, ADD INDEX i (a)': 'run',
        'UPDATE t SET a = 1': 'run',
        'UPDATE t SET a = 1, b = 2': 'cannot-be-paired',
      },
    },
    {
      name: 'a foreign key',
      up: ['ALTER TABLE t DROP FOREIGN KEY f', 'ALTER TABLE u DROP FOREIGN KEY f', 'SELECT broken'],
      before: 'table t, constraint t.f, index t.f, table u, constraint u.f, index u.f',
      now: 'table t, index t.f, table u, constraint u.f, index u.f',
      down: {
        'ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (c)': 'not-done',
        'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (c)': 'run',
      },
    },
    {
      name: 'something that the up never touched is not made',
      up: ['CREATE TABLE a (b INT)', 'SELECT broken'],
      now: 'table a',
      down: { 'CREATE TABLE backup AS SELECT * FROM a': 'cannot-be-paired' },
    },
  ]);
});

describe('rows that no done step wrote are left alone', () => {
  const before = 'table role, column role.name, column role.old';
  checkAll([
    {
      name: 'the first of two INSERTs into one table was done',
      up: ["INSERT INTO role VALUES ('a')", "INSERT INTO role VALUES ('b')"],
      before,
      now: before,
      down: {
        "DELETE FROM role WHERE name = 'b'": 'cannot-be-paired',
        "DELETE FROM role WHERE name = 'a'": 'cannot-be-paired',
      },
    },
    {
      name: 'the INSERT was done, something else was not',
      up: ["INSERT INTO role VALUES ('a')", 'CREATE TABLE x (y INT)'],
      before,
      now: before,
      down: {
        'DROP TABLE x': 'run tolerant',
        "DELETE FROM role WHERE name = 'a'": 'run',
        'UPDATE role SET name = 1': 'cannot-be-paired',
      },
    },
    {
      name: 'the INSERT was not done',
      up: ['CREATE TABLE x (y INT)', "INSERT INTO role VALUES ('a')"],
      before,
      now: `${before}, table x`,
      down: { "DELETE FROM role WHERE name = 'a'": 'not-done', 'DELETE FROM x': 'run', 'DROP TABLE x': 'run' },
    },
    {
      name: 'nobody knows whether the rows were removed',
      up: ['CREATE TABLE x (y INT)', 'TRUNCATE role'],
      inDoubt: 1,
      before,
      now: `${before}, table x`,
      down: { 'INSERT INTO role SELECT * FROM backup': 'cannot-be-paired', 'DROP TABLE x': 'run' },
    },
    {
      name: 'a table is altered, its rows were never written',
      up: ['ALTER TABLE role ADD x INT', 'SELECT broken'],
      before,
      now: `${before}, column role.x`,
      down: {
        'DELETE FROM role': 'cannot-be-paired',
        'UPDATE role SET x = NULL': 'run',
        'ALTER TABLE role DROP x': 'run',
      },
    },
    {
      name: 'columns are merged, and the drop of the old ones failed',
      up: ['ALTER TABLE role ADD full INT', 'UPDATE role SET full = old', 'ALTER TABLE role DROP old'],
      done: 2,
      before,
      now: `${before}, column role.full`,
      down: {
        'ALTER TABLE role ADD old INT': 'not-done',
        'UPDATE role SET old = full': 'not-done',
        'ALTER TABLE role DROP full': 'run',
      },
    },
    {
      name: 'rows of a table that is missing',
      up: ['CREATE TABLE x (y INT)', 'CREATE TABLE z (y INT)', 'INSERT INTO z VALUES (1)'],
      now: 'table x',
      down: { 'DELETE FROM z': 'run tolerant', 'DROP TABLE z': 'run tolerant', 'DROP TABLE x': 'run' },
    },
    {
      name: 'deleted rows are put back only where they were deleted',
      up: ['DELETE FROM role', 'DELETE FROM user'],
      before: 'table role, table user',
      now: 'table role, table user',
      down: { 'INSERT INTO user VALUES (1)': 'not-done', 'INSERT INTO role VALUES (1)': 'run' },
    },
  ]);
});

describe('a step in doubt counts only as far as the database proves it', () => {
  checkAll([
    {
      name: 'made',
      up: ['CREATE TABLE a (b INT)', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      now: 'table a',
      down: { 'DROP TABLE a': 'run' },
    },
    {
      name: 'not made',
      up: ['CREATE TABLE a (b INT)', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      now: '',
      down: { 'DROP TABLE a': 'run tolerant' },
    },
    {
      name: 'there before',
      up: ['CREATE TABLE a (b INT)', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: 'table a',
      now: 'table a',
      down: { 'DROP TABLE a': 'not-done' },
    },
    {
      name: 'nobody noted what was there before',
      up: ['CREATE TABLE a (b INT)', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: null,
      now: 'table a',
      down: { 'DROP TABLE a': 'cannot-be-paired' },
    },
    {
      name: 'dropped',
      up: ['DROP VIEW v', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: 'table v',
      now: '',
      down: { 'CREATE VIEW v AS SELECT 1': 'run' },
    },
    {
      name: 'not dropped',
      up: ['DROP VIEW v', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: 'table v',
      now: 'table v',
      down: { 'CREATE VIEW v AS SELECT 1': 'not-done' },
    },
    {
      name: 'renamed',
      up: ['RENAME TABLE a TO b', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: 'table a',
      now: 'table b',
      down: { 'RENAME TABLE b TO a': 'run' },
    },
    {
      name: 'not renamed',
      up: ['RENAME TABLE a TO b', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: 'table a',
      now: 'table a',
      down: { 'RENAME TABLE b TO a': 'not-done' },
    },
    {
      name: 'moved in place of another table',
      up: ['CREATE TABLE n (b INT)', 'RENAME TABLE a TO old, n TO a', 'SELECT 1'],
      done: 1,
      inDoubt: 1,
      before: 'table a',
      now: 'table a, table old',
      down: { 'RENAME TABLE a TO n, old TO a': 'run', 'DROP TABLE n': 'run' },
    },
    {
      name: 'not moved in place of another table',
      up: ['CREATE TABLE n (b INT)', 'RENAME TABLE a TO old, n TO a', 'SELECT 1'],
      done: 1,
      inDoubt: 1,
      before: 'table a',
      now: 'table a, table n',
      down: { 'RENAME TABLE a TO n, old TO a': 'not-done', 'DROP TABLE n': 'run' },
    },
    {
      name: 'swapped or not, which cannot be seen',
      up: ['CREATE TABLE n (b INT)', 'RENAME TABLE a TO x, n TO a, x TO n', 'SELECT 1'],
      done: 1,
      inDoubt: 1,
      before: 'table a',
      now: 'table a, table n',
      down: { 'RENAME TABLE a TO x, n TO a, x TO n': 'cannot-be-paired', 'DROP TABLE n': 'cannot-be-paired' },
    },
    {
      name: 'a row change, which commits with the note that it is done',
      up: ['CREATE TABLE n (b INT)', 'INSERT INTO a VALUES (1)', 'SELECT 1'],
      done: 1,
      inDoubt: 1,
      before: 'table a',
      now: 'table a, table n',
      down: { 'DELETE FROM a WHERE b = 1': 'not-done', 'DROP TABLE n': 'run' },
    },
    {
      name: 'a change that can be set again',
      up: ['ALTER TABLE a MODIFY b BIGINT', 'SELECT 1'],
      done: 0,
      inDoubt: 0,
      before: 'table a, column a.b',
      now: 'table a, column a.b',
      down: { 'ALTER TABLE a MODIFY b INT': 'run' },
    },
  ]);
});

test('a statement that does not say what it does is left', () => {
  const half = {
    up: ['CREATE TABLE a (b INT)', 'CALL p()'],
    down: ['CALL q()', 'GRANT SELECT ON a TO b'],
    now: 'table a',
  };
  expect(decide(half)).toEqual(['unknown', 'unknown']);
});

test('after a step that does not say what it did, nothing is taken to be as it was', () => {
  const half = {
    up: ['CALL p()', 'SELECT 1', 'DO 1'],
    down: ['ALTER TABLE a MODIFY b INT'],
    before: 'table a, column a.b',
    now: 'table a, column a.b',
  };
  expect(decide({ ...half, stepsDone: 1 })).toEqual(['cannot-be-paired']);
});

test('whatever the migration, nothing that stood before and that no done step dropped or made is dropped', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const statement = fc.oneof(
    fc
      .tuple(
        fc.constantFrom(
          'CREATE TABLE $ (x INT)',
          'CREATE TABLE IF NOT EXISTS $ (x INT)',
          'ALTER TABLE $ ADD x INT',
          'ALTER TABLE $ COMMENT "x"',
          'INSERT INTO $ VALUES (1)',
        ),
        name,
      )
      .map(([text, table]) => text.replace('$', table)),
    fc.tuple(name, name).map(([from, to]) => `RENAME TABLE ${from} TO ${to}`),
  );
  const drop = fc.oneof(
    name.map((table) => `DROP TABLE ${table}`),
    fc.tuple(name, name).map((tables) => `DROP TABLE IF EXISTS ${tables.join(', ')}`),
    statement,
  );
  const tables = fc.uniqueArray(name);
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 5 }),
      fc.array(drop),
      tables,
      fc.nat(4),
      (up, down, old, stepsDone) => {
        fc.pre(stepsDone < up.length);
        // Plays the done steps; a migration whose done steps the server would have refused cannot be.
        const state = new Map(old.map((table) => [table, 'old']));
        for (const step of up.slice(0, stepsDone)) fc.pre(play(state, step, 'new'));
        const all = (of: Iterable<string>): string => [...of].map((table) => `table ${table}`).join(',');
        const decisions = pairDowns({
          up,
          down,
          stepsDone,
          before: keys(all(old)),
          now: keys(all(state.keys())),
          defaultSchema: 'app',
        });
        for (const decision of decisions) {
          if (decision.kind === 'run') play(state, decision.statement, 'restored');
        }
        expect([...state.values()].filter((origin) => origin === 'old')).toHaveLength(old.length);
      },
    ),
    { numRuns: 1000 },
  );
});

/** A server with tables and nothing else. False where it would refuse the statement. */
function play(state: Map<string, string>, statement: string, origin: string): boolean {
  const words = statement.replaceAll(',', ' ').split(/\s+/);
  const [verb = '', , third = ''] = words;
  const conditional = third === 'IF';
  if (verb === 'CREATE') {
    const table = conditional ? (words[5] ?? '') : third;
    if (state.has(table)) return conditional;
    state.set(table, origin);
    return true;
  }
  if (verb === 'RENAME') {
    const [from, to] = [third, words[4] ?? ''];
    const moved = state.get(from);
    if (moved === undefined || state.has(to)) return false;
    state.delete(from);
    state.set(to, moved);
    return true;
  }
  if (verb === 'DROP') {
    const tables = words.slice(conditional ? 4 : 2);
    if (!conditional && !tables.every((table) => state.has(table))) return false;
    tables.forEach((table) => state.delete(table));
    return true;
  }
  return state.has(third);
}
