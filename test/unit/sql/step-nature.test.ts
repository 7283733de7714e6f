import { stepOf } from '../../../lambda/sql/step';

describe('whether a statement may end the transaction that it is run in', () => {
  it.each([
    'CREATE TABLE a (b INT)',
    'CREATE OR REPLACE TABLE temporary (b INT)',
    'DROP TABLE a',
    'COMMIT',
    'ROLLBACK',
    'ROLLBACK AND CHAIN',
    'START TRANSACTION',
    'CALL a()',
    'LOCK TABLES a READ',
  ])('%s: yes', (statement) => {
    expect(stepOf(statement).endsTransaction).toBe(true);
  });

  it.each([
    'INSERT INTO a VALUES (1)',
    'SET @a = 1',
    'CREATE TEMPORARY TABLE a (b INT)',
    'CREATE OR REPLACE TEMPORARY TABLE a (b INT)',
    'DROP TEMPORARY TABLE a',
    'SAVEPOINT a',
    'RELEASE SAVEPOINT a',
    'ROLLBACK TO a',
    'ROLLBACK WORK TO SAVEPOINT a',
  ])('%s: no', (statement) => {
    expect(stepOf(statement).endsTransaction).toBe(false);
  });
});

describe('what nothing shows afterwards', () => {
  it.each([
    ['ANALYZE TABLE a', 'repeatable'],
    ['ANALYZE LOCAL TABLE a', 'repeatable'],
    // MariaDB's, which runs the statement.
    ['ANALYZE UPDATE a SET x = x + 1', 'blind'],
    ['ANALYZE FORMAT=JSON DELETE FROM a', 'blind'],
    ['RENAME TABLE a TO c, b TO a, c TO b', 'blind'],
    ['RENAME TABLE d.a TO c, b TO a, c TO b', 'blind'],
    ['RENAME TABLE a TO C, b TO A, c TO b', 'blind'],
    ['ALTER TABLE a CHANGE X y INT, CHANGE Y x INT FIRST', 'blind'],
    ['ALTER TABLE a RENAME INDEX i TO j, RENAME INDEX J TO I', 'blind'],
    ['RENAME TABLE a TO old, new TO a', 'visible'],
    ['RENAME TABLE a TO d.a', 'visible'],
    ['ALTER TABLE a RENAME COLUMN x TO y', 'visible'],
    // Of these nothing shows, and each may be run twice.
    ['ALTER TABLE a FORCE, ALGORITHM=COPY', 'visible'],
    ['CREATE TEMPORARY TABLE a (b INT)', 'visible'],
  ])('%s is %s', (statement, nature) => {
    expect(stepOf(statement).nature).toBe(nature);
  });
});

describe('what a statement may have done though the definitions of its objects are as before', () => {
  it.each([
    ['ALTER TABLE a DROP COLUMN y, ADD COLUMN y INT', 'emptied'],
    ['ALTER TABLE a DROP y, ADD Y INT, DROP COLUMN IF EXISTS q', 'emptied'],
    ['ALTER TABLE a DROP y, ADD y INT, ADD COLUMN IF NOT EXISTS q INT', 'emptied'],
    ['CREATE OR REPLACE TABLE a (b INT)', 'emptied'],
    ['ALTER TABLE a DROP COLUMN z, CHANGE x z INT, ADD COLUMN x INT AFTER id', 'moved'],
    ['ALTER TABLE a RENAME COLUMN x TO y, RENAME COLUMN y TO x', 'moved'],
    ['RENAME TABLE a TO c, b TO a, c TO b', 'moved'],
    ['ALTER TABLE a DROP COLUMN y, ADD COLUMN z INT', null],
    ['ALTER TABLE a DROP COLUMN y, ADD COLUMN y INT, ADD COLUMN z INT', null],
    ['ALTER TABLE a DROP COLUMN y, DROP COLUMN z, ADD COLUMN y INT', null],
    ['ALTER TABLE a DROP COLUMN y, CHANGE x y INT', null],
    ['ALTER TABLE a DROP INDEX k, ADD INDEX k (x)', null],
    ['ALTER TABLE a RENAME INDEX k TO y, DROP COLUMN y', null],
    ['ALTER TABLE a MODIFY x BIGINT', null],
    ['CREATE OR REPLACE VIEW v AS SELECT 1', null],
    ['DROP TABLE a', null],
    ['CALL p()', null],
  ])('%s: %s', (statement, hides) => {
    expect(stepOf(statement).hides).toBe(hides);
  });
});
