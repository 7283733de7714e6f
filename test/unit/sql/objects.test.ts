import fc from 'fast-check';
import { keyOf, type Effect } from '../../../lambda/sql/db-object';
import { effectsOf } from '../../../lambda/sql/effects';

/** One line an effect: what it does to which object, and its conditions. */
function inWords(effect: Effect): string {
  switch (effect.action) {
    case 'create':
      return `create ${keyOf(effect.object)}${effect.ifNotExists ? ' if not exists' : ''}${effect.orReplace ? ' or replace' : ''}`;
    case 'drop':
      return `drop ${keyOf(effect.object)}${effect.ifExists ? ' if exists' : ''}`;
    case 'alter':
      return `alter ${keyOf(effect.object)}`;
    case 'rename':
      return `rename ${keyOf(effect.object)} to ${keyOf(effect.to)}`;
    case 'data':
      return `${effect.write} ${keyOf(effect.object)}${effect.columns ? ` (${effect.columns.join(', ')})` : ''}`;
  }
}

const TABLE: readonly (readonly [statement: string, ...effects: readonly string[]])[] = [
  ['CREATE TABLE a (b INT)', 'create table `a`'],
  ['create table if not exists `a` like b', 'create table `a` if not exists'],
  ['CREATE TABLE d.a AS SELECT 1', 'create `d` table `a`'],
  ['CREATE OR REPLACE TABLE `d`.`a b` (c INT)', 'create `d` table `a b` or replace'],
  ['CREATE /*!32312 IF NOT EXISTS*/ TABLE "a" (b INT)', 'create table `a`'],
  ['CREATE TEMPORARY TABLE a (b INT)'],
  ['DROP TEMPORARY TABLE IF EXISTS a'],
  ['CREATE UNIQUE INDEX i USING BTREE ON a (b)', 'create index `a`.`i`'],
  ['CREATE FULLTEXT INDEX I ON d.A (b)', 'create `d` index `A`.`i`'],
  ['CREATE VIEW v AS SELECT 1', 'create table `v`'],
  [
    "CREATE OR REPLACE ALGORITHM=MERGE DEFINER='a'@'%' SQL SECURITY INVOKER VIEW v AS SELECT 1",
    'create table `v` or replace',
  ],
  ['CREATE SQL SECURITY DEFINER VIEW v AS SELECT 1', 'create table `v`'],
  [
    '/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`a`@`b` SQL SECURITY DEFINER */ /*!50001 VIEW v AS SELECT 1 */',
    'create table `v`',
  ],
  ['CREATE DEFINER=CURRENT_USER() TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = 1', 'create trigger `t`'],
  [
    '/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x=1 */',
    'create trigger `t`',
  ],
  ['CREATE PROCEDURE IF NOT EXISTS P() SELECT 1', 'create procedure `p` if not exists'],
  ['CREATE AGGREGATE FUNCTION f RETURNS INT SONAME "x"', 'create function `f`'],
  ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1', 'create event `e`'],
  ['CREATE OR REPLACE SEQUENCE s START WITH 5', 'create table `s` or replace'],
  ['DROP SEQUENCE IF EXISTS s, d.r', 'drop table `s` if exists', 'drop `d` table `r` if exists'],
  ['CREATE SCHEMA IF NOT EXISTS d', 'create database `d` if not exists'],
  ['DROP TABLE a, d.b CASCADE', 'drop table `a`', 'drop `d` table `b`'],
  ['DROP TABLE IF EXISTS a, b', 'drop table `a` if exists', 'drop table `b` if exists'],
  ['DROP VIEW v, w', 'drop table `v`', 'drop table `w`'],
  ['DROP INDEX i ON a ALGORITHM=INPLACE', 'drop index `a`.`i`'],
  ['DROP TRIGGER IF EXISTS d.t', 'drop `d` trigger `t` if exists'],
  ['DROP PROCEDURE p', 'drop procedure `p`'],
  ['DROP DATABASE d', 'drop database `d`'],
  ['TRUNCATE TABLE a', 'delete rows `a`'],
  ['RENAME TABLE a TO b, c TO d.c', 'rename table `a` to table `b`', 'rename table `c` to `d` table `c`'],
  ['RENAME TABLE a TO x, b TO a, x TO b', 'rename table `a` to table `b`', 'rename table `b` to table `a`'],
  ['ALTER VIEW v AS SELECT 1', 'alter table `v`'],
  ['ALTER DATABASE d CHARACTER SET utf8mb4', 'alter database `d`'],
  ['ALTER DATABASE CHARACTER SET utf8mb4', 'alter database ``'],
  ['ALTER SCHEMA COLLATE = utf8mb4_bin', 'alter database ``'],
  ['ALTER DATABASE DEFAULT CHARACTER SET utf8mb4', 'alter database ``'],
  ["alter database default encryption 'N'", 'alter database ``'],
  ['ALTER DATABASE READ ONLY = 1', 'alter database ``'],
  ["ALTER DATABASE COMMENT 'x'", 'alter database ``'],
  ["ALTER DATABASE COMMENT = 'x'", 'alter database ``'],
  // The servers take these for names.
  ["ALTER DATABASE comment COMMENT 'x'", 'alter database `comment`'],
  ['ALTER DATABASE charset COLLATE utf8mb4_bin', 'alter database `charset`'],
  ['ALTER DATABASE `COLLATE` COLLATE utf8mb4_bin', 'alter database `COLLATE`'],
  ['/*!40100 ALTER DATABASE `d` COLLATE utf8mb4_bin */', 'alter database `d`'],
  ['ALTER EVENT e DISABLE', 'alter event `e`'],
  ['ALTER EVENT e ON SCHEDULE EVERY 1 DAY RENAME TO f', 'rename event `e` to event `f`'],
  ['ALTER PROCEDURE p COMMENT "x"', 'alter procedure `p`'],

  ['ALTER TABLE a ADD b INT', 'create column `a`.`b`'],
  ['ALTER TABLE a ADD type INT, DROP status', 'create column `a`.`type`', 'drop column `a`.`status`'],
  ['ALTER TABLE a ADD period INT', 'create column `a`.`period`'],
  ['ALTER TABLE a ADD PERIOD FOR SYSTEM_TIME (b, c)', 'alter table `a`'],
  ['ALTER TABLE a WAIT 5 ADD b INT', 'create column `a`.`b`'],
  ['ALTER TABLE IF EXISTS wait NOWAIT DROP COLUMN nowait', 'drop column `wait`.`nowait`'],
  ['ALTER TABLE a ADD INDEX type (b)', 'create index `a`.`type`'],
  ['ALTER TABLE a ADD INDEX type TYPE BTREE (b)', 'create index `a`.`type`'],
  ['ALTER TABLE a ADD INDEX USING BTREE (b)', 'create index `a`.``'],
  ['ALTER TABLE a ADD CONSTRAINT IF NOT EXISTS c CHECK (b > 0)', 'create constraint `a`.`c` if not exists'],
  ['INSERT quick VALUES (1)', 'insert rows `quick`'],
  ['UPDATE quick SET b = 1', 'update rows `quick` (b)'],
  ['UPDATE a SET a.limit = 1, b = 2 LIMIT 1', 'update rows `a` (limit, b)'],
  ['DELETE QUICK IGNORE FROM quick', 'delete rows `quick`'],
  ['DELETE quick FROM quick', 'delete rows `quick`'],
  ['DELETE quick.*, b FROM quick JOIN b', 'delete rows `quick`', 'delete rows `b`'],
  ['ALTER TABLE d.a ADD COLUMN B INT DEFAULT (1 + 2) AFTER c', 'create `d` column `a`.`b`'],
  ['ALTER TABLE a ADD COLUMN IF NOT EXISTS b INT', 'create column `a`.`b` if not exists'],
  [
    'ALTER TABLE a ADD (b INT, c DECIMAL(3, 2), KEY i (b))',
    'create column `a`.`b`',
    'create column `a`.`c`',
    'create index `a`.`i`',
  ],
  [
    'ALTER TABLE a ADD b INT UNIQUE, ADD c INT CHECK (c > 0)',
    'create column `a`.`b`',
    'create index `a`.``',
    'create column `a`.`c`',
    'create constraint `a`.``',
  ],
  [
    'ALTER TABLE a ADD INDEX i (b), ADD KEY (c), ADD UNIQUE KEY u (d)',
    'create index `a`.`i`',
    'create index `a`.``',
    'create index `a`.`u`',
  ],
  ['ALTER TABLE a ADD FULLTEXT f (b), ADD SPATIAL INDEX s (c)', 'create index `a`.`f`', 'create index `a`.`s`'],
  [
    'ALTER TABLE a ADD PRIMARY KEY (b), ADD CONSTRAINT u UNIQUE (c)',
    'create index `a`.`primary`',
    'create index `a`.`u`',
  ],
  [
    'ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (d)',
    'create constraint `a`.`f`',
    'create index `a`.``',
  ],
  [
    'ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0), ADD CHECK (b > 1)',
    'create constraint `a`.`c`',
    'create constraint `a`.``',
  ],
  ['ALTER TABLE a DROP b, DROP COLUMN c', 'drop column `a`.`b`', 'drop column `a`.`c`'],
  ['ALTER TABLE a DROP COLUMN IF EXISTS b', 'drop column `a`.`b` if exists'],
  [
    'ALTER TABLE a DROP INDEX i, DROP KEY j, DROP PRIMARY KEY',
    'drop index `a`.`i`',
    'drop index `a`.`j`',
    'drop index `a`.`primary`',
  ],
  [
    'ALTER TABLE a DROP FOREIGN KEY f, DROP CHECK c, DROP CONSTRAINT d',
    'drop constraint `a`.`f`',
    'drop constraint `a`.`c`',
    'drop constraint `a`.`d`',
  ],
  [
    'ALTER TABLE a MODIFY b BIGINT, CHANGE COLUMN c c INT, ALTER d SET DEFAULT 1',
    'alter column `a`.`b`',
    'alter column `a`.`c`',
    'alter column `a`.`d`',
  ],
  [
    'ALTER TABLE a CHANGE b c INT, RENAME COLUMN d TO e',
    'rename column `a`.`b` to column `a`.`c`',
    'rename column `a`.`d` to column `a`.`e`',
  ],
  [
    'ALTER TABLE a RENAME INDEX i TO j, ALTER INDEX k INVISIBLE',
    'rename index `a`.`i` to index `a`.`j`',
    'alter index `a`.`k`',
  ],
  ['ALTER TABLE a RENAME TO b, ADD c INT', 'create column `a`.`c`', 'rename table `a` to table `b`'],
  ['ALTER TABLE d.a RENAME b', 'rename `d` table `a` to `d` table `b`'],
  ['ALTER TABLE a ADD b INT, ALGORITHM=INSTANT, LOCK=NONE', 'create column `a`.`b`'],
  ['ALTER TABLE a ENGINE=InnoDB COMMENT="b, c"', 'alter table `a`'],
  ['ALTER TABLE a CONVERT TO CHARACTER SET utf8mb4', 'alter table `a`'],
  ['ALTER TABLE a DISABLE KEYS', 'alter table `a`'],
  ['ALTER TABLE a FORCE, ALGORITHM=COPY'],
  ['ALTER TABLE a FORCE REMOVE PARTITIONING', 'alter table `a`'],
  ['ALTER TABLE a LOCK=NONE, ALGORITHM=COPY REMOVE PARTITIONING', 'alter table `a`'],
  ['ALTER TABLE a FORCE PARTITION BY HASH (b) PARTITIONS 2', 'alter table `a`'],
  ['ALTER TABLE a ADD b INT PARTITION BY HASH (b)', 'create column `a`.`b`', 'alter table `a`'],
  ['ALTER TABLE a RENAME b REMOVE PARTITIONING', 'alter table `a`', 'rename table `a` to table `b`'],
  ['ALTER TABLE a ADD PARTITION PARTITIONS 2', 'alter table `a`'],
  ['ALTER TABLE a ADD PARTITION LOCAL (PARTITION p VALUES LESS THAN (1))', 'create partition `a`.`p`'],
  [
    'ALTER TABLE a ADD COLUMN IF NOT EXISTS (b INT, c INT)',
    'create column `a`.`b` if not exists',
    'create column `a`.`c` if not exists',
  ],
  [
    'ALTER TABLE a ADD PARTITION (PARTITION p VALUES LESS THAN (1), PARTITION q VALUES LESS THAN (2))',
    'create partition `a`.`p`',
    'create partition `a`.`q`',
  ],
  ['ALTER TABLE a DROP PARTITION p, q', 'drop partition `a`.`p`', 'drop partition `a`.`q`'],
  ['ALTER TABLE a TRUNCATE PARTITION p', 'delete rows `a`'],
  [
    'ALTER TABLE a REORGANIZE PARTITION p, q INTO (PARTITION Q VALUES LESS THAN (1), PARTITION r VALUES LESS THAN (2))',
    'drop partition `a`.`p`',
    'create partition `a`.`r`',
  ],
  ['ALTER TABLE a REORGANIZE PARTITION p INTO (PARTITION p VALUES LESS THAN (1))', 'alter table `a`'],
  ['ALTER TABLE a REORGANIZE PARTITION', 'alter table `a`'],

  ['INSERT INTO a (b) VALUES (1)', 'insert rows `a`'],
  ['insert ignore d.a set b = 1', 'insert `d` rows `a`'],
  ['INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE b = 1', 'replace rows `a`'],
  ['REPLACE INTO a VALUES (1)', 'replace rows `a`'],
  ["LOAD DATA LOCAL INFILE 'x' IGNORE INTO TABLE a", 'insert rows `a`'],
  ['UPDATE a SET b = 1, `c` = IF(d, 2, 3) WHERE e = 1', 'update rows `a` (b, c)'],
  ['UPDATE LOW_PRIORITY a AS x JOIN b ON (x.c = b.c AND b.d) SET x.e = 1', 'update rows `a` (e)'],
  ['UPDATE a, d.b y SET a.c = 1, y.e = 2', 'update rows `a` (c)', 'update `d` rows `b` (e)'],
  ['UPDATE a JOIN (SELECT 1 AS c) q USING (c) SET a.b = q.c', 'update rows `a` (b)'],
  ['UPDATE (a LEFT JOIN b ON a.c = b.c) SET d = 1', 'update rows `a` (d)', 'update rows `b` (d)'],
  ['WITH q AS (SELECT 1) UPDATE a, q SET a.b = 1', 'update rows `a` (b)'],
  ['DELETE FROM a WHERE b = 1', 'delete rows `a`'],
  ['DELETE QUICK FROM a AS x LIMIT 1', 'delete rows `a`'],
  ['DELETE x, b.* FROM a x JOIN b ON x.c = b.c', 'delete rows `a`', 'delete rows `b`'],
  ['DELETE FROM x USING a AS x JOIN b', 'delete rows `a`'],
  ['SELECT 1'],
  ['SET @a = 1'],
  ['USE d'],
  ["PREPARE s FROM 'DROP TABLE a'"],
  ['DROP PREPARE s'],
  ['OPTIMIZE TABLE a'],
];

