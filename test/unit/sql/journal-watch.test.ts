import { JournalWatch } from '../../../lambda/sql/journal-watch';

const DATABASE = 'app';

/** What the last of some statements would do to the journal. */
function touched(statements: string | readonly string[], database: string | undefined = DATABASE): string | null {
  const watch = new JournalWatch(database);
  const [last] = [statements]
    .flat()
    .map((statement) => watch.look(statement))
    .toReversed();
  return last?.isExact === true ? last.what : null;
}

describe('a statement that touches the journal', () => {
  test.each([
    ['DROP TABLE IF EXISTS migration', 'DROP TABLE migration'],
    ['drop table `migration`', 'DROP TABLE migration'],
    ['DROP TABLE "migration"', 'DROP TABLE migration'],
    ['DROP TABLE a, b, app.migration_deployment', 'DROP TABLE migration_deployment'],
    ['DROP TABLES IF EXISTS `app` . `migration`', 'DROP TABLE migration'],
    ['DROP TEMPORARY TABLE migration', 'DROP TABLE migration'],
    ['DROP TABLE .migration', 'DROP TABLE migration'],
    ['DROP VIEW migration', 'DROP VIEW migration'],
    ['DROP INDEX x ON migration', 'DROP INDEX on migration'],
    ['/*!50000 DROP TABLE migration */', 'DROP TABLE migration'],
    ['/*M! DROP TABLE migration */', 'DROP TABLE migration'],
    ['DROP /* the history */ TABLE -- of Yii\n migration', 'DROP TABLE migration'],
    ['CREATE TABLE migration (version VARCHAR(180) PRIMARY KEY)', 'CREATE TABLE migration'],
    ['CREATE TABLE IF NOT EXISTS `migration` LIKE other', 'CREATE TABLE migration'],
    ['CREATE OR REPLACE TABLE migration SELECT 1', 'CREATE TABLE migration'],
    ['CREATE TEMPORARY TABLE migration (id INT)', 'CREATE TABLE migration'],
    ['CREATE TABLE a (id INT, FOREIGN KEY (id) REFERENCES migration (id))', 'a foreign key to migration'],
    ['ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES app.migration (name)', 'a foreign key to migration'],
    ['CREATE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY DEFINER VIEW migration AS SELECT 1', 'CREATE VIEW migration'],
    ['CREATE SEQUENCE migration', 'CREATE SEQUENCE migration'],
    [
      'CREATE DEFINER=app@a.b.c.d.e.f.g TRIGGER t BEFORE INSERT ON migration FOR EACH ROW SET @a = 1',
      'CREATE TRIGGER on migration',
    ],
    ['CREATE UNIQUE INDEX i USING BTREE ON migration (id)', 'CREATE INDEX on migration'],
    ['CREATE TRIGGER t AFTER INSERT ON migration FOR EACH ROW SET @a = 1', 'CREATE TRIGGER on migration'],
    ['ALTER TABLE migration ADD COLUMN a INT', 'ALTER TABLE migration'],
    ['ALTER ONLINE IGNORE TABLE IF EXISTS migration DROP COLUMN script', 'ALTER TABLE migration'],
    ['/*!40000 ALTER TABLE `migration` DISABLE KEYS */', 'ALTER TABLE migration'],
    ['ALTER TABLE migration DISCARD TABLESPACE', 'ALTER TABLE migration'],
    ['ALTER TABLE a RENAME migration', 'ALTER TABLE … RENAME TO migration'],
    ['ALTER TABLE a ADD b INT, RENAME TO app.migration', 'ALTER TABLE … RENAME TO migration'],
    ['ALTER TABLE a EXCHANGE PARTITION p WITH TABLE migration', 'ALTER TABLE … WITH TABLE migration'],
    ['ALTER TABLE a CONVERT PARTITION p TO TABLE migration', 'ALTER TABLE … WITH TABLE migration'],
    ['ALTER VIEW migration AS SELECT 1', 'ALTER VIEW migration'],
    ['RENAME TABLE a TO b, migration TO old', 'RENAME TABLE migration'],
    ['RENAME TABLES IF EXISTS a WAIT 5 TO migration', 'RENAME TABLE … TO migration'],
    ['TRUNCATE migration', 'TRUNCATE migration'],
    ['TRUNCATE TABLE app.migration', 'TRUNCATE migration'],
    ["INSERT INTO migration VALUES ('m000000_000000_base', 1)", 'INSERT migration'],
    ['INSERT IGNORE migration (name) SELECT name FROM other', 'INSERT migration'],
    ["REPLACE INTO migration SET name = '1'", 'REPLACE migration'],
    ["UPDATE LOW_PRIORITY migration SET state = 'applied'", 'UPDATE migration'],
    ['UPDATE a JOIN migration m ON m.id = a.id SET m.state = 1', 'UPDATE migration'],
    ['UPDATE a, migration SET migration.state = a.b', 'UPDATE migration'],
    ['WITH x AS (SELECT 1) UPDATE migration, x SET migration.state = 1', 'UPDATE migration'],
    ['DELETE FROM migration', 'DELETE migration'],
    ['DELETE FROM .migration', 'DELETE migration'],
    ['INSERT INTO .migration (name) VALUES (1)', 'INSERT migration'],
    ['UPDATE .migration SET name = 1', 'UPDATE migration'],
    ['DELETE m FROM a JOIN migration m ON m.id = a.id', 'DELETE migration'],
    ['DELETE FROM a, m USING a JOIN migration AS m', 'DELETE migration'],
    ['WITH x AS (SELECT 1) DELETE FROM migration', 'DELETE migration'],
    ["LOAD DATA INFILE 'a' REPLACE INTO TABLE migration", 'LOAD migration'],
    ["LOAD XML LOCAL INFILE 'a' INTO TABLE app.migration", 'LOAD migration'],
    ['OPTIMIZE NO_WRITE_TO_BINLOG TABLE a, migration', 'OPTIMIZE TABLE migration'],
    ['REPAIR TABLE migration', 'REPAIR TABLE migration'],
    ['ANALYZE FORMAT=JSON DELETE FROM migration', 'DELETE migration'],
    ['EXPLAIN ANALYZE DELETE m FROM migration m', 'DELETE migration'],
    ['SET STATEMENT max_statement_time = 1 FOR DELETE FROM migration', 'DELETE migration'],
    ["PREPARE s FROM 'DELETE FROM migration'", 'DELETE migration'],
    ["EXECUTE IMMEDIATE 'TRUNCATE migration'", 'TRUNCATE migration'],
    ['DROP DATABASE IF EXISTS app', 'DROP DATABASE app'],
    ['DROP SCHEMA `app`', 'DROP DATABASE app'],
    ['CREATE OR REPLACE DATABASE app', 'CREATE OR REPLACE DATABASE app'],
    ['ALTER DATABASE app READ ONLY = 1', 'ALTER DATABASE READ ONLY app'],
    ['ALTER SCHEMA READ ONLY 1', 'ALTER DATABASE READ ONLY app'],
  ])('%s', (statement, what) => {
    expect(touched(statement)).toBe(what);
  });

  test.each([
    ['CREATE PROCEDURE p() DELETE FROM migration', 'CREATE PROCEDURE with DELETE migration'],
    [
      'CREATE DEFINER=`a`@`b` PROCEDURE p(a INT) BEGIN IF a THEN UPDATE b SET c = 1; ELSE TRUNCATE migration; END IF; END',
      'CREATE PROCEDURE with TRUNCATE migration',
    ],
    [
      'CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW FOLLOWS u INSERT INTO migration (name) VALUES (1)',
      'CREATE TRIGGER with INSERT migration',
    ],
    ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM migration', 'CREATE EVENT with DELETE migration'],
    ['ALTER EVENT e DO DROP TABLE migration', 'ALTER EVENT with DROP TABLE migration'],
    [
      "CREATE PROCEDURE p() BEGIN SET @s = 'DROP TABLE migration'; PREPARE s FROM @s; EXECUTE s; END",
      'CREATE PROCEDURE with DROP TABLE migration',
    ],
    [
      'CREATE FUNCTION f() RETURNS INT BEGIN DELETE m FROM migration m; RETURN 1; END',
      'CREATE FUNCTION with DELETE migration',
    ],
    ['BEGIN NOT ATOMIC DELETE FROM migration; END', 'DELETE migration'],
    ['IF 1 THEN DROP TABLE migration; END IF', 'DROP TABLE migration'],
  ])('in a body: %s', (statement, what) => {
    expect(touched(statement)).toBe(what);
  });

  test.each([
    [['USE other', 'USE app', 'DROP TABLE migration'], 'DROP TABLE migration'],
    [['USE other', 'DROP TABLE app.migration'], 'DROP TABLE migration'],
    [["SET @s = IF(1, 'TRUNCATE migration', 'DO 0')", 'PREPARE s FROM @s'], 'TRUNCATE migration'],
    [["SET @a = 1, @S := 'TRUNCATE migration'", 'EXECUTE IMMEDIATE @s'], 'TRUNCATE migration'],
  ])('after others: %s', (statements, what) => {
    expect(touched(statements)).toBe(what);
  });
});

