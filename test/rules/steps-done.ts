import { migration } from './dying-process';

export const A = migration('CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1)', 'DROP TABLE a');
export const FAILS = 'CREATE TABLE b (id INT) COLLATE=nope_ci';
export const irreversible = (up: string): string => `-- migrate:up\n${up};\n-- migrate:irreversible\n`;

/** What mysqldump writes before its first INSERT. */
export const DUMP = `/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
DROP TABLE IF EXISTS b;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
${FAILS}`;

/** Steps that change nothing in a database with the table `a` of one row. */
export const NOTHING: readonly (readonly [string, string])[] = [
  ['DROP … IF EXISTS of what is not there', 'DROP TABLE IF EXISTS b'],
  ['such a DROP of several', 'DROP TABLE IF EXISTS b, `c d`'],
  ['such a DROP of a view', 'DROP VIEW IF EXISTS v'],
  ['such a DROP of a routine', 'DROP PROCEDURE IF EXISTS p'],
  ['such a DROP of a trigger', 'DROP TRIGGER IF EXISTS t'],
  ['such a DROP of a database', 'DROP DATABASE IF EXISTS nowhere_at_all'],
  ['CREATE … IF NOT EXISTS of what is there', 'CREATE TABLE IF NOT EXISTS a (other INT)'],
  ['an ALTER DATABASE to what it is', 'ALTER DATABASE CHARACTER SET utf8mb4'],
  ['SELECT', 'SELECT COUNT(*) FROM a'],
  ['DO', 'DO SLEEP(0)'],
  ['SHOW', 'SHOW TABLES'],
  ['an UPDATE that finds no row', 'UPDATE a SET id = 9 WHERE id = 8'],
  ['a DELETE that finds no row', 'DELETE FROM a WHERE id = 8'],
  ['an INSERT … SELECT of no row', 'INSERT INTO a SELECT id + 1 FROM a WHERE id = 8'],
  ['an INSERT IGNORE of a row that is there', 'INSERT IGNORE INTO a VALUES (1)'],
  ['DISABLE KEYS', '/*!40000 ALTER TABLE `a` DISABLE KEYS */'],
  ['ANALYZE', 'ANALYZE TABLE a'],
  ['SET', "SET sql_mode = ''; SET @x = (SELECT MAX(id) FROM a)"],
  ['a temporary table', 'CREATE TEMPORARY TABLE tmp (id INT); INSERT INTO tmp SELECT id FROM a WHERE id = 8'],
  ['all that a dump begins with', DUMP.replace(`;\n${FAILS}`, '')],
];

/** Steps that change something, or of which that cannot be told. */
export const SOMETHING: readonly (readonly [string, string])[] = [
  ['a DROP of what was there', 'DROP TABLE IF EXISTS a'],
  ['a DROP of one of two', 'DROP TABLE IF EXISTS nowhere, a'],
  ['a table dropped and made again', 'DROP TABLE IF EXISTS a; CREATE TABLE a (id INT PRIMARY KEY)'],
  ['CREATE … IF NOT EXISTS of what was not there', 'CREATE TABLE IF NOT EXISTS c (id INT)'],
  ['an ALTER DATABASE to what it was not', 'ALTER DATABASE CHARACTER SET latin1'],
  ['an INSERT', 'INSERT INTO a VALUES (2)'],
  ['a SELECT that calls a function', 'SELECT writes()'],
  ['a SET that calls a function', 'SET @x = writes()'],
  ['a SELECT of a view that calls a function', 'SELECT * FROM seen'],
  ['an INSERT IGNORE that a trigger has seen', 'INSERT IGNORE INTO watched VALUES (1)'],
  [
    'an INSERT … SELECT into a table with a trigger in another database',
    'INSERT INTO {beside}.a SELECT 1 FROM a WHERE id = 8',
  ],
  ['the same after USE', 'USE {beside}; INSERT INTO a SELECT 1 FROM a WHERE id = 8'],
  ['TRUNCATE', 'TRUNCATE TABLE a'],
  ['GRANT', 'GRANT SELECT ON a TO CURRENT_USER()'],
  ['an ALTER that ends where it began', 'ALTER TABLE a ADD COLUMN x INT; ALTER TABLE a DROP COLUMN x'],
];

/** A function that writes, which with a binary log has to say DETERMINISTIC (1418); a view that calls it; and a trigger. */
export const WITH_SIDE_EFFECTS = `-- migrate:up
CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1);
CREATE TABLE log (id INT);
CREATE TABLE watched (id INT PRIMARY KEY);
INSERT INTO watched VALUES (1);
DELIMITER //
CREATE FUNCTION writes() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO log VALUES (1); RETURN 1; END//
DELIMITER ;
CREATE VIEW seen AS SELECT writes() AS x;
CREATE TRIGGER watch BEFORE INSERT ON watched FOR EACH ROW INSERT INTO log VALUES (2);
-- migrate:down
DROP TRIGGER watch; DROP VIEW seen; DROP FUNCTION writes; DROP TABLE watched; DROP TABLE log; DROP TABLE a;`;
