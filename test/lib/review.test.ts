import * as path from 'node:path';
import { readMigrations } from '../../lib/migration-source';
import { migrationFolder } from './migration-folder';
import type { Files } from './read-migrations';

/** What the review says of files, as `code file:line`. */
function reviewOf(files: Files): readonly string[] {
  const { problems, warnings } = readMigrations(migrationFolder(files));
  expect(problems).toEqual([]);
  return warnings.map(({ code, file, line }) => `${code} ${file}${line === undefined ? '' : `:${line}`}`);
}

/** The codes for one migration in SQL. */
function codesFor(up: string, down: string): readonly string[] {
  return reviewOf({ '0001_a.up.sql': up, '0001_a.down.sql': down }).map((found) => found.split(' ')[0]!);
}

const BACK = 'ALTER TABLE user ADD COLUMN a INT';

/** A code, what raises it, and what nearly does. */
const STATEMENTS: readonly (readonly [
  code: string,
  raises: readonly (readonly [up: string, down?: string])[],
  passes: readonly (readonly [up: string, down?: string])[],
])[] = [
  [
    'destructive-statement',
    [
      ['DROP TABLE user', 'CREATE TABLE user (id INT)'],
      ['DROP TABLE IF EXISTS a, b'],
      ['DROP DATABASE app', 'CREATE DATABASE app'],
      ['ALTER TABLE user DROP COLUMN a', BACK],
      ['ALTER TABLE user ADD COLUMN b INT, DROP a', `${BACK}, DROP b`],
      ['ALTER TABLE user DROP PARTITION p0'],
      ['ALTER TABLE user TRUNCATE PARTITION p0'],
      ['TRUNCATE TABLE user'],
      ['DELETE FROM user'],
      ['DELETE FROM user ORDER BY (SELECT 1 FROM role WHERE id = 1)'],
      ['CREATE TABLE IF NOT EXISTS user (id INT); DROP TABLE user'],
    ],
    [
      ['DROP VIEW v', 'CREATE VIEW v AS SELECT 1'],
      ['DROP PROCEDURE p', 'CREATE PROCEDURE p() DO 1'],
      ['ALTER TABLE user DROP INDEX i', 'ALTER TABLE user ADD INDEX i (a)'],
      ['CREATE TABLE draft (id INT); DROP TABLE draft'],
      ['CREATE TEMPORARY TABLE draft (id INT); DROP TEMPORARY TABLE draft'],
      ['CREATE TABLE draft (id INT); DELETE FROM draft', 'DROP TABLE draft'],
      ['CREATE TABLE draft (id INT); RENAME TABLE draft TO kept; TRUNCATE kept', 'DROP TABLE kept'],
      ['DELETE FROM user WHERE id = 1', 'INSERT INTO user VALUES (1)'],
      ["INSERT INTO log VALUES ('DROP TABLE user')"],
    ],
  ],
  [
    'irreversible-statement',
    [
      ["UPDATE user SET role = 'member'"],
      ["UPDATE user SET role = 'member' WHERE role IS NULL"],
      ['DELETE FROM user WHERE id = 1'],
      ['REPLACE INTO user VALUES (1)'],
      ['INSERT INTO user VALUES (1) ON DUPLICATE KEY UPDATE name = 1'],
    ],
    [
      ['INSERT INTO user VALUES (1)'],
      ["UPDATE user SET role = 'a' WHERE role = 'b'", "UPDATE user SET role = 'b' WHERE role = 'a'"],
      ['ALTER TABLE user ADD COLUMN a INT; UPDATE user SET a = id', 'ALTER TABLE user DROP COLUMN a'],
      ['CREATE TABLE draft (id INT); UPDATE draft SET id = 2', 'DROP TABLE draft'],
      ['UPDATE user SET a = 1', 'CALL put_back()'],
    ],
  ],
  [
    'down-incomplete',
    [
      ['CREATE TABLE a (id INT); CREATE TABLE b (id INT)', 'DROP TABLE a'],
      ['CREATE VIEW v AS SELECT 1'],
      ['ALTER TABLE user ADD COLUMN a INT, ADD COLUMN b INT', 'ALTER TABLE user DROP COLUMN a'],
      ['DROP VIEW v'],
      // A down that does nothing.
      ['ALTER TABLE user MODIFY a BIGINT', 'DO 0'],
      ['CREATE INDEX i ON user (a)', 'SELECT 1; SET @a = 1; DO 0'],
      ['ALTER TABLE user ADD KEY i (a)', 'SHOW TABLES'],
      ['ALTER TABLE user ADD COLUMN IF NOT EXISTS a INT', 'DO 0'],
      ['ALTER TABLE user DISABLE KEYS, ADD CHECK (a > 0)', 'DO 0'],
      ['RENAME TABLE user TO person', 'USE other; DO 0'],
      ['CREATE OR REPLACE VIEW v AS SELECT 1', 'DO 0'],
      ['DROP PROCEDURE p; CREATE PROCEDURE p() DO 1', 'DO 0'],
      ['DROP TABLE IF EXISTS a', 'DO 0'],
      ['ALTER EVENT e DISABLE; CALL fill()', 'DO 0'],
      // Beside a statement that cannot be followed.
      ['CREATE TABLE a (id INT); CALL fill()', 'DROP TABLE b'],
      ['CREATE TABLE a (id INT)', "CALL tidy('b')"],
      ['CREATE TABLE a (id INT)', "GRANT SELECT ON app.* TO 'app'@'%'"],
      ['CREATE TABLE `a b` (id INT); CREATE TABLE c (id INT)', 'CALL drop_table("a_b"); DROP TABLE c'],
      ['ALTER TABLE user DROP COLUMN a; CALL fill()', 'INSERT INTO user (b) VALUES (1)'],
      // In another database.
      ['USE other; CREATE TABLE z (id INT)', 'DROP TABLE z'],
      ['CREATE TABLE z (id INT)', 'USE other; DROP TABLE z'],
      ['USE `other`; CREATE TABLE z (id INT)', 'USE third; DROP TABLE z'],
      ['ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci'],
      ["ALTER DATABASE app DEFAULT ENCRYPTION = 'Y'", 'ALTER DATABASE app COLLATE utf8mb4_bin'],
      ["ALTER SCHEMA COMMENT 'new'", 'DO 0'],
      ['ALTER DATABASE app COLLATE utf8mb4_bin', 'ALTER DATABASE other COLLATE latin1_bin'],
      ['ALTER DATABASE `comment` CHARSET latin1', "ALTER DATABASE `comment` COMMENT ''"],
      ["GRANT SELECT ON app.* TO 'app'@'%'; ALTER DATABASE COLLATE latin1_bin"],
    ],
    [
      ['ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_bin', 'ALTER DATABASE app DEFAULT COLLATE = utf8mb4_bin'],
      ['ALTER DATABASE app CHARSET latin1', 'ALTER SCHEMA CHARACTER SET utf8mb4'],
      ['ALTER DATABASE app COLLATE latin1_bin; ALTER DATABASE app COLLATE utf8mb4_bin'],
      ['ALTER DATABASE app COLLATE latin1_bin', 'CALL put_back()'],
      ['CREATE DATABASE other; ALTER DATABASE other COLLATE latin1_bin', 'DROP DATABASE other'],
      ['USE other; CREATE TABLE z (id INT)', 'DROP TABLE other.z'],
      ['CREATE TABLE other.z (id INT)', 'USE other; DROP TABLE z'],
      ['USE other; CREATE TABLE z (id INT); USE third; CREATE TABLE z (id INT)', 'USE third; DROP TABLE z, other.z'],
      ['USE other; ALTER DATABASE COLLATE latin1_bin', 'ALTER DATABASE other COLLATE utf8mb4_bin'],
      ['INSERT INTO user VALUES (1)', 'DO 0'],
      ['SET @a = 1; ANALYZE TABLE user', 'DO 0'],
      ['CREATE TABLE draft (id INT); ALTER TABLE draft ADD b INT; DROP TABLE draft', 'DO 0'],
      ['DROP PROCEDURE IF EXISTS p; CREATE PROCEDURE p() DO 1; CALL p(); DROP PROCEDURE p', 'DO 0'],
      ['CREATE TABLE IF NOT EXISTS a (id INT); RENAME TABLE a TO b; DROP TABLE b', 'DO 0'],
      ['CREATE TEMPORARY TABLE draft (id INT)', 'DO 0'],
      ['/*!40000 ALTER TABLE user DISABLE KEYS */; INSERT INTO user VALUES (1)', 'DO 0'],
      ['ALTER TABLE user ENGINE = InnoDB; ALTER TABLE user FORCE; ALTER TABLE user AUTO_INCREMENT 5', 'DO 0'],
      ['ALTER TABLE user REBUILD PARTITION p0, p1', 'DO 0'],
      ['ALTER TABLE user MODIFY a BIGINT', 'CALL put_back()'],
      ['CREATE TABLE a (id INT); CALL fill()', 'DROP TABLE a'],
      ['CREATE TABLE A1 (id INT)', "CALL drop_table('A1')"],
      ['CREATE TABLE a1 (id INT)', "SET @s = 'DROP TABLE a1'; PREPARE s FROM @s; EXECUTE s"],
      ['CREATE TABLE a1 (id INT); CREATE PROCEDURE undo_a() DROP TABLE a1', 'CALL undo_a(); DROP PROCEDURE undo_a'],
      ['CREATE TABLE a (id INT)', 'DROP TABLE IF EXISTS a'],
      ['CREATE TABLE a (id INT); ALTER TABLE a ADD COLUMN b INT', 'DROP TABLE a'],
      ['CREATE TABLE a (id INT); RENAME TABLE a TO b', 'DROP TABLE b'],
      ['CREATE TABLE a (id INT); CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW SET @x = 1', 'DROP TABLE a'],
      ['DROP PROCEDURE p; CREATE PROCEDURE p() DO 1', 'DROP PROCEDURE p; CREATE PROCEDURE p() DO 0'],
      ['CREATE VIEW v AS SELECT 1', "CALL drop_view('v')"],
      ['CREATE OR REPLACE VIEW v AS SELECT 1', 'CREATE OR REPLACE VIEW v AS SELECT 0'],
    ],
  ],
  [
    'blind-statement',
    [
      ['CALL fill()'],
      ['ALTER TABLE user EXCHANGE PARTITION p0 WITH TABLE old'],
      ["CREATE USER 'app'@'%'"],
      ['SET GLOBAL max_connections = 9'],
      ['SET PERSIST max_connections = 9'],
      ['ALTER INSTANCE ROTATE INNODB MASTER KEY'],
      ["CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'a')"],
      ["INSTALL PLUGIN p SONAME 'p.so'"],
      ['CREATE SEQUENCE s'],
      ['CREATE LIBRARY l LANGUAGE JAVASCRIPT AS $$ export function f(n) { return n } $$'],
    ],
    [
      ["GRANT SELECT ON app.* TO 'app'@'%'"],
      ['ANALYZE TABLE user'],
      ['SET @a = 1'],
      ['CREATE TABLE a (id INT)', 'DROP TABLE a'],
    ],
  ],
  [
    'ddl-with-dml',
    [
      ['ALTER TABLE user ADD COLUMN a INT; UPDATE user SET a = 1', 'ALTER TABLE user DROP COLUMN a'],
      ['INSERT INTO role VALUES (1); CREATE TABLE a (id INT)', 'DROP TABLE a'],
    ],
    [
      ['CREATE TABLE role (id INT); INSERT INTO role VALUES (1)', 'DROP TABLE role'],
      ['CREATE TABLE copy (id INT); INSERT INTO copy SELECT id FROM user', 'DROP TABLE copy'],
      ['INSERT INTO role VALUES (1); INSERT INTO role VALUES (2)'],
      ['SET @a = 1; CREATE TABLE a (id INT); SELECT 1', 'DROP TABLE a'],
    ],
  ],
  [
    'table-copy',
    [
      ['ALTER TABLE user MODIFY a BIGINT'],
      ['ALTER TABLE user MODIFY a BIGINT', 'ALTER TABLE user MODIFY a INT'],
      ['ALTER TABLE user MODIFY a BIGINT', 'ALTER TABLE role MODIFY a BIGINT'],
      ['ALTER TABLE user CHANGE a b VARCHAR(300)', 'ALTER TABLE user CHANGE b a VARCHAR(20)'],
      ["ALTER TABLE user MODIFY a INT COMMENT 'x'", 'ALTER TABLE user MODIFY a INT'],
      ['ALTER TABLE user ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES role (id)'],
      [
        'SET foreign_key_checks = 0; SET foreign_key_checks = 1; ALTER TABLE user ADD FOREIGN KEY (a) REFERENCES role (id)',
      ],
      ['ALTER TABLE user DROP PRIMARY KEY'],
      ['ALTER TABLE user CONVERT TO CHARACTER SET utf8mb4'],
      ['ALTER TABLE user ADD COLUMN c INT, ALGORITHM = COPY', 'ALTER TABLE user DROP COLUMN c'],
      ['CREATE TABLE IF NOT EXISTS user (id INT); ALTER TABLE user DROP PRIMARY KEY'],
      [
        'DROP TABLE IF EXISTS user; CALL fill(); CREATE TABLE IF NOT EXISTS user (id INT); ALTER TABLE user DROP PRIMARY KEY',
      ],
      ['DROP TABLE user; USE other; CREATE TABLE IF NOT EXISTS user (id INT); ALTER TABLE user DROP PRIMARY KEY'],
      ['DROP VIEW IF EXISTS user; CREATE TABLE IF NOT EXISTS user (id INT); ALTER TABLE user DROP PRIMARY KEY'],
      ['CREATE TABLE user (id INT); USE other; ALTER TABLE user DROP PRIMARY KEY'],
      ['ALTER TABLE user ADD b TEXT; ALTER TABLE user MODIFY b BLOB'],
      ['ALTER TABLE user ADD COLUMN IF NOT EXISTS b TEXT; ALTER TABLE user MODIFY b TEXT NOT NULL'],
      ['ALTER TABLE user ADD b TEXT; ALTER TABLE role MODIFY b TEXT NOT NULL'],
      [
        'ALTER TABLE user ADD b TEXT; ALTER TABLE user CONVERT TO CHARACTER SET utf8mb4, LOCK=NONE; ALTER TABLE user MODIFY b TEXT',
      ],
      ['ALTER TABLE user ADD b TEXT; ALTER TABLE user RENAME COLUMN b TO c; ALTER TABLE user MODIFY c TEXT NOT NULL'],
      ['ALTER TABLE user ADD b TEXT; CALL change_b(); ALTER TABLE user MODIFY b TEXT NOT NULL'],
      ['ALTER TABLE user ADD c INT AS (a + 1) VIRTUAL, ADD d INT, ADD KEY (d)', 'ALTER TABLE user DROP c, DROP d'],
    ],
    [
      ['ALTER TABLE user MODIFY a BIGINT, ALGORITHM=INPLACE'],
      ['ALTER TABLE user MODIFY a BIGINT, LOCK=NONE'],
      ['DROP TABLE IF EXISTS user; CREATE TABLE IF NOT EXISTS user (id INT); ALTER TABLE user DROP PRIMARY KEY'],
      ['USE other; CREATE TABLE user (id INT); ALTER TABLE user DROP PRIMARY KEY; ALTER TABLE other.user ORDER BY id'],
      ['ALTER TABLE user ADD b TEXT; ALTER TABLE user MODIFY `B` TEXT NOT NULL', 'ALTER TABLE user DROP b'],
      ['ALTER TABLE user ADD (a INT, b TEXT); ALTER TABLE user MODIFY b TEXT NOT NULL'],
      [
        'ALTER TABLE user ADD b TEXT UNIQUE AFTER a; ALTER TABLE user CHANGE b c TEXT; ALTER TABLE user MODIFY c TEXT NOT NULL',
      ],
      ['USE other; ALTER TABLE user ADD b TEXT; ALTER TABLE other.user MODIFY b TEXT NOT NULL'],
      ['ALTER TABLE user MODIFY a VARCHAR(50)', 'ALTER TABLE user MODIFY a VARCHAR(20)'],
      ['SET foreign_key_checks = 0; ALTER TABLE user ADD FOREIGN KEY (a) REFERENCES role (id)'],
      ['SET @old = 1, FOREIGN_KEY_CHECKS=OFF; ALTER TABLE user ADD FOREIGN KEY (a) REFERENCES role (id)'],
      ['CREATE TABLE user (id INT); ALTER TABLE user ADD FOREIGN KEY (id) REFERENCES role (id)', 'DROP TABLE user'],
      ['ALTER TABLE user ADD COLUMN c INT AFTER a', 'ALTER TABLE user DROP COLUMN c'],
      ['/*!40000 ALTER TABLE user DISABLE KEYS */'],
    ],
  ],
  [
    'table-lock',
    [
      ['ALTER TABLE user ADD FULLTEXT INDEX f (a)'],
      ['CREATE FULLTEXT INDEX f ON user (a)'],
      ['CREATE SPATIAL INDEX s ON user (g)'],
      ['ALTER TABLE user ADD INDEX i (a), LOCK=SHARED'],
      ['ALTER TABLE user REORGANIZE PARTITION p0 INTO (PARTITION p1 VALUES LESS THAN (5))'],
    ],
    [
      ['ALTER TABLE user ADD INDEX i (a)'],
      ['CREATE UNIQUE INDEX i ON user (a) ALGORITHM=INPLACE LOCK=NONE'],
      ['DROP INDEX i ON user'],
      ['ALTER TABLE user ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))'],
      ['CREATE TABLE a (b TEXT); CREATE FULLTEXT INDEX f ON a (b)', 'DROP TABLE a'],
    ],
  ],
  [
    'table-rebuild',
    [
      ['ALTER TABLE user ADD COLUMN c INT, ADD INDEX i (c)', 'ALTER TABLE user DROP COLUMN c'],
      ['ALTER TABLE user ADD COLUMN c INT, ALGORITHM=INPLACE', 'ALTER TABLE user DROP COLUMN c'],
      ['ALTER TABLE user MODIFY a INT NOT NULL', 'ALTER TABLE user MODIFY a INT NULL'],
      ['ALTER TABLE user MODIFY a INT FIRST', 'ALTER TABLE user MODIFY a INT AFTER b'],
      ['ALTER TABLE user ENGINE = InnoDB'],
      ['ALTER TABLE user DROP PRIMARY KEY, ADD PRIMARY KEY (b)'],
      ['OPTIMIZE TABLE user'],
    ],
    [
      ['ALTER TABLE user ADD COLUMN c INT, ALGORITHM=INSTANT', 'ALTER TABLE user DROP COLUMN c'],
      ['ALTER TABLE user MODIFY a INT DEFAULT 5', 'ALTER TABLE user MODIFY a INT DEFAULT NULL'],
      ["ALTER TABLE user COMMENT = 'x', RENAME INDEX i TO j"],
      ['CREATE TABLE a (b INT); OPTIMIZE TABLE a', 'DROP TABLE a'],
    ],
  ],
  [
    'unreviewed-statement',
    [
      ['ALTER TABLE user PARTITION BY HASH (id) PARTITIONS 4'],
      ['ALTER TABLE user ADD COLUMN g POINT NOT NULL SRID 4326', 'ALTER TABLE user DROP g'],
    ],
    [
      ['CREATE TABLE a (id INT); ALTER TABLE a PARTITION BY HASH (id) PARTITIONS 4', 'DROP TABLE a'],
      ['CREATE TABLE a (g POINT NOT NULL SRID 4326)', 'DROP TABLE a'],
    ],
  ],
];

