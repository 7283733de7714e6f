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
    // Of these nothing shows, and each may be run twice.
    ['ALTER TABLE a FORCE, ALGORITHM=COPY', 'visible'],
    ['CREATE TEMPORARY TABLE a (b INT)', 'visible'],
  ])('%s is %s', (statement, nature) => {
    expect(stepOf(statement).nature).toBe(nature);
  });
});
