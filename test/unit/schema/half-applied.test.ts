import { checkAll, decide } from './half-applied-cases';

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
      'run',
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
      down: {
        'DROP TABLE x.a': 'run',
        // It may have been made or found.
        'DROP TABLE IF EXISTS x.b': 'cannot-be-paired',
        'DROP TABLE x.c': 'cannot-be-paired',
      },
    },
    {
      name: 'parts of a table of another database, which it has not got yet',
      up: ['CREATE TABLE x.a (b INT)', 'ALTER TABLE x.a ADD COLUMN c INT', 'CREATE INDEX i ON x.a (b)'],
      done: 1,
      now: '',
      down: {
        'DROP INDEX i ON x.a': 'run tolerant',
        'ALTER TABLE x.a DROP COLUMN c': 'run tolerant',
        'DROP TABLE x.a': 'run',
      },
    },
    {
      name: 'a table of that name in the database in force',
      up: ['CREATE TABLE events (a INT)', 'USE x', 'CREATE TABLE events (a INT)'],
      done: 2,
      now: 'table events',
      down: {
        'USE x': 'run',
        'DROP TABLE events': 'not-done',
        'USE app': 'run',
        'DROP TABLE IF EXISTS events': 'run',
      },
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

describe('where names of tables mean the same in any case', () => {
  // The server keeps them in small letters, and the migration has them as its author wrote them.
  const up = ['CREATE TABLE Invoice (id INT)', 'ALTER TABLE App.User ADD vat INT', 'ALTER TABLE User ADD email INT'];
  const down = ['ALTER TABLE User DROP email', 'ALTER TABLE user DROP vat', 'DROP TABLE INVOICE'];
  const half = {
    up,
    down,
    stepsDone: 2,
    before: 'table user, column user.email',
    now: 'table user, column user.email, column user.vat, table invoice',
  };

  test('what stood before and what was made is known by any of its names', () => {
    expect(decide({ ...half, takesAnyCase: true })).toEqual(['not-done', 'run', 'run']);
  });

  test('so are triggers, views, and the database', () => {
    expect(
      decide({
        takesAnyCase: true,
        defaultSchema: 'App',
        up: ['CREATE TRIGGER First BEFORE INSERT ON User FOR EACH ROW SET @a = 1', 'CREATE VIEW app.Named AS SELECT 1'],
        down: ['DROP VIEW named', 'DROP TRIGGER APP.FIRST'],
        stepsDone: 1,
        before: 'table user, table named',
        now: 'table user, table named, trigger first',
      }),
    ).toEqual(['not-done', 'run']);
  });

  test('elsewhere they are other tables', () => {
    expect(decide({ ...half, before: 'table User, column User.email', now: 'table User, column User.email' })).toEqual([
      'not-done',
      'run tolerant',
      'run tolerant',
    ]);
  });
});
