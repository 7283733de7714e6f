import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { renamed, readFlywayName } from '../../../cli/lint/flyway-name';
import { migrationFolder } from '../../lib/source/migration-folder';
import { runProgram } from '../run-program';

test("a folder with Flyway's names is reviewed, and what is not supported is said with the way out", () => {
  const folder = migrationFolder({
    'db/V1__create_user.sql': 'CREATE TABLE user (id INT PRIMARY KEY);',
    'db/V2__drop.sql': 'DROP TABLE old;\nCREATE TABLE ${prefix}_log (id INT);',
    'db/V10__rename.sql': '-- review:ignore table-copy\nALTER TABLE user DROP PRIMARY KEY;',
    'db/U10__rename.sql': 'ALTER TABLE user ADD PRIMARY KEY (id);',
    'db/R__view.sql': 'CREATE OR REPLACE VIEW v AS SELECT 1;',
    'db/beforeMigrate.sql': 'SET @a = 1;',
    'db/V1__create_user.sql.conf': '',
  });

  const { code, stdout } = runProgram(folder, ['lint', 'db']);

  expect(code).toBe(2);
  expect(stdout.replace(/(?<=: )"DROP TABLE old.*/, '…')).toBe(`\
db/R__view.sql:1:1 flyway-repeatable error: repeatable migrations are not supported, for a rollback could not bring the text before back: put it into a migration, and each change of it into a new one (CREATE OR REPLACE VIEW, DROP PROCEDURE and CREATE PROCEDURE)
db/V1__create_user.sql:1:1 flyway-names error: Flyway's names are not read by AuroraMigrations (this one and 2 more): a name is digits, an underscore and words, with the same number of digits in all. Rename V1__create_user.sql to 0001_create_user.up.sql, its undo to 0001_create_user.down.sql, and the others so. Their SQL is reviewed here as it is
db/V1__create_user.sql:1:1 down-missing error: of 3 migrations, 2 have no undo (U… beside V…), so that nothing could revert them: write one for each that is not released yet. For those that are, the line "-- migrate:irreversible" is enough: a rollback leaves them
db/V2__drop.sql:1:1 destructive-statement warning: …
db/V2__drop.sql:2:14 flyway-placeholder error: \${prefix} is a placeholder of Flyway, and nothing replaces it here: write its value
db/beforeMigrate.sql:1:1 flyway-file error: it is no versioned migration in SQL, and is not read: write it as one, or move it elsewhere
3 migrations in db: 5 errors (down-missing, flyway-file, flyway-names, flyway-placeholder, flyway-repeatable), 1 warning (destructive-statement)
`);
});

test('where some files are renamed, the others are named as what they are: no migrations', () => {
  const folder = migrationFolder({
    'db/0001_a.up.sql': 'DO 1;',
    'db/0001_a.down.sql': 'DO 1;',
    'db/V2__b.sql': 'DO 1;',
  });

  expect(runProgram(folder, ['lint', 'db']).stdout).toMatch(
    /^db\/V2__b.sql:1:1 bad-name error: "V2__b" is not a migration's name/,
  );
});

test('the script of docs/from-other-tools.md renames a folder, and then lint reads it', () => {
  const document = fs.readFileSync(path.join(__dirname, '../../../docs/from-other-tools.md'), 'utf8');
  const [, script = ''] = /```sh\n(for file in [^]*?)```/.exec(document) ?? [];
  const folder = migrationFolder({
    'V1__create user.sql': 'CREATE TABLE user (id INT PRIMARY KEY);',
    'U1__create user.sql': 'DROP TABLE user;',
    'V009__a.sql': 'CREATE TABLE a (id INT PRIMARY KEY);',
    'V10__b.sql': '-- migrate:irreversible\nCREATE TABLE b (id INT PRIMARY KEY);',
    'U009__a.sql': 'DROP TABLE a;',
  });

  const { stderr } = spawnSync('sh', ['-c', `git init --quiet && git add . && ${script}`], { cwd: folder });

  expect(stderr.toString()).toBe('');
  expect(fs.readdirSync(folder).filter((file) => file !== '.git')).toEqual([
    '0001_create_user.down.sql',
    '0001_create_user.up.sql',
    '0009_a.down.sql',
    '0009_a.up.sql',
    '0010_b.up.sql',
  ]);
  expect(runProgram(folder, ['lint', '.'])).toMatchObject({ code: 0 });
});

describe('names', () => {
  const renamedTo = (...files: readonly string[]): readonly string[] => [
    ...renamed(files.map((file) => readFlywayName(file)!)).values(),
  ];

  test('keep their number where it is one, with as many digits for all', () => {
    expect(renamedTo('V1__a.sql', 'V20__b c.sql')).toEqual(['0001_a', '0020_b_c']);
    expect(renamedTo('V1__a.sql', 'V20260131120000__b.sql')).toEqual(['00000000000001_a', '20260131120000_b']);
  });

  test('keep the version before words that several have, where the number is not the version', () => {
    expect(renamedTo('V1.0__ddl.sql', 'V1_10__ddl.sql', 'V2.0__end.sql')).toEqual([
      '0001_1.0_ddl',
      '0002_1.10_ddl',
      '0003_end',
    ]);
    expect(renamedTo('V1__ddl.sql', 'V2__ddl.sql')).toEqual(['0001_ddl', '0002_ddl']);
    const folder = migrationFolder({
      'db/V1.0__user.sql': 'DO 1;',
      'db/V1.1__ddl.sql': 'DO 1;',
      'db/V1.2__ddl.sql': 'DO 1;',
    });
    expect(runProgram(folder, ['lint', 'db']).stdout).toContain(
      'Rename V1.0__user.sql to 0001_user.up.sql, its undo to 0001_user.down.sql, and the others so (V1.1__ddl.sql, whose words another one has too, to 0002_1.1_ddl.up.sql).',
    );
  });

  test('get their place in the order where a version has several numbers', () => {
    expect(renamedTo('V1.0__a.sql', 'V1_10__-b.sql', 'V2__ö.sql')).toEqual(['0001_a', '0002_b', '0003_migration']);
  });
});