test.each(TABLE)('%s', (statement, ...effects) => {
  expect(effectsOf(statement)?.map(inWords)).toEqual(effects);
});

test.each([
  'CALL p()',
  'EXECUTE s',
  'GRANT SELECT ON a TO b',
  'CREATE USER a',
  'RENAME USER a TO b',
  'ALTER TABLE a EXCHANGE PARTITION p WITH TABLE b',
  'ALTER TABLE a IMPORT TABLESPACE',
  'CREATE SPATIAL REFERENCE SYSTEM 4120 NAME "x"',
  'SET GLOBAL a = 1',
  'SELECT 1 INTO OUTFILE "a"',
  "DO GET_LOCK('a', 1)",
  'UPDATE',
  'DROP TABLE',
  'ALTER TABLE a CHANGE',
  'anything else',
  '',
])('it cannot be told what this does: %s', (statement) => expect(effectsOf(statement)).toBeUndefined());

test('names count as the server compares them', () => {
  const table = (name: string): string => keyOf({ kind: 'table', name });
  const column = (name: string): string => keyOf({ kind: 'column', table: 'a', name });
  expect(table('a')).not.toBe(table('A'));
  expect(column('a')).toBe(column('A'));
  expect(keyOf({ kind: 'table', schema: 'd', name: 'a' }, 'd')).toBe(table('a'));
  expect(keyOf({ kind: 'table', schema: 'd', name: 'a' }, 'e')).not.toBe(table('a'));
  expect(keyOf({ kind: 'column', table: 'a', name: 'b`.`c' })).not.toBe(
    keyOf({ kind: 'column', table: 'a`.`b', name: 'c' }),
  );
});

test('no text makes it throw', () => {
  const word = fc.constantFrom(
    ...'CREATE ALTER DROP TABLE INDEX ON ADD COLUMN RENAME TO UPDATE SET DELETE FROM USING JOIN INSERT INTO WITH AS a `b` . , ( ) = * @ DEFINER IF EXISTS NOT PARTITION TRIGGER VIEW LOAD DATA CHANGE CONSTRAINT'.split(
      ' ',
    ),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => void effectsOf(words.join(' '))),
    { numRuns: 3000 },
  );
  fc.assert(fc.property(fc.string(), (text) => void effectsOf(text)));
});
