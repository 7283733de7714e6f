import fs from 'node:fs';
import path from 'node:path';
import { CREATE_USER, migrationFolder } from '../lib/source/migration-folder';
import { runProgram, type Run } from './run-program';

const PAIR = { 'migrations/000001_a.up.sql': 'DO 1;', 'migrations/000001_a.down.sql': 'DO 1;' };
const MODULE = 'exports.up = async () => {};\nexports.down = async () => {};\n';

function create(files: Readonly<Record<string, string>>, args: readonly string[]): Run & { readonly folder: string } {
  const folder = migrationFolder(files);
  return { folder, ...runProgram(folder, ['create', ...args]) };
}

describe('form and number are those of the folder', () => {
  const cases: readonly (readonly [
    name: string,
    files: Record<string, string>,
    args: readonly string[],
    made: string[],
  ])[] = [
    ['sections', { 'migrations/0001_a.sql': CREATE_USER }, ['b'], ['migrations/0002_b.sql']],
    ['a pair', PAIR, ['b'], ['migrations/000002_b.up.sql', 'migrations/000002_b.down.sql']],
    ['a module', { 'migrations/7-a.cjs': MODULE }, ['b'], ['migrations/8-b.cjs']],
    ['another form is asked for', PAIR, ['b', '--ts'], ['migrations/000002_b.ts']],
    [
      'a pair is asked for',
      { 'migrations/09_a.sql': CREATE_USER },
      ['b', '--pair'],
      ['migrations/10_b.up.sql', 'migrations/10_b.down.sql'],
    ],
    [
      'words become a name',
      { 'migrations/0001_a.sql': CREATE_USER },
      ['add  user role'],
      ['migrations/0002_add_user_role.sql'],
    ],
    ['the folder is dbmate’s', { 'db/migrations/0001_a.sql': CREATE_USER }, ['b'], ['db/migrations/0002_b.sql']],
    [
      'the numbers are dates',
      { 'migrations/2024-01-31_a.sql': CREATE_USER },
      ['b'],
      [`migrations/${new Date().toISOString().slice(0, 10)}_b.sql`],
    ],
    ['in the folder itself', { '0001_a.sql': CREATE_USER }, ['b'], ['0002_b.sql']],
    [
      'beside a script with a number',
      { '01-setup.sql': '', 'migrations/0001_a.sql': CREATE_USER },
      ['b'],
      ['migrations/0002_b.sql'],
    ],
    ['the folder is named', { 'x/0001_a.sql': CREATE_USER }, ['b', '-d', 'x'], ['x/0002_b.sql']],
    [
      'what cannot be read is not in the way',
      { 'migrations/0001_a.sql': CREATE_USER, 'migrations/notes': '' },
      ['b'],
      ['migrations/0002_b.sql'],
    ],
  ];

  test.each(cases)('%s', (_, files, args, made) => {
    const { code, stdout, stderr, folder } = create(files, args);

    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${made.join('\n')}\n`, stderr: '' });
    for (const file of made) expect(fs.existsSync(path.join(folder, file))).toBe(true);
  });
});

test('in a new folder a name begins with the time in UTC', () => {
  const { folder, stdout } = create({}, ['add_user']);
  const [, time = ''] = /^migrations\/(\d{14})_add_user\.sql\n$/.exec(stdout) ?? [];
  const written = time.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z');

  expect(Math.abs(Date.parse(written) - Date.now())).toBeLessThan(120_000);
  expect(fs.readFileSync(path.join(folder, stdout.trim()), 'utf8')).toBe('-- migrate:up\n\n\n-- migrate:down\n\n');
});

test('the review refuses what nobody has filled in, and a module says so itself', () => {
  const { folder } = create({ 'migrations/0001_a.sql': CREATE_USER }, ['b']);
  runProgram(folder, ['create', 'c', '--pair']);
  runProgram(folder, ['create', 'd', '--ts']);

  const { code, stdout } = runProgram(folder, ['lint', 'migrations']);

  expect(code).toBe(2);
  expect(stdout.match(/^\S+ \S+/gm)).toEqual([
    'migrations/0002_b.sql:2:1 up-empty',
    'migrations/0003_c.up.sql:1:1 up-empty',
    'migrations/0004_d.ts:7:1 up-empty',
    'migrations/0004_d.ts:12:1 down-empty',
    '4 migrations',
  ]);
  expect(fs.readFileSync(path.join(folder, 'migrations/0004_d.ts'), 'utf8')).toMatchInlineSnapshot(`
    "interface Context {
      query(sql: string, params?: readonly unknown[]): Promise<readonly unknown[]>;
    }

    export async function up({ query }: Context): Promise<void> {
      await query(\`DO 0\`);
      throw new Error('the up of 0004_d is still to be written');
    }

    export async function down({ query }: Context): Promise<void> {
      await query(\`DO 0\`);
      throw new Error('the down of 0004_d is still to be written');
    }
    "
  `);
});

describe('refused, and nothing is made', () => {
  const cases: readonly (readonly [
    name: string,
    files: Record<string, string>,
    args: readonly string[],
    code: number,
    problem: RegExp,
  ])[] = [
    ['a number', {}, ['0007_b'], 64, /its number is made for it: leave it out\. Nothing was made \[bad-name\]/],
    ['an ending', {}, ['b.sql'], 64, /the ending of its file is made for it/],
    ['half of a pair by its name', {}, ['b.up'], 64, /the ending of its file is made for it/],
    ['a file of types by its name', {}, ['b.d', '--ts'], 64, /the ending of its file is made for it/],
    ['letters that no name has', {}, ['größe'], 64, /a name is ASCII letters/],
    ['a path', {}, ['../b'], 64, /a name is ASCII letters/],
    [
      'numbers used up',
      { 'migrations/9_a.sql': CREATE_USER },
      ['b'],
      2,
      /one digit are used up: .* 10 would run before 9\..*\[numbers-used-up\]/,
    ],
    ["Flyway's folder", { 'migrations/V1__a.sql': 'DO 1;' }, ['b'], 2, /Flyway's names \(V1__a.sql\)/],
    ['a file as the folder', { x: '' }, ['b', '-d', 'x'], 1, /: x is a file: .*\[directory-missing\]/],
    ['two folders', { 'migrations/1': '', 'db/migrations/1': '' }, ['b'], 1, /not clear which folder/],
  ];

  test.each(cases)('%s', (_, files, args, code, problem) => {
    const made = create(files, args);

    expect(made).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(problem) });
    const names = fs.readdirSync(made.folder, { recursive: true }).filter((name) => /\.(sql|ts)$/.test(String(name)));
    expect(names).toEqual(Object.keys(files).filter((file) => file.endsWith('.sql')));
  });
});
