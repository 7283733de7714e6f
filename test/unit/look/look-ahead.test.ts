import { onlyTableOf } from '../../../lambda/look/look-ahead';
import { stepOf } from '../../../lambda/sql/step';

describe('the one table of a step', () => {
  test.each([
    ['CREATE TABLE a (id INT)', 'a'],
    ['CREATE TABLE Users (id INT)', 'users'],
    ['ALTER TABLE a ADD COLUMN b INT, ADD INDEX b (b), DROP COLUMN c', 'a'],
    ['ALTER TABLE a ENGINE=InnoDB', 'a'],
    ['ALTER TABLE a ALTER COLUMN b SET DEFAULT 1', 'a'],
    ['CREATE UNIQUE INDEX b ON a (b)', 'a'],
    ['DROP INDEX b ON a', 'a'],
  ])('%s', (text, table) => {
    expect(onlyTableOf(stepOf(text))).toBe(table);
  });

  test.each([
    'CREATE TABLE IF NOT EXISTS a (id INT)',
    'CREATE OR REPLACE TABLE a (id INT)',
    'CREATE TEMPORARY TABLE a (id INT)',
    'CREATE TABLE other.a (id INT)',
    'CREATE TABLE Ä (id INT)',
    'ALTER TABLE other.a ADD b INT',
    'ALTER TABLE Ä ADD b INT',
    'ALTER TABLE a RENAME TO b',
    'ALTER TABLE a RENAME COLUMN b TO c',
    'ALTER TABLE a CHANGE b B INT',
    'ALTER TABLE a RENAME INDEX b TO c',
    'ALTER TABLE a TRUNCATE PARTITION p',
    'ALTER TABLE a EXCHANGE PARTITION p WITH TABLE b',
    'ALTER TABLE a ALGORITHM=INPLACE',
    'ALTER TABLE a DISABLE KEYS',
    'ALTER TABLE a MODIFY B INT',
    'ALTER TABLE a ANALYZE PARTITION p',
    'ALTER TABLE a CHECK  PARTITION p',
    'ALTER TABLE a OPTIMIZE PARTITION p',
    'ALTER TABLE a REPAIR PARTITION ALL',
    'DROP TABLE a',
    'RENAME TABLE a TO b',
    'CREATE VIEW a AS SELECT 1',
    'CREATE TRIGGER a BEFORE INSERT ON b FOR EACH ROW SET @x = 1',
    'ALTER DATABASE COLLATE utf8mb4_bin',
    'INSERT INTO a VALUES (1)',
    'SET foreign_key_checks = 0',
    'CALL makes()',
  ])('%s has none', (text) => {
    expect(onlyTableOf(stepOf(text))).toBeUndefined();
  });
});
