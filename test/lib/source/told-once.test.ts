import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { readMigrations } from '../../../lib/source/migration-source';
import { migrationFolder } from './migration-folder';

const UP = 'CREATE TABLE t (id INT)';
const SECTION = `-- migrate:up\n${UP};\n`;

/** Seven files, of which the first six are made alike, and the last is as it should be. */
function seven(file: (name: string) => Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const alike = ['0001', '0002', '0003', '0004', '0005', '0006'].map((number) => file(`${number}_t`));
  return Object.assign({ '0007_whole.sql': `${SECTION}-- migrate:down\nDROP TABLE t;\n` }, ...alike) as never;
}

describe('what many migrations lack is told once, and the command that is told mends it', () => {
  test.each([
    ['a file for the down', (name: string) => ({ [`${name}.up.sql`]: UP }), 'down-missing', '0001_t.up.sql'],
    ['a section for the down', (name: string) => ({ [`${name}.sql`]: SECTION }), 'down-missing', '0001_t.sql'],
    ['sections', (name: string) => ({ [`${name}.sql`]: UP }), 'section-missing', '0001_t.sql'],
    [
      'a statement in the down',
      (name: string) => ({ [`${name}.up.sql`]: UP, [`${name}.down.sql`]: '-- nothing' }),
      'down-empty',
      '0001_t.down.sql',
    ],
  ])('%s', (_, file, code, first) => {
    const folder = migrationFolder(seven(file));
    const { problems } = readMigrations(folder);
    expect(problems).toEqual([
      { code, file: first, problem: expect.stringMatching(/^6 migrations, of which this is the first, have /) },
    ]);

    const [, command = ''] = /`(.+)`/.exec(problems[0]?.problem ?? '') ?? [];
    execFileSync('sh', ['-c', command], { cwd: folder });

    const { found } = readMigrations(folder);
    expect(found?.manifest.migrations.map(({ irreversible }) => irreversible)).toEqual([
      ...Array.from({ length: 6 }, () => true),
      false,
    ]);
    // Run a second time it finds nothing to do.
    execFileSync('sh', ['-c', command], { cwd: folder });
    expect(readMigrations(folder).found?.manifest.digest).toBe(found?.manifest.digest);
  });
});

test.each(['goose', 'migrate'])(
  'markers of another tool (+%s) are told once, with the command that writes ours',
  (tool) => {
    const marked = `-- +${tool} Up\n-- +${tool} StatementBegin\nCREATE PROCEDURE p() BEGIN DO 1; DO 2; END;\n-- +${tool} StatementEnd\nDO 1;\n-- +${tool} Down\nDROP PROCEDURE p;\n`;
    const folder = migrationFolder({ '0001_a.sql': marked, '0002_b.sql': marked.replaceAll('p()', 'q()') });
    const { problems } = readMigrations(folder);
    expect(problems).toEqual([
      {
        code: 'unreadable-sql',
        file: '0001_a.sql',
        problem: expect.stringMatching(/^2 migrations, of which .* goose or sql-migrate/),
      },
    ]);

    const alone = migrationFolder({ '0001_a.sql': marked });
    const [ofOne] = readMigrations(alone).problems;
    expect(ofOne).toMatchObject({ code: 'unreadable-sql', file: '0001_a.sql', line: 1 });
    expect(ofOne?.problem).toMatch(
      /^it has the markers of goose or sql-migrate, .*: expected are "-- migrate:up" and "-- migrate:down", each/,
    );
    expect(ofOne?.problem.split('`')[1]).toBe(problems[0]?.problem.split('`')[1]);

    const [, command = ''] = /`(.+)`/.exec(problems[0]?.problem ?? '') ?? [];
    execFileSync('sh', ['-c', command], { cwd: folder });
    const { found } = readMigrations(folder);
    expect(JSON.parse(found?.scripts.get('0001_a.json') ?? '')).toEqual({
      v: 1,
      up: ['CREATE PROCEDURE p() BEGIN DO 1; DO 2; END', 'DO 1'],
      down: ['DROP PROCEDURE p'],
    });
  },
);

