import { describe as describeProblem } from '../../../lib/review/migration-problem';
import { readMigrations } from '../../../lib/source/migration-source';
import { FOREIGN_STATEMENTS, NEARLY_FOREIGN_STATEMENTS } from './foreign-statements';
import { migrationFolder } from './migration-folder';
import { problemsOf, read, scriptsOf } from './read-migrations';

function up(sql: string): Readonly<Record<string, string>> {
  return { '0001_a.sql': `-- migrate:up\nDO 1;\n${sql}\n-- migrate:down\nDO 1;\n` };
}

function codeOf(sql: string): string | undefined {
  const [problem = '', ...others] = problemsOf(up(sql));
  expect(others).toEqual([]);
  expect(problem).toMatch(/^0001_a\.sql:3: /);
  return /\((\S+)\)$/.exec(problem)?.[1];
}

describe('a command of the mysql client', () => {
  const triggers = 'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @x = 1; END//';
  test.each([
    ...[
      'SOURCE seed.sql',
      'source seed.sql;',
      '\\. seed.sql',
      '\\! ls',
      'system ls',
      'tee out.txt',
      'notee',
      '\\T out',
    ],
    ...[
      'pager less',
      'nopager',
      'print',
      'quit',
      'exit;',
      'connect other',
      'prompt >',
      'status',
      'edit',
      'rehash',
      '\\#',
    ],
    ...['resetconnection', 'query_attributes a 1;', 'ssl_session_data_print', 'charset latin1', 'clear', 'ego', 'go'],
    ...['warnings', 'nowarning', '\\W', '\\u other', '\\q', '\\s', '\\h', '\\?', '? contents', '\\- on', 'SELECT 1 \\'],
    ...['SELECT 1\\G', 'SELECT 1\\g\nSELECT 2;', 'SELECT "\\G", 1\\G', '/*! SELECT 1\\G */', 'SELECT 1 \\c;'],
    `\\d //\n${triggers}\n\\d ;`,
    "\\G SELECT 'open;",
  ])('%j is refused', (sql) => {
    expect(codeOf(sql)).toBe('client-command');
  });

  test.each([
    'SELECT \'\\G\', "\\g", `\\!`;',
    'INSERT INTO a VALUES (\\N);',
    'SELECT 1; -- \\G',
    'SELECT 1; # \\! ls',
    'SELECT /* \\G */ 1;',
    '/*M!999999\\- enable the sandbox mode */ \nSELECT 1;',
    '/*!999999\\- enable the sandbox mode */;\nSELECT 1;',
    'SELECT\nsource, status FROM a;',
    'USE other;',
    'HELP "contents";',
    `DELIMITER //\n${triggers}\nDELIMITER ;`,
  ])('%j is none', (sql) => {
    expect(scriptsOf(read(up(sql)))['0001_a']).toBeDefined();
  });

  test('is named, with what to write in its place', () => {
    expect(problemsOf(up('SELECT 1\n  FROM a\\G'))).toEqual([
      '0001_a.sql:4: \\G is a command of the mysql client, of which only DELIMITER is known here: end the statement with ";" (client-command)',
    ]);
    expect(problemsOf({ '0001_a.up.sql': 'SOURCE a.sql', '0001_a.down.sql': 'DO 1;\n\n\\. b.sql' })).toEqual([
      expect.stringMatching(
        /^0001_a\.down\.sql:3: \\\. is a command .*: put the statements of that file into a migration/,
      ),
      expect.stringMatching(/^0001_a\.up\.sql:1: SOURCE is a command /),
    ]);
  });
});

describe('a file of the client', () => {
  test.each([
    "LOAD DATA LOCAL INFILE 'seed.csv' INTO TABLE a;",
    "load data low_priority local infile 'seed.csv' into table a;",
    "LOAD XML CONCURRENT LOCAL INFILE 'seed.xml' INTO TABLE a;",
    "LOAD DATA /*!50000 LOCAL */ INFILE 'seed.csv' INTO TABLE a;",
  ])('%j is refused', (sql) => {
    expect(codeOf(sql)).toBe('local-file');
  });

  test.each(["LOAD DATA INFILE 'local' INTO TABLE local;", "LOAD DATA FROM S3 's3://a/b' INTO TABLE a;"])(
    '%j is read by the server',
    (sql) => {
      expect(scriptsOf(read(up(sql)))['0001_a']).toBeDefined();
    },
  );
});

