import { checkAll } from './half-applied-cases';

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
      down: { 'DROP TABLE a, c': 'cannot-be-paired', 'DROP TABLE IF EXISTS c, a': 'run' },
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
      name: 'two renames, reverted in one',
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
      name: 'deleted rows are restored only where they were deleted',
      up: ['DELETE FROM role', 'DELETE FROM user'],
      before: 'table role, table user',
      now: 'table role, table user',
      down: { 'INSERT INTO user VALUES (1)': 'not-done', 'INSERT INTO role VALUES (1)': 'run' },
    },
  ]);
});