function withDown([up, down = 'DO 1']: readonly [up: string, down?: string]): { up: string; down: string } {
  return { up, down };
}

describe.each(STATEMENTS)('%s', (code, raises, passes) => {
  test.each(raises.map(withDown))('is raised by $up, with the down $down', ({ up, down }) => {
    expect(codesFor(up, down)).toContain(code);
  });

  test.each(passes.map(withDown))('is not raised by $up, with the down $down', ({ up, down }) => {
    expect(codesFor(up, down)).not.toContain(code);
  });
});

test('what is usual raises nothing', () => {
  const files = {
    '0001_create_user.sql':
      '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n',
    '0002_add_name.sql':
      '-- migrate:up\nALTER TABLE user ADD COLUMN name VARCHAR(50);\nCREATE INDEX i ON user (name);\n-- migrate:down\nALTER TABLE user DROP COLUMN name;\n',
    '0003_fill.js': 'exports.up = async () => {};\nexports.down = async () => {};\n',
  };

  expect(reviewOf(files)).toEqual([]);
});

test('the sample migrations raise nothing that they do not acknowledge', () => {
  expect(readMigrations(path.join(__dirname, '../../migrations')).warnings).toEqual([]);
});

describe('names', () => {
  const migration = '-- migrate:up\nDO 1;\n-- migrate:down\nDO 1;\n';

  test('a number that sorts after a larger one is told', () => {
    expect(reviewOf({ '10_b.sql': migration, '9_a.sql': migration })).toEqual(['name-order 9_a.sql']);
    expect(reviewOf({ '09_a.sql': migration, '10_b.sql': migration })).toEqual([]);
    expect(reviewOf({ '0001_a.sql': migration, '20260101120000_b.sql': migration })).toEqual([]);
  });

  test('a number that is there twice is told', () => {
    expect(reviewOf({ '0007_a.sql': migration, '0007_b.sql': migration })).toEqual(['number-twice 0007_b.sql']);
  });
});