test('what goose has between StatementBegin and StatementEnd may be several statements, as it sends them', () => {
  const block = (...lines: string[]): string =>
    ['-- +goose StatementBegin', ...lines, '-- +goose StatementEnd'].join('\n');
  const source = [
    '-- +goose Up',
    block('CREATE TABLE a (id INT);', '', 'CREATE TABLE b (id INT);'),
    block('CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN', '  SET @a = 1;', '  SET @b = 2;', 'END'),
    block('DO 1'),
    '-- +goose Down',
    block('DROP TABLE b;', 'DROP TABLE a;'),
    '',
  ].join('\n');
  const folder = migrationFolder({ '0001_a.sql': source });
  const [, command = ''] = /`(.+)`/.exec(readMigrations(folder).problems[0]?.problem ?? '') ?? [];
  execFileSync('sh', ['-c', command], { cwd: folder });
  const { found, problems } = readMigrations(folder);
  expect(problems).toEqual([]);
  expect(JSON.parse(found?.scripts.get('0001_a.json') ?? '')).toEqual({
    v: 1,
    up: [
      'CREATE TABLE a (id INT)',
      'CREATE TABLE b (id INT)',
      'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN\n  SET @a = 1;\n  SET @b = 2;\nEND',
      'DO 1',
    ],
    down: ['DROP TABLE b', 'DROP TABLE a'],
  });
});

test('ups without a statement are told once, and the command leaves each as it is to be', () => {
  const numbers = ['1', '2', '3', '4', '5', '6'];
  const folder = migrationFolder({
    ...Object.fromEntries(numbers.map((at) => [`000${at}_t.up.sql`, ''])),
    ...Object.fromEntries(numbers.map((at) => [`000${at}_t.down.sql`, at < '4' ? 'DROP TABLE t;' : '\n'])),
    '0007_t.up.sql': '-- its down reverts',
    '0007_t.down.sql': 'DROP TABLE t;',
    '0008_t.up.sql': '-- nothing',
  });
  const { problems } = readMigrations(folder);
  expect(problems).toEqual([
    {
      code: 'up-empty',
      file: '0001_t.up.sql',
      problem: expect.stringMatching(/^7 migrations, of which this is the first, have an up without a statement: /),
    },
  ]);
  const [, written = ''] = /`(.+)`/.exec(problems[0]?.problem ?? '') ?? [];
  for (const command of [written, written]) {
    execFileSync('sh', ['-c', command], { cwd: folder });
    const { found, problems: left } = readMigrations(folder);
    expect(left).toEqual([]);
    const downs = found?.manifest.migrations.map(
      ({ name }) => (JSON.parse(found.scripts.get(`${name}.json`) ?? '') as { down: unknown }).down,
    );
    expect(downs).toEqual([
      ...Array.from({ length: 3 }, () => ['DROP TABLE t']),
      ...Array.from({ length: 3 }, () => ['DO 0']),
      ['DROP TABLE t'],
      ['DO 0'],
    ]);
    expect(fs.readFileSync(path.join(folder, '0001_t.up.sql'), 'utf8')).toBe('\nDO 0;\n');
    expect(fs.readFileSync(path.join(folder, '0004_t.up.sql'), 'utf8')).toBe('-- nothing to do\n');
  }
});

test('templates of another tool are told once', () => {
  const names = ['1', '2', '3', '4', '5', '6'].map((at) => `000${at}_t.up.sql`);
  const files = Object.fromEntries(names.map((name) => [name, 'CREATE TABLE {{.prefix}}t (id INT);']));
  const { problems } = readMigrations(migrationFolder(files));
  expect(problems.filter(({ code }) => code === 'foreign-syntax')).toEqual([
    {
      code: 'foreign-syntax',
      file: '0001_t.up.sql',
      problem: expect.stringMatching(/^6 files, of which this is the first, have templates of another tool, such as /),
    },
  ]);
});

test.each([
  ['names', (at: number) => `A_${at}.sql`, 'bad-name', 'A_1.sql'],
  ['endings', (at: number) => `0001_a_${at}.php`, 'unknown-file', '0001_a_1.php'],
])('%s that no migration has are told once', (_, name, code, first) => {
  const files = (count: number): Readonly<Record<string, string>> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [name(at + 1), 'DO 1;']));
  expect(readMigrations(migrationFolder(files(6))).problems).toEqual([
    { code, file: first, problem: expect.stringMatching(/^6 files, of which this is the first, have /) },
  ]);
  expect(readMigrations(migrationFolder(files(5))).problems).toHaveLength(5);
});

test('what a few lack is told of each', () => {
  const { problems } = readMigrations(migrationFolder({ '0001_a.up.sql': UP, '0002_b.up.sql': UP, '0003_c.sql': UP }));
  expect(problems.map(({ code }) => code)).toEqual(['down-missing', 'down-missing', 'section-missing']);
});

test('names are reviewed also of what cannot be read, for all may have to be renamed', () => {
  const { warnings } = readMigrations(
    migrationFolder({
      '10_b.up.sql': UP,
      '1_a.up.sql': UP,
      '2_c.up.sql': `-- review:ignore number-twice\n${UP}`,
      '2_b.sql': UP,
    }),
  );
  expect(warnings.map(({ code, file, migration }) => [code, file, migration])).toEqual([
    ['name-order', '1_a.up.sql', '1_a'],
  ]);
});
