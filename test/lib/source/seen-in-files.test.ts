import { describe as describeProblem } from '../../../lib/review/migration-problem';
import { readMigrations } from '../../../lib/source/migration-source';
import { CREATE_USER, migrationFolder } from './migration-folder';
import { type Files, problemsOf, read } from './read-migrations';

describe('what a migration lacks does not hide what else is wrong with it', () => {
  const codesOf = (files: Files): readonly string[] =>
    problemsOf(files).map((problem) => problem.replace(/:.*\((\S+)\)$/s, ' $1'));
  const FOREIGN = 'CREATE TABLE a (id INT PRIMARY KEY AUTOINCREMENT);\n';

  test.each([
    ['a down section', { '0001_a.sql': `-- migrate:up\n${FOREIGN}` }, ['0001_a.sql down-missing']],
    ['a down file', { '0001_a.up.sql': FOREIGN }, ['0001_a.up.sql down-missing']],
    ['sections', { '0001_a.sql': FOREIGN }, ['0001_a.sql section-missing']],
    [
      'sections that belong there',
      { '0001_a.up.sql': FOREIGN, '0001_a.down.sql': '-- migrate:down\nDO 1;' },
      ['0001_a.down.sql section-misplaced'],
    ],
  ])('%s', (_, files, codes) => {
    const [file = ''] = Object.keys(files);
    expect([...codesOf(files)].sort()).toEqual([...codes, `${file} foreign-syntax`].sort());
  });

  test('an up file', () => {
    expect(codesOf({ '0001_a.down.sql': 'COMMIT;' })).toEqual([
      '0001_a.down.sql up-missing',
      '0001_a.down.sql transaction-control',
    ]);
  });
});

/** The warnings of a file with these statements that are said of what no server reads as it is meant. */
function warned(sql: string): readonly string[] {
  const folder = migrationFolder({ '0001_a.sql': `-- migrate:up\n${sql}\n-- migrate:down\nDO 1;\n` });
  const { problems, warnings } = readMigrations(folder);
  expect(problems).toEqual([]);
  return warnings.filter(({ code }) => code === 'foreign-syntax').map(describeProblem);
}

describe('a name that no server can hold', () => {
  test.each([
    'CREATE TABLE `t_😀` (id INT);',
    'CREATE TABLE a (t_😀 INT);',
    'ALTER TABLE d.`t_😀` ADD COLUMN b INT;',
    "INSERT INTO `t_😀` VALUES ('😀');",
  ])('%s is told once', (sql) => {
    expect(warned(`${sql}\n${sql}`)).toEqual([
      expect.stringMatching(/^0001_a\.sql:2: no name can hold a character beyond U\+FFFF, as in t_😀: MySQL makes/u),
    ]);
  });

  test.each([
    "INSERT INTO a VALUES ('😀'), (\"😀\") -- 😀\n, ('x');",
    'CREATE TABLE `größe_日本` (id INT /* 😀 */);',
    "CREATE PROCEDURE p () BEGIN SELECT '😀'; END;",
  ])('%s has none', (sql) => {
    expect(warned(sql)).toEqual([]);
  });
});

describe('a template in quotes', () => {
  test.each([
    ["INSERT INTO a VALUES ('${REGION}');", '${REGION}'],
    ['CREATE TABLE `${schema}`.a (id INT);', '${schema}'],
    ['CREATE TABLE `{{prefix}}a` (id INT);', '{{prefix}}'],
    ["-- +goose ENVSUB ON\nINSERT INTO a VALUES ('arn:aws:s3:${REGION:-eu-west-1}:x');", '${REGION:-eu-west-1}'],
    ["-- +goose ENVSUB ON\nINSERT INTO a VALUES ('in $REGION');", '$REGION'],
  ])('%s is told', (sql, template) => {
    expect(warned(`${sql}\nINSERT INTO a VALUES ('\${B}');`)).toEqual([
      expect.stringContaining(`${template} in quotes looks like a template of another tool`),
    ]);
  });

  test.each([
    "INSERT INTO mail VALUES ('Dear ${name}, …'), ('Dear {{name}}');",
    "INSERT INTO price VALUES ('$5', '{}', '{\"a\": {}}');",
    "-- +goose ENVSUB OFF\nINSERT INTO price VALUES ('in $REGION');",
  ])('%s is a text', (sql) => {
    expect(warned(sql)).toEqual([]);
  });
});

describe('names of files', () => {
  test('what editors and file managers leave is passed over', () => {
    const left = ['Thumbs.db', 'desktop.ini', '0001_a.sql~'];
    read({ '0001_a.sql': CREATE_USER, ...Object.fromEntries(left.map((file) => [file, ''])) });
  });

  test('capitals in an ending, and a folder with a name of a file, are told', () => {
    expect(
      problemsOf({ '0001_a.SQL': CREATE_USER, '0002_b.sql/b.sql': CREATE_USER, '0003_c.sql': CREATE_USER }),
    ).toEqual([
      expect.stringMatching(/^0001_a\.SQL: its ending has capitals, .*\(unknown-file\)$/),
      expect.stringMatching(/^0002_b\.sql: it is called like a migration and is a folder, .*\(unknown-file\)$/),
    ]);
  });
});
