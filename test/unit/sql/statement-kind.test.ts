import fc from 'fast-check';
import { classify } from '../../../lambda/sql/statement-kind';

const TABLE: Readonly<Record<string, readonly string[]>> = {
  'dml INSERT': ['INSERT INTO a VALUES (1)', 'insert ignore into a select 1', '-- a\ninsert into a values (1)'],
  'dml REPLACE': ['REPLACE INTO a VALUES (1)'],
  'dml UPDATE': ['UPDATE a SET b = 1'],
  'dml DELETE': ['DELETE FROM a'],
  'dml SELECT': [
    'SELECT 1',
    '(SELECT 1) UNION (SELECT 2)',
    'SELECT 1 INTO @a',
    "SELECT 'INTO OUTFILE'",
    'SELECT `get_lock`',
    "SELECT 'GET_LOCK(1)'",
  ],
  'dml WITH': ['WITH a AS (SELECT 1) SELECT * FROM a', 'WITH a AS (SELECT 1) DELETE FROM b'],
  'dml DO': ['DO SLEEP(1)'],
  'dml EXPLAIN': ['EXPLAIN SELECT 1'],
  'dml SHOW': ['SHOW TABLES'],
  'dml LOAD DATA': ["LOAD DATA LOCAL INFILE 'a' INTO TABLE b", "LOAD DATA FROM S3 's3://a' INTO TABLE b"],
  'ddl CREATE': [
    'CREATE TABLE a (b INT)',
    'CREATE SPATIAL INDEX a ON b (c)',
    '/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER c BEFORE INSERT ON d FOR EACH ROW SET @e = 1 */',
  ],
  'ddl ALTER': ['ALTER TABLE a ADD b INT', '/*!40000 ALTER TABLE `a` DISABLE KEYS */'],
  'ddl DROP': ['DROP TABLE a', 'DROP VIEW IF EXISTS a'],
  'ddl RENAME': ['RENAME TABLE a TO b'],
  'ddl TRUNCATE': ['TRUNCATE a'],
  'session USE': ['USE a', 'use `a`'],
  'session SET @': ['SET @a = 1', 'SET @autocommit = 1, @global = 2', 'SET @a = (SELECT max(autocommit) FROM b)'],
  'session SET': [
    'SET @a = 1, sql_mode = ""',
    'SET sql_mode = "", @a = 1',
    'SET NAMES utf8mb4',
    'SET foreign_key_checks = 0',
    'SET SESSION sql_mode = "GLOBAL"',
    'SET @@session.sql_mode = "", time_zone = "+00:00"',
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    'SET ROLE a',
    '/*!40101 SET NAMES utf8 */',
    '/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */',
  ],
  'other SET': [
    'SET GLOBAL a = 1',
    'SET @@global.a = 1',
    'SET @@GLOBAL.GTID_PURGED = "a"',
    'SET PERSIST a = 1',
    'SET @@persist_only.a = 1',
    'SET sql_mode = "", GLOBAL a = 1',
    "SET PASSWORD = 'a'",
    'SET DEFAULT ROLE a TO b',
    'SET RESOURCE GROUP a',
    'SET STATEMENT a = 1 FOR SELECT 1',
  ],
  'transaction SET AUTOCOMMIT': [
    'SET autocommit = 0',
    'SET @@autocommit=0',
    'SET @@session.autocommit = 1',
    'SET SESSION autocommit = 1',
    'SET @a = 1, LOCAL autocommit = 0',
  ],
  'transaction SET TRANSACTION_READ_ONLY': [
    'SET transaction_read_only = 1',
    'SET @@session.transaction_read_only = ON',
  ],
  'transaction SET TX_READ_ONLY': ['SET SESSION tx_read_only = 1'],
  'transaction SET TRANSACTION READ ONLY': [
    'SET TRANSACTION READ ONLY',
    'SET SESSION TRANSACTION READ ONLY',
    'set local transaction read only',
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY',
  ],
  'transaction START TRANSACTION': ['START TRANSACTION', 'start transaction read only'],
  'transaction BEGIN': ['BEGIN', 'BEGIN WORK'],
  'transaction COMMIT': ['COMMIT', 'commit and chain'],
  'transaction ROLLBACK': ['ROLLBACK', 'ROLLBACK TO SAVEPOINT a'],
  'transaction SAVEPOINT': ['SAVEPOINT a'],
  'transaction RELEASE SAVEPOINT': ['RELEASE SAVEPOINT a'],
  'transaction XA': ["XA START 'a'"],
  'transaction LOCK TABLES': ['LOCK TABLES a WRITE', 'LOCK TABLE a READ'],
  'transaction UNLOCK TABLES': ['UNLOCK TABLES'],
  'transaction FLUSH TABLES WITH READ LOCK': ['FLUSH TABLES WITH READ LOCK', 'FLUSH LOCAL TABLES a FOR EXPORT'],
  'transaction RELEASE_ALL_LOCKS': ['DO RELEASE_ALL_LOCKS()', 'SELECT release_all_locks ()'],
  'transaction GET_LOCK': ["SELECT GET_LOCK('a', 1)", "SET @a = GET_LOCK('a', 1)"],
  'transaction RELEASE_LOCK': ["DO RELEASE_LOCK('a')"],
  'session PREPARE': ['PREPARE a FROM @b', 'DEALLOCATE PREPARE a', 'drop prepare a'],
  'other SELECT': ["SELECT 1 INTO OUTFILE 'a'", "SELECT 1 FROM a INTO DUMPFILE 'b'"],
  'other CALL': ['CALL a()'],
  'other GRANT': ['GRANT SELECT ON a TO b'],
  'other CREATE': ['CREATE USER a', 'CREATE ROLE a'],
  'other DROP': ['DROP USER a'],
  'other FLUSH': ['FLUSH PRIVILEGES', 'FLUSH TABLES'],
  'other LOAD': ["LOAD XML INFILE 'a' INTO TABLE b", 'LOAD INDEX INTO CACHE a'],
  'other LOCK': ['LOCK INSTANCE FOR BACKUP'],
  'other OPTIMIZE': ['OPTIMIZE TABLE a'],
  'other EXECUTE': ['EXECUTE a'],
  'other ': ['', '`SELECT`', "'INSERT'", '/*!40101 */'],
};

describe.each(Object.entries(TABLE))('%s', (expected, statements) => {
  test.each(statements)('%s', (statement) => {
    const { kind, verb } = classify(statement);
    expect(`${kind} ${verb}`).toBe(expected);
  });
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => void classify(text)));
});