describe('a statement that does not', () => {
  test.each([
    'CREATE TABLE a (migration INT, migration_deployment INT)',
    'ALTER TABLE a ADD migration INT, RENAME COLUMN b TO migration, ADD INDEX migration (migration)',
    'ALTER TABLE a RENAME INDEX migration TO b',
    'ALTER TABLE a DROP FOREIGN KEY migration',
    'CREATE INDEX migration ON a (migration)',
    'DROP INDEX migration ON a',
    "INSERT INTO a VALUES ('DROP TABLE migration')",
    "INSERT INTO a (migration) VALUES (1) ON DUPLICATE KEY UPDATE migration = 'x'",
    'INSERT INTO a SELECT * FROM migration',
    'CREATE TABLE a SELECT * FROM migration',
    'CREATE TABLE a AS TABLE migration',
    'CREATE TABLE a LIKE migration',
    'CREATE VIEW a AS SELECT name FROM migration',
    'SELECT name FROM migration',
    'DO (SELECT COUNT(*) FROM migration)',
    'UPDATE a SET migration = 1',
    'UPDATE a JOIN migration m ON m.id = a.id SET a.b = m.name',
    'UPDATE a migration SET migration.b = 1',
    'DELETE a FROM a JOIN migration m ON m.id = a.id',
    'DELETE migration FROM a migration',
    'DELETE migration FROM a AS migration WHERE 1',
    'WITH migration AS (SELECT 1) DELETE FROM a WHERE id IN (SELECT * FROM migration)',
    'DROP TABLE migration_log, `migrations`, x_migration',
    'DROP TABLE other.migration',
    'DROP TABLE migration.user',
    'CREATE TABLE other.a (id INT REFERENCES migration (id))',
    'CREATE PROCEDURE migration() SELECT 1',
    'DROP PROCEDURE migration',
    'CREATE TRIGGER migration BEFORE DELETE ON a FOR EACH ROW SET @a = 1',
    'CREATE EVENT migration ON SCHEDULE EVERY 1 DAY DO DELETE FROM a',
    'CREATE PROCEDURE other.p() DELETE FROM migration',
    "CREATE PROCEDURE p() BEGIN SELECT REPLACE(migration, 'a', 'b'), TRUNCATE(1, 2) FROM a FOR UPDATE; END",
    "CREATE PROCEDURE p() COMMENT 'DROP TABLE migration' SELECT 1",
    "SET @a = 'DROP TABLE migration'",
    "PREPARE s FROM 'SELECT * FROM migration'",
    '-- DROP TABLE migration\nDROP TABLE a',
    '/* DROP TABLE migration; */ DROP TABLE a',
    '/*!999999 DROP TABLE migration */',
    'GRANT SELECT ON migration TO reporter',
    'GRANT DELETE, INSERT ON app.migration TO cleaner',
    'CALL migration()',
    'SHOW CREATE TABLE migration',
    'EXPLAIN DELETE FROM migration',
    'FLUSH TABLES migration',
    'DROP DATABASE other',
    'DROP USER app',
    'ALTER DATABASE app CHARACTER SET latin1',
    'ALTER DATABASE other READ ONLY = 1',
    'DROP TABLE Migration',
    'DROP TABLE APP.migration',
    '',
  ])('%s', (statement) => {
    expect(touched(statement)).toBeNull();
  });

  test.each([[['USE other', 'DROP TABLE migration']], [["SET @s = 'TRUNCATE migration'", 'PREPARE s FROM @t']]])(
    'after others: %s',
    (statements) => {
      expect(touched(statements)).toBeNull();
    },
  );

  test('where the name of the database is not known, as far as it is named', () => {
    const look = (...statements: readonly string[]): unknown =>
      statements.map((statement) => watch.look(statement)?.what ?? null).at(-1);
    let watch = new JournalWatch(undefined);
    expect(look('DROP TABLE app.migration')).toBeNull();
    expect(look('DROP DATABASE app')).toBeNull();
    expect(look('DROP TABLE migration')).toBe('DROP TABLE migration');
    watch = new JournalWatch(undefined);
    expect(look('USE app', 'DROP TABLE migration')).toBeNull();
  });
});

test.each([
  'DROP TABLE Migration',
  'DROP TABLE APP.migration',
  'DELETE FROM `MIGRATION_DEPLOYMENT`',
  'DROP DATABASE App',
])('%s is the journal only where names of tables count in any case', (statement) => {
  expect(new JournalWatch(DATABASE).look(statement)).toMatchObject({ isExact: false });
});

test('of a huge INSERT only the beginning is read', () => {
  const values = `${"('x'),".repeat(2_000_000)}('x`;
  expect(new JournalWatch(DATABASE).look(`INSERT INTO migration VALUES ${values}`)).toMatchObject({ isExact: true });
});
