import { stepOf } from '../../../lambda/sql/step';

test.each([
  ['ANALYZE TABLE a', true],
  ['analyze local table a, b', true],
  ['CHECK TABLE a', true],
  ['OPTIMIZE NO_WRITE_TO_BINLOG TABLE a', true],
  ['/*!40000 ALTER TABLE `a` DISABLE KEYS */', true],
  ['ALTER TABLE app.a ENABLE KEYS', true],
  ['ANALYZE DELETE FROM a', false],
  ['ANALYZE FORMAT=JSON UPDATE a SET b = 1', false],
  ['ALTER TABLE a DISABLE KEYS, DROP COLUMN b', false],
  ['ALTER TABLE a DROP COLUMN b, DISABLE KEYS', false],
  ['ALTER TABLE a ENGINE=MyISAM', false],
  ['REPAIR TABLE a', false],
  ['TRUNCATE TABLE a', false],
])('%s leaves schema and rows as they are: %s', (statement, expected) => {
  expect(stepOf(statement).isWithoutTrace).toBe(expected);
});

test.each([
  ['SELECT 1', true],
  ['(SELECT 1)', true],
  ['SHOW TABLES', true],
  ['EXPLAIN SELECT 1', true],
  ['DO 0', true],
  ['SET @a = 1', true],
  ['USE app', true],
  ['EXPLAIN ANALYZE SELECT 1', false],
  ["SELECT 1 INTO OUTFILE '/tmp/x'", false],
  ['WITH a AS (SELECT 1) DELETE FROM b', false],
  ['INSERT INTO a VALUES (1)', false],
  ['SET GLOBAL max_connections = 1', false],
])('%s only reads: %s', (statement, expected) => {
  expect(stepOf(statement).isRead).toBe(expected);
});
