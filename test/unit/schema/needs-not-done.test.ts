import { checkAll, decide } from './half-applied-cases';

const now = 'table t, column t.id, column t.a, table u, column u.id';

describe('a statement of a down that changes rows is not run where it names what was not done', () => {
  checkAll([
    {
      name: 'a column that is not filled yet',
      up: ['INSERT INTO t (id) VALUES (5)', 'UPDATE t SET a = 1 WHERE id < 5'],
      before: now,
      now,
      down: { 'DELETE FROM t WHERE a IS NULL': 'cannot-be-paired' },
    },
    {
      name: 'a table that is not filled yet',
      up: ['INSERT INTO t (id) VALUES (5)', 'INSERT INTO u VALUES (5)'],
      before: now,
      now,
      down: {
        'DELETE FROM t WHERE id IN (SELECT id FROM u)': 'cannot-be-paired',
        'DELETE FROM u WHERE id = 5': 'not-done',
      },
    },
    {
      name: 'a table that would have another name',
      up: ['INSERT INTO t (id) VALUES (5)', 'RENAME TABLE u TO v'],
      before: now,
      now,
      down: {
        'DELETE FROM t WHERE id NOT IN (SELECT id FROM v)': 'cannot-be-paired',
        'RENAME TABLE v TO u': 'not-done',
      },
    },
    {
      name: 'all rows of a table of which some would have been deleted',
      up: ['INSERT INTO t (id) VALUES (5)', 'DELETE FROM t WHERE id < 5'],
      before: now,
      now,
      down: { 'DELETE FROM t': 'cannot-be-paired', 'INSERT INTO t VALUES (1, 1)': 'not-done' },
    },
    {
      name: 'through a variable',
      up: ['INSERT INTO t (id) VALUES (5)', 'UPDATE u SET id = 5'],
      before: now,
      now,
      down: { 'SET @a = (SELECT MAX(id) FROM u)': 'cannot-be-paired', 'DELETE FROM t WHERE id = @a': 'run' },
    },
    {
      name: 'a function that is not there yet',
      up: ['INSERT INTO t (id) VALUES (5)', 'CREATE FUNCTION f () RETURNS INT RETURN 5'],
      before: now,
      now,
      down: { 'DELETE FROM t WHERE id = f()': 'cannot-be-paired' },
    },
    {
      name: 'a table whose trigger would have been dropped',
      up: ['INSERT INTO t (id) VALUES (5)', 'DROP TRIGGER w'],
      before: `${now}, trigger w`,
      now: `${now}, trigger w`,
      down: { 'USE app': 'run', 'DELETE FROM t WHERE id = 5': 'cannot-be-paired' },
    },
    ...['SELECT * FROM u', 'SELECT u.* FROM u', 'TABLE u'].map((read) => ({
      name: `columns that it does not name: ${read}`,
      up: ['DELETE FROM t', 'UPDATE u SET id = id + 1'],
      before: now,
      now,
      down: { [`INSERT INTO t (id) ${read}`]: 'cannot-be-paired', 'UPDATE u SET id = id - 1': 'not-done' } as const,
    })),
    {
      name: 'through a variable of a query',
      up: ['DELETE FROM t', 'UPDATE u SET id = 5'],
      before: now,
      now,
      down: {
        'SELECT * INTO @a FROM u': 'cannot-be-paired',
        'INSERT INTO t (id) VALUES (@a)': 'run',
        'UPDATE u SET id = 4': 'not-done',
      },
    },
    {
      name: 'what a table is made of',
      up: ['DROP TABLE w', 'INSERT INTO u VALUES (5)'],
      before: `${now}, table w, column w.id`,
      now,
      down: { 'CREATE TABLE w AS SELECT id FROM u': 'cannot-be-paired', 'DELETE FROM u WHERE id = 5': 'not-done' },
    },
    {
      name: 'rows that come from a table which would have been changed',
      up: ['CREATE TABLE v (id INT)', 'INSERT INTO v SELECT id FROM t', 'DELETE FROM t', 'UPDATE v SET id = id * 10'],
      done: 3,
      before: now,
      now: `${now}, table v, column v.id`,
      down: {
        'UPDATE v SET id = id / 10': 'not-done',
        'INSERT INTO t SELECT id, 1 FROM v': 'cannot-be-paired',
        'DROP TABLE v': 'run',
      },
    },
  ]);
});

describe('it is run where it names only what was done', () => {
  checkAll([
    {
      name: 'another column of the same table',
      up: ['INSERT INTO t (id) VALUES (5)', 'UPDATE t SET a = 1', 'ALTER TABLE t ADD COLUMN b INT'],
      before: now,
      now,
      down: { 'ALTER TABLE t DROP COLUMN b': 'run tolerant', 'DELETE FROM t WHERE id = 5': 'run' },
    },
    {
      name: 'a column of the same name in another table',
      up: ['INSERT INTO t (id) VALUES (5)', 'UPDATE u SET id = 5'],
      before: now,
      now,
      down: { 'DELETE FROM t WHERE id = 5': 'run' },
    },
    {
      name: 'an index',
      up: ['INSERT INTO t (id) VALUES (5)', 'CREATE INDEX a ON t (a)'],
      before: now,
      now,
      down: { 'DROP INDEX a ON t': 'run tolerant', 'DELETE FROM t WHERE a = 5': 'run' },
    },
    {
      name: 'a table of another database that was made, and not filled yet',
      up: ['USE x', 'CREATE TABLE v (id INT, a INT)', 'INSERT INTO v VALUES (1, 6)', 'UPDATE v SET a = a + 1'],
      done: 2,
      before: now,
      now,
      down: {
        'USE x': 'run',
        'UPDATE v SET a = a - 1': 'not-done',
        'DELETE FROM v WHERE id = 1': 'not-done',
        'DROP TABLE v': 'run',
      },
    },
    {
      name: 'a table that was made and is dropped anyway',
      up: ['CREATE TABLE v (id INT)', 'INSERT INTO v VALUES (1)'],
      before: now,
      now: `${now}, table v, column v.id`,
      down: { 'DELETE FROM v': 'not-done', 'DROP TABLE v': 'run' },
    },
  ]);
});

it('is not run where it runs what in another database may read what was not done', () => {
  const half = {
    up: ['INSERT INTO t (id) VALUES (5)', 'UPDATE u SET id = 5'],
    before: now,
    now,
    down: ['DELETE FROM t WHERE id = other.latest()'],
  };
  expect(decide(half)).toEqual(['run']);
  expect(decide({ ...half, elsewhere: [{ schema: 'other', name: 'latest' }] })).toEqual(['cannot-be-paired']);
});
