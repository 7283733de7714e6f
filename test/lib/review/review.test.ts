import * as path from 'node:path';
import { readMigrations } from '../../../lib/source/migration-source';
import { migrationFolder } from '../source/migration-folder';
import type { Files } from '../source/read-migrations';
import { STATEMENTS } from './review-statements';

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
  expect(readMigrations(path.join(__dirname, '../../../migrations')).warnings).toEqual([]);
});

describe('names', () => {
  const migration = '-- migrate:up\nDO 1;\n-- migrate:down\nDO 1;\n';

  test('a number that sorts after a larger one is told', () => {
    expect(reviewOf({ '10_b.sql': migration, '9_a.sql': migration })).toEqual(['name-order 9_a.sql']);
    expect(reviewOf({ '09_a.sql': migration, '10_b.sql': migration })).toEqual([]);
    expect(reviewOf({ '0001_a.sql': migration, '20260101120000_b.sql': migration })).toEqual([]);
  });

  test('dates are numbers', () => {
    const names = ['2023-12-31T12_00_a', '2024-01-01_b', '2024-02-01_c', '2024-02-01-0930_d', '2025-01-01-x'];
    expect(reviewOf(Object.fromEntries(names.map((name) => [`${name}.sql`, migration])))).toEqual([
      'name-order 2024-02-01_c.sql',
    ]);
    expect(reviewOf({ '2024-02-01_a.sql': migration, '2024-02-01_b.sql': migration })).toEqual([
      'number-twice 2024-02-01_b.sql',
    ]);
  });

  test.each([
    ['a time behind a hyphen', '20211121-094727', '20211121-094728', '20211122-000001'],
    ['a time behind an underscore', '20211121_094727', '20211121_094728_b', '20211122_c'],
    ['underscores in the date, as Laravel has them', '2014_10_12_000000_a', '2014_10_12_100000_b', '2014_11_01_c'],
  ])('a date is a number with %s', (_, first, second, third) => {
    const names = [first, second, third];
    expect(reviewOf(Object.fromEntries(names.map((name) => [`${name}.sql`, migration])))).toEqual([]);
    expect(reviewOf({ [`${first}.sql`]: migration, [`${first}_z.sql`]: migration })).toEqual([
      `number-twice ${first}_z.sql`,
    ]);
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
      column: 3,
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
    expect(acknowledged('-- review:ignore table-copy table-rebuild: small')).toEqual(['destructive-statement']);
    expect(acknowledged('-- review:ignore table-copy since a table-rebuild is worse')).toContain('table-rebuild');
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
    const up = `CALL a();\nCALL b();\n${'CALL a();\n'.repeat(23)}CREATE USER x;\nCREATE USER y;\nALTER SEQUENCE s RESTART;\n`;

    expect(warningsFor(up, 'DO 0')).toEqual([
      expect.stringMatching(/^blind-statement:1 "CALL a\(\)".*with 24 more of its kind \(line 2, 3, 4, 5, 6, …\)$/),
      expect.stringMatching(/^blind-statement:26 "CREATE USER x".*with 1 more of its kind \(line 27\)$/),
      expect.stringMatching(/^blind-statement:28 "ALTER SEQUENCE s RESTART".*may run twice$/),
    ]);
  });

  test('tells a down that does nothing once, beside what is told by name', () => {
    const up =
      'CREATE TABLE a (id INT);\nALTER TABLE user ADD KEY i (a), LOCK=NONE;\nDROP INDEX j ON user;\nCREATE INDEX k ON a (id);\n';

    expect(warningsFor(up, '-- Nothing.\nDO 0;')).toEqual([
      'down-incomplete:1 "CREATE TABLE a (id INT)": the down does not drop the table a, so that a rollback cannot restore the schema. Add the statement to the down',
      'down-incomplete:2 "ALTER TABLE user ADD KEY i (a), LOCK=NONE": it changes the schema, as other statements of the up do (1 more), and the down does nothing: a rollback leaves that as it is. Write the statements that revert it, or "-- migrate:irreversible"',
    ]);
  });

  test('says once that other databases are worked in, where the migrated one is known', () => {
    const up = 'CREATE TABLE other.z (id INT);\nINSERT INTO stock.t VALUES (1);\nUPDATE mysql.t SET a = 1;';
    const down = 'DROP TABLE other.z;\nDELETE FROM stock.t WHERE a = 1;\nUPDATE mysql.t SET a = 2;';
    expect(warningsFor(up, down, 'app')).toContainEqual(
      expect.stringMatching(
        /^other-database:1 .*: it works in other databases than the migrated one \(other, stock\), .* those are as they were\. .*\. So it is with 1 more of its kind \(line 2\)$/,
      ),
    );
    expect(warningsFor('CREATE DATABASE other', 'DROP DATABASE other', 'app')).toEqual([]);
  });

  test('says which databases are named, where the migrated one is not known', () => {
    const warned = (up: string, down: string): readonly string[] =>
      warningsFor(up, down).filter((text) => text.startsWith('other-database'));
    expect(
      warned('CREATE TABLE z (id INT);\nCREATE TABLE other.z (id INT);', 'DROP TABLE other.z;\nDROP TABLE z;'),
    ).toEqual([
      expect.stringMatching(/^other-database:2 .*: it names the database other, and works there whatever database is/),
    ]);
    expect(warned('USE a;\nCREATE TABLE z (id INT);\nUSE b;\nCREATE TABLE z (id INT);', 'DO 0;')).toEqual([
      expect.stringMatching(/^other-database:2 .*: it names the databases a, b, .* of its kind \(line 4\)$/),
    ]);
    expect(warned('CREATE TABLE z (id INT);\nSELECT 1 FROM mysql.user;', 'DROP TABLE z;')).toEqual([]);
  });

  test('says so of what is irreversible too, as of a dump', () => {
    const dump =
      '-- migrate:irreversible\nCREATE DATABASE src;\nUSE src;\nDROP TABLE IF EXISTS a;\nCREATE TABLE a (id INT);';
    const folder = migrationFolder({ '0001_a.up.sql': dump });
    const problems = readMigrations(folder, 'app').warnings.flatMap(({ code, problem }) =>
      code === 'other-database' ? [problem] : [],
    );
    expect(problems).toEqual([
      expect.stringMatching(
        /: it works in the database src, and the migrated one is app\. Leave the name out where app/,
      ),
    ]);
  });

  test('is one for very many that lose rows alike, as in a dump', () => {
    const dropped = (count: number): readonly string[] => {
      const up = Array.from({ length: count }, (_, at) => `DROP TABLE IF EXISTS t${at};\n`).join('');
      return warningsFor(`${up}ALTER TABLE a DROP COLUMN b;\n`, 'DO 0;').filter((text) => text.startsWith('destr'));
    };
    expect(dropped(5)).toHaveLength(6);
    expect(dropped(9)).toEqual([
      expect.stringMatching(/^destructive-statement:1 .*the table t0 .* So it is with 8 more of its kind \(line 2, 3/),
      expect.stringMatching(/^destructive-statement:10 .*the column a\.b is dropped/),
    ]);
  });

  test('says that the down means another database', () => {
    expect(warningsFor('USE other;\nCREATE TABLE z (id INT);', 'DROP TABLE z;', 'app')).toEqual([
      expect.stringMatching(/^other-database:2 .*: it works in the database other, and only app is looked at/),
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
