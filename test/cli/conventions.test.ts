import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CREATE_USER, migrationFolder } from '../lib/source/migration-folder';
import { PROGRAM, runProgram } from './run-program';

const FILE = 'migrations/0001_create_user.sql';
const GOOD = { [FILE]: CREATE_USER };
const BAD = { 'migrations/0001_create_user.sql': '-- migrate:up\n-- migrate:down\n' };

describe('exit code, result on stdout, all else on stderr', () => {
  const cases: readonly (readonly [
    name: string,
    files: Record<string, string>,
    args: string,
    code: number,
    stdout: RegExp,
    stderr: RegExp,
  ])[] = [
    ['nothing found', GOOD, 'lint migrations', 0, /nothing found\n$/, /^$/],
    ['a guessed folder is named', GOOD, 'lint', 0, /nothing found\n$/, /^No folder was named: reading migrations\.\n$/],
    [
      'the folder in which one stands',
      { '0001_create_user.sql': CREATE_USER },
      'lint',
      0,
      /nothing found\n$/,
      /^No folder was named: reading this one\.\n$/,
    ],
    [
      'a numbered file in the folder of a project',
      { ...GOOD, '2026-01-01-backup.sql': '', 'package.json': '{}' },
      'lint',
      0,
      /nothing found\n$/,
      /^No folder was named: reading migrations\.\n$/,
    ],
    ['something found', BAD, 'lint migrations', 2, /up-empty/, /^$/],
    ['help', GOOD, '--help', 0, /^Usage: aurora-migrations .*Examples:/s, /^$/],
    ['help of a command', GOOD, 'lint --help', 0, /^Usage: aurora-migrations lint .*Examples:/s, /^$/],
    ['help of a command, asked for otherwise', GOOD, 'help create', 0, /^Usage: aurora-migrations create /, /^$/],
    ['version', GOOD, '--version', 0, /^\d+\.\d+\.\d+\n$/, /^$/],
    ['no command', GOOD, '', 64, /^$/, /^Usage: /],
    ['an unknown command', GOOD, 'lnt', 64, /^$/, /unknown command 'lnt'\n\(Did you mean lint\?\)\nSee /],
    [
      'help of an unknown command',
      GOOD,
      'help lnt',
      64,
      /^$/,
      /^error: unknown command 'lnt'\n\(Did you mean lint\?\)\n/,
    ],
    ['help of help', GOOD, 'help help', 0, /^Usage: aurora-migrations /, /^$/],
    [
      'two folders',
      GOOD,
      'lint migrations -d x',
      64,
      /^$/,
      /^error: two folders are named, migrations and --directory x: /,
    ],
    ['a code like no other', GOOD, 'lint --fail-on x', 64, /^$/, /there are [\w, -]+, all\. Nothing was checked \[/],
    ['an unknown option', GOOD, 'lint --bse main', 64, /^$/, /unknown option '--bse'\n\(Did you mean --base\?\)/],
    ['a missing argument', GOOD, 'create', 64, /^$/, /missing required argument 'name'/],
    ['an unknown format', GOOD, 'lint --format xml', 64, /^$/, /'xml' is invalid. Allowed choices are text, json/],
    ['two formats', GOOD, 'lint --json --format text', 64, /^$/, /cannot be used with/],
    ['options that exclude each other', GOOD, 'create a --pair --ts', 64, /^$/, /cannot be used with/],
    [
      'an unknown code',
      GOOD,
      'lint --fail-on table-cpy',
      64,
      /^$/,
      /is table-copy meant\? Nothing was checked \[unknown-code\]/,
    ],
    [
      'a name that would leave all out of the review',
      GOOD,
      'lint --review-after 2',
      1,
      /^$/,
      /--review-after: "2" sorts after all migrations, .*such as 0001_create_user\. Nothing was checked \[review-after-unusable\]/,
    ],
    [
      'a folder that is not there',
      GOOD,
      'lint nowhere',
      1,
      /^$/,
      /^aurora-migrations: nowhere is not a folder: .*\[directory-missing\]\n$/,
    ],
    [
      'a folder of a flag',
      GOOD,
      'prove -d nowhere',
      1,
      /^$/,
      /^aurora-migrations: nowhere is not a folder: name the one .*\[directory-missing\]\n$/,
    ],
    [
      'a file as the folder',
      GOOD,
      `prove ${FILE}`,
      1,
      /^$/,
      /user\.sql is not a folder: name the .*\[directory-missing\]/,
    ],
    [
      'a folder to prove that has none',
      { 'm/README.md': '' },
      'prove m',
      1,
      /^$/,
      /there is no migration in m: make one .*\[directory-empty\]\n$/,
    ],
    [
      'a folder to dump that has none',
      { 'm/README.md': '' },
      'dump m',
      1,
      /^$/,
      /there is no migration in m: make one .*\[directory-empty\]\n$/,
    ],
    [
      'a server to prove on that is away',
      GOOD,
      'prove --url mysql://root@127.0.0.1:1',
      1,
      /^$/,
      /^aurora-migrations: --url names a server .* nothing was run \[cannot-connect\]$/m,
    ],
    [
      'a folder to dump',
      GOOD,
      'dump --directory nowhere',
      1,
      /^$/,
      /nowhere is not a folder: .*\[directory-missing\]\n$/,
    ],
    [
      'two sources, of which one is but a region',
      GOOD,
      'dump migrations --region x',
      64,
      /^$/,
      /\[source-unclear\]\n$/,
    ],
    [
      'a folder for a function that has its own',
      GOOD,
      'adopt migrations --from knex --stack Shop',
      64,
      /^$/,
      /^aurora-migrations: the folder migrations is named, and a deployed .*\[directory-not-read\]\n$/,
    ],
    [
      'a folder that is not there, before AWS is asked',
      GOOD,
      'plan nowhere --stack Shop',
      1,
      /^$/,
      /^aurora-migrations: nowhere is not a folder: .*\[directory-missing\]\n$/,
    ],
    [
      'context without an app',
      GOOD,
      'rehearse --assembly a --from-assembly b -c c=d',
      64,
      /^$/,
      /\[context-unusable\]\n$/,
    ],
    ['an answer to all questions', GOOD, 'repair --yes', 64, /^$/, /^error: name a migration, and say --is /],
    ['two sources', GOOD, 'dump -d migrations --stack Shop', 64, /^$/, /a folder is named and .*\[source-unclear\]\n$/],
    [
      'no folder of a usual name',
      {},
      'lint',
      1,
      /^$/,
      /there is no folder migrations, db\/migrations, .* or src\/main\/resources\/db\/migration in .*\[directory-unknown\]\n$/,
    ],
    [
      'nothing to dump',
      {},
      'dump',
      1,
      /^$/,
      /there is no folder .* with --directory; or name a database with --url or --stack\. Nothing was dumped \[directory-unknown\]\n$/,
    ],
    [
      'an empty folder',
      { 'migrations/README.md': '' },
      'lint',
      1,
      /^$/,
      /there is no migration in migrations: make one with .*\[directory-empty\]\n$/,
    ],
    [
      'only subfolders',
      { 'migrations/a/0001_a.sql': '' },
      'lint',
      1,
      /^$/,
      /subdirectories are not read: name one of them with --directory \(a \(0001_a.sql\)\)/,
    ],
    [
      'two folders of usual names',
      { ...GOOD, 'db/migrations/0001_a.sql': CREATE_USER },
      'lint',
      1,
      /^$/,
      /there are migrations, db\/migrations\. Name one/,
    ],
  ];

  test.each(cases)('%s', (_, files, args, code, stdout, stderr) => {
    expect(runProgram(migrationFolder(files), args.split(' ').filter(Boolean))).toEqual({
      code,
      stdout: expect.stringMatching(stdout),
      stderr: expect.stringMatching(stderr),
    });
  });
});

test('without a terminal there are no colours, and with FORCE_COLOR and NO_COLOR neither', () => {
  const folder = migrationFolder(BAD);

  for (const environment of [{}, { CI: 'true' }, { NO_COLOR: '1', FORCE_COLOR: '1' }]) {
    expect(runProgram(folder, ['lint'], environment).stdout).not.toContain('\u001b');
  }
});

test.each([
  ['1', true],
  ['0', false],
  ['false', false],
])('in a terminal with FORCE_COLOR=%s, that there are colours is %s', (forced, isColoured) => {
  const terminal = {
    COLUMNS: '80',
    NO_COLOR: '',
    FORCE_COLOR: forced,
    NODE_OPTIONS: `--require ${path.join(__dirname, 'as-terminal.cjs')}`,
  };
  expect(runProgram(migrationFolder(BAD), ['lint'], terminal).stdout.includes('\u001b')).toBe(isColoured);
});

test('what the system refuses is said without a stack trace', () => {
  const folder = migrationFolder({ migrations: 'a file', 'x/0001_a.sql': CREATE_USER });

  expect(runProgram(folder, ['create', 'a'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^aurora-migrations: the system refuses it \(ENOTDIR: .*\): see to that, and run it again \[ENOTDIR\]\n$/,
    ),
  });
});

test('a settings file names the folder, and its mistakes are named', () => {
  const settings = (own: unknown): string => JSON.stringify({ app: 'x', context: { 'aurora-migrations': own } });
  const run = (cdk: string): string => {
    const { stdout, stderr } = runProgram(migrationFolder({ 'sql/0001_a.sql': CREATE_USER, 'cdk.json': cdk }), [
      'lint',
    ]);
    return stdout + stderr;
  };

  expect(run(settings({ directory: 'sql' }))).toBe('1 migration in sql: nothing found\n');
  expect(run(settings({ directory: 'nowhere' }))).toMatch(
    /^aurora-migrations: nowhere is not a folder \(it is named in cdk.json\)/,
  );
  expect(run(settings({ Directory: 'sql' }))).toMatch(
    /there is no setting "Directory": is "directory" meant\? Nothing was done/,
  );
  expect(run(settings({ directory: 1 }))).toMatch(/"directory" is no text: put its value into quotes/);
  expect(run(settings('sql'))).toMatch(/"aurora-migrations" is no object/);
  expect(run('{')).toMatch(/cdk.json is not JSON \(.*\): correct it. Nothing was done \[settings-unusable\]/);
});

test('a reader that goes away early is no failure', () => {
  const many = Array.from({ length: 2000 }, (_, at) => [`migrations/${at}_${'x'.repeat(100)}.sql`, '']);
  const folder = migrationFolder(Object.fromEntries(many) as Record<string, string>);

  const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${PROGRAM}" lint migrations | head -n 1`], {
    cwd: folder,
  });

  expect(piped.stderr.toString()).toBe('');
});

test('the program is small to start, and loads neither the CDK nor what a command does', () => {
  const chunks = fs.readdirSync(path.dirname(PROGRAM));
  const text = (file: string): string => fs.readFileSync(path.join(path.dirname(PROGRAM), file), 'utf8');

  expect(chunks.filter((file) => /aws-cdk-lib|["']constructs["']/.test(text(file)))).toEqual([]);
  expect(fs.statSync(PROGRAM).size).toBeLessThan(64 * 1024);
});