test('a migration that is declared irreversible is told, and not statement by statement', () => {
  const files = {
    '0001_a.sql': '-- migrate:irreversible\n-- migrate:up\nUPDATE user SET a = 1;\n',
    '0002_b.js': 'exports.up = async () => {};\nexports.irreversible = true;\n',
  };

  expect(reviewOf(files)).toEqual(['irreversible-migration 0001_a.sql', 'irreversible-migration 0002_b.js']);
});

test('a warning names the line of the file, the statement, why and what to do', () => {
  const { warnings } = readMigrations(
    migrationFolder({
      '0001_a.sql':
        '-- A comment.\n-- migrate:up\n\n  ALTER TABLE user\n  DROP PRIMARY KEY;\n-- migrate:down\nALTER TABLE user ADD PRIMARY KEY (id);\n',
    }),
  );

  expect(warnings).toEqual([
    {
      code: 'table-copy',
      migration: '0001_a',
      file: '0001_a.sql',
      line: 4,
      problem:
        '"ALTER TABLE user DROP PRIMARY KEY": dropping the primary key copies the whole table, and writes to it wait until that is done (COPY). Better: add the new primary key in the same statement, which then is in place',
    },
  ]);
});

describe('a file acknowledges', () => {
  const up = 'DROP TABLE a;\nALTER TABLE user DROP PRIMARY KEY;\nOPTIMIZE TABLE user;\n';

  test('the codes that it names in a comment, and no others', () => {
    const acknowledged = (comment: string): readonly string[] =>
      codesFor(`${comment}\n${up}`, 'CREATE TABLE a (id INT)');

    expect(acknowledged('-- nothing')).toEqual(['destructive-statement', 'table-copy', 'table-rebuild']);
    expect(acknowledged('-- review:ignore table-copy')).toEqual(['destructive-statement', 'table-rebuild']);
    expect(acknowledged('# review:ignore table-copy, table-rebuild: small')).toEqual(['destructive-statement']);
    expect(acknowledged('  -- review:ignore table-rebuild\n--review:ignore table-copy')).toEqual([
      'destructive-statement',
    ]);
    expect(acknowledged("SELECT '-- review:ignore table-copy';")).toContain('table-copy');
  });

  test('in JavaScript, too', () => {
    const module = 'exports.up = async () => {};\nexports.irreversible = true;\n';

    expect(reviewOf({ '0001_a.js': `// review:ignore irreversible-migration\n${module}` })).toEqual([]);
  });

  test('for itself only', () => {
    const sql = (head: string): string => `${head}\n-- migrate:up\nOPTIMIZE TABLE user;\n-- migrate:down\nDO 1;\n`;

    expect(reviewOf({ '0001_a.sql': sql('-- review:ignore table-rebuild'), '0002_b.sql': sql('-- no') })).toEqual([
      'table-rebuild 0002_b.sql:3',
    ]);
  });
});

