import { execFileSync } from 'node:child_process';
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