describe('a mode with which the text reads differently', () => {
  test.each([
    [
      "SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');\nINSERT INTO a VALUES ('C:\\');",
      'NO_BACKSLASH_ESCAPES',
    ],
    ["set @@session.sql_mode='no_backslash_escapes';", 'NO_BACKSLASH_ESCAPES'],
    ["/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO' */;", 'ANSI_QUOTES'],
    ['SET sql_mode = ansi_quotes;', 'ANSI_QUOTES'],
    ["SET LOCAL sql_mode := 'STRICT_ALL_TABLES,ANSI';", 'ANSI'],
    ["SET `sql_mode` = 'ORACLE';", 'ORACLE'],
    ["SET NAMES utf8mb4, sql_mode = 'MSSQL';", 'MSSQL'],
    ['SET sql_mode = 4;', 'ANSI_QUOTES'],
    ['SET sql_mode = 1048576;', 'NO_BACKSLASH_ESCAPES'],
    ["SET @mode = 'NO_BACKSLASH_ESCAPES';", 'NO_BACKSLASH_ESCAPES'],
    ["SET @@global.max_connections = 9, sql_mode = 'DB2';", 'DB2'],
    ["SET STATEMENT sql_mode = 'MAXDB' FOR SELECT 1;", 'MAXDB'],
    ["SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', 'POSTGRESQL');", 'POSTGRESQL'],
  ])('%j is refused by its name', (sql, mode) => {
    expect(problemsOf(up(sql))).toEqual([
      expect.stringMatching(new RegExp(`^0001_a\\.sql:3: sql_mode ${mode} is not supported: .* \\(sql-mode\\)$`)),
    ]);
  });

  test.each([
    "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;",
    "SET sql_mode = '';",
    "SET sql_mode = 'TRADITIONAL,PIPES_AS_CONCAT,IGNORE_SPACE';",
    "SET sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '');",
    "SET GLOBAL max_connections = 9, sql_mode = 'ANSI';",
    "SET @a = 'ANSI';",
    'SET @a = 4, @b = (SELECT 1048576);',
    'SET lock_wait_timeout = 5, SESSION group_concat_max_len = 4294967295, sql_mode = 1;',
    "INSERT INTO mode VALUES ('sql_mode = ANSI_QUOTES');",
  ])('%j leaves it as it is', (sql) => {
    expect(scriptsOf(read(up(sql)))['0001_a']).toBeDefined();
  });
});

describe('a first word that is no SQL', () => {
  test.each([
    ['CRATE TABLE a (id INT);', 'CRATE: is CREATE meant?'],
    ['SELCT 1;', 'SELCT: is SELECT meant?'],
    ['dorp table a;', 'dorp: is DROP meant?'],
    ['ALTR TABLE a ADD b INT;', 'ALTR: is ALTER meant?'],
    ['(SELET 1);', 'SELET: is SELECT meant?'],
    ['INSRET INTO a VALUES (1);', 'INSRET: is INSERT meant?'],
    ['/*!50003 CRAETE*/ TABLE a (id INT);', 'CRAETE: is CREATE meant?'],
    ['hello world;', 'hello: correct it, or make it a comment'],
    ['`a`;', '`a`: correct it, or make it a comment'],
    ['— a dash that an editor made;', '—: correct it, or make it a comment'],
  ])('%j is refused with a guess', (sql, end) => {
    expect(problemsOf(up(sql))).toEqual([
      `0001_a.sql:3: no statement of MySQL or MariaDB begins with ${end} (unknown-statement)`,
    ]);
  });

  test.each(['(SELECT 1) UNION (SELECT 2);', 'VALUES ROW(1);', 'TABLE a;', 'WITH x AS (SELECT 1) SELECT * FROM x;'])(
    '%j is SQL',
    (sql) => {
      expect(scriptsOf(read(up(sql)))['0001_a']).toBeDefined();
    },
  );
});