describe('a warning that stands for several statements', () => {
  function warningsFor(up: string, down: string, database?: string): readonly string[] {
    const folder = migrationFolder({ '0001_a.up.sql': up, '0001_a.down.sql': down });
    return readMigrations(folder, database).warnings.map(({ code, line, problem }) => `${code}:${line} ${problem}`);
  }

  test('is one for all CALLs, with their lines, and one for each other kind', () => {
    const up = `CALL a();\nCALL b();\n${'CALL a();\n'.repeat(23)}CREATE USER x;\nCREATE USER y;\nCREATE SEQUENCE s;\n`;

    expect(warningsFor(up, 'DO 0')).toEqual([
      expect.stringMatching(/^blind-statement:1 "CALL a\(\)".*with 24 more of its kind \(line 2, 3, 4, 5, 6, …\)$/),
      expect.stringMatching(/^blind-statement:26 "CREATE USER x".*with 1 more of its kind \(line 27\)$/),
      expect.stringMatching(/^blind-statement:28 "CREATE SEQUENCE s".*may run twice$/),
    ]);
  });

  test('tells a down that does nothing once, beside what is told by name', () => {
    const up =
      'CREATE TABLE a (id INT);\nALTER TABLE user ADD KEY i (a), LOCK=NONE;\nDROP INDEX j ON user;\nCREATE INDEX k ON a (id);\n';

    expect(warningsFor(up, '-- Nothing.\nDO 0;')).toEqual([
      'down-incomplete:1 "CREATE TABLE a (id INT)": the down does not drop the table a, so that a rollback cannot restore the schema. Add the statement to the down',
      'down-incomplete:2 "ALTER TABLE user ADD KEY i (a), LOCK=NONE": it changes the schema, as other statements of the up do (1 more), and the down does nothing: a rollback leaves that as it is. Write the statements that undo it, or "-- migrate:irreversible"',
    ]);
  });

  test('says that the down means another database', () => {
    expect(warningsFor('USE other;\nCREATE TABLE z (id INT);', 'DROP TABLE z;', 'app')).toEqual([
      expect.stringMatching(/the down does not drop the table other\.z, .*it names one in another database.*same USE/),
    ]);
    expect(warningsFor('USE app;\nCREATE TABLE z (id INT);', 'DROP TABLE z;', 'app')).toEqual([]);
    expect(warningsFor('CREATE TABLE app.z (id INT);', 'DROP TABLE z;', 'app')).toEqual([]);
  });

  test('says what a CALL leaves open', () => {
    expect(warningsFor('CREATE TABLE a (id INT);\nCREATE VIEW v AS SELECT 1;', "CALL tidy('v');")).toEqual([
      expect.stringMatching(
        /^down-incomplete:1 .*no statement of the down names the table a: unless .*CALL.* drops it/,
      ),
    ]);
  });
});