describe('SQL of another database', () => {
  test.each(FOREIGN_STATEMENTS)('%j is refused', (sql) => {
    expect(codeOf(`${sql};`)).toBe('foreign-syntax');
  });

  test.each(NEARLY_FOREIGN_STATEMENTS)('%j is left to the server', (sql) => {
    expect(scriptsOf(read(up(`${sql};`)))['0001_a']).toBeDefined();
  });

  test('a template of another tool is told once in a file, as it is written', () => {
    const problems = problemsOf(up('CREATE TABLE {{.prefix}}user (id INT);\n{{if .mysql}}\nDROP TABLE ${a};'));
    expect(problems).toEqual([
      '0001_a.sql:3: {{.prefix}} is a template of another tool, a syntax error on MySQL and on MariaDB, and nothing replaces it here: write what it stands for, in the whole file (foreign-syntax)',
    ]);
    const { problems: none, warnings } = readMigrations(
      migrationFolder({ '0001_a.up.sql': 'DO 0;', '0001_a.down.sql': 'DROP TABLE ${a};\nDROP TABLE ${b};' }),
    );
    expect([none, warnings.filter(({ code }) => code === 'foreign-syntax').length]).toEqual([[], 1]);
  });

  test('a template that is longer than a name is told by its beginning', () => {
    expect(problemsOf(up('{{- /* adds a column, if it is not there yet */ -}}\nDO 1;'))[0]).toMatch(
      /^0001_a.sql:3: \{\{- \/\* adds a column, if … is a template of another tool/,
    );
  });

  test('is a warning in a down, which only a rollback runs, with its line and what to write in its place', () => {
    const files = { '0001_a.up.sql': 'CREATE INDEX i ON t (a);', '0001_a.down.sql': 'DO 0;\n\nDROP INDEX i;' };
    const { problems, warnings } = readMigrations(migrationFolder(files));
    expect(problems).toEqual([]);
    expect(warnings.filter(({ code }) => code === 'foreign-syntax').map(describeProblem)).toEqual([
      '0001_a.down.sql:3: it is SQL of another database, and a syntax error on MySQL and on MariaDB: name the table: DROP INDEX name ON table. The rollback that runs it will fail there (foreign-syntax)',
    ]);
  });
});

describe('a character that cannot be seen where a statement begins is named', () => {
  test.each([
    ['\ufeffINSERT INTO a VALUES (1);', 'stands in or before INSERT (U+FEFF, a byte order mark'],
    ['\u200bINSERT INTO a VALUES (1);', 'stands in or before INSERT (U+200B, a blank without width)'],
    ['CREATE\u00a0TABLE b (id INT);', 'stands in or before CREATE TABLE (U+00A0, a blank that does not break)'],
    ['\u2009INSERT INTO a VALUES (1);', 'stands in or before INSERT (U+2009)'],
    ['\u0000', 'stands where a statement begins (U+0000, NUL)'],
    ['\u001a', 'stands where a statement begins (U+001A, Ctrl-Z)'],
  ])('%j', (sql, words) => {
    const [problem] = problemsOf(up(sql));
    expect(problem).toContain(`a character that cannot be seen ${words}`);
    expect(codeOf(sql)).toBe('unknown-statement');
  });
});

describe('what belongs to the server that a dump was taken from', () => {
  test.each([
    ["SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'a:1-5';", '--set-gtid-purged=OFF'],
    ["SET GLOBAL gtid_purged = 'a:1-5';", '--set-gtid-purged=OFF'],
    ['SET @@SESSION.SQL_LOG_BIN= 0;', '--set-gtid-purged=OFF'],
    ["CHANGE REPLICATION SOURCE TO SOURCE_LOG_FILE='a', SOURCE_LOG_POS=1;", '--source-data'],
    ["CHANGE MASTER TO MASTER_LOG_FILE='a';", '--source-data'],
  ])('%s is refused, with how to dump', (sql, option) => {
    expect(codeOf(sql)).toBe('server-setting');
    expect(problemsOf(up(sql))[0]).toContain(option);
  });

  test('is told once of a file', () => {
    const dump = 'SET @@SESSION.SQL_LOG_BIN= 0;\nSET @@GLOBAL.GTID_PURGED= 0;\nSET @@SESSION.SQL_LOG_BIN = @OLD;';
    expect(problemsOf(up(dump))).toHaveLength(1);
  });

  test.each(['SET @OLD = @@SESSION.SQL_LOG_BIN;', "SET @a = 'gtid_purged';"])('%s only reads it', (sql) => {
    read(up(sql));
  });
});
