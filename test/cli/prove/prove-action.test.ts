import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { migrationFolder } from '../../lib/source/migration-folder';
import { servers } from '../../servers';
import { PROGRAM } from '../run-program';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const ACTION = parse(fs.readFileSync(path.join(__dirname, '../../../action.yml'), 'utf8')) as Action;

/** GitHub's command line, which only notes what it is asked, and says that there is one comment or none. */
const GH = `#!/bin/sh
printf '%s\\n' "$*" >> "$GH_CALLS"
[ -z "$GH_REFUSES" ] || exit 1
case "$*" in *--jq*) [ -z "$GH_COMMENT" ] || echo "$GH_COMMENT";; esac
`;

const GOOD = '-- migrate:up\nCREATE TABLE user (id INT PRIMARY KEY);\n-- migrate:down\nDROP TABLE user;\n';
const FORGETFUL =
  '-- migrate:up\nALTER TABLE user ADD COLUMN a INT, ADD COLUMN b INT;\n-- migrate:down\nALTER TABLE user DROP COLUMN a;\n';

/** Runs the action as a runner does: its steps in their order, each in bash, until one fails; then those that say so. */
function runAction(
  project: string,
  inputs: Readonly<Record<string, string>>,
  { comment = '', refuses = '' } = {},
): { readonly status: number; readonly output: string; readonly report: string; readonly calls: string } {
  const temporary = migrationFolder({ gh: GH, calls: '', output: '', summary: '' });
  fs.chmodSync(path.join(temporary, 'gh'), 0o755);
  const outputs = new Map<string, string>();
  const values: Readonly<Record<string, string>> = {
    'github.event.pull_request.number': '7',
    'github.repository': 'shop/app',
    'inputs.base': inputs['base'] ?? '',
    'inputs.token': 'token',
    'inputs.working-directory': '.',
  };
  const filled = (text: string): string =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
      if (values[name] !== undefined) return values[name];
      const output = /^steps\.report\.outputs\.(\w+)$/.exec(name)?.[1];
      if (output !== undefined) return outputs.get(output) ?? '';
      const input = /^inputs\.([\w-]+)$/.exec(name)?.[1];
      if (input === undefined) throw new Error(`what is ${name}?`);
      return inputs[input] ?? ACTION.inputs[input]!.default;
    });
  let failed = 0;
  let output = '';
  for (const step of ACTION.runs.steps) {
    const wanted = /inputs\.(\w+) == 'true'/.exec(step.if ?? '')?.[1];
    if (failed !== 0 && step.if === undefined) continue;
    if (wanted !== undefined && (inputs[wanted] ?? ACTION.inputs[wanted]!.default) !== 'true') continue;
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]));
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: project,
      encoding: 'utf8',
      env: {
        PATH: `${temporary}:${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`,
        HOME: process.env.HOME,
        RUNNER_TEMP: temporary,
        GITHUB_OUTPUT: path.join(temporary, 'output'),
        GITHUB_STEP_SUMMARY: path.join(temporary, 'summary'),
        GH_CALLS: path.join(temporary, 'calls'),
        GH_COMMENT: comment,
        GH_REFUSES: refuses,
        ...env,
      },
    });
    output += `${stdout}${stderr}`;
    if (status !== 0) failed = status ?? 1;
    for (const line of fs.readFileSync(path.join(temporary, 'output'), 'utf8').split('\n')) {
      const [name = '', value = ''] = line.split('=');
      outputs.set(name, value);
    }
  }
  const read = (name: string): string => fs.readFileSync(path.join(temporary, name), 'utf8');
  return { status: failed, output, report: read('summary'), calls: read('calls') };
}

/** A project that has the package installed. */
function project(migrations: Readonly<Record<string, string>>): string {
  const folder = migrationFolder({
    ...Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`migrations/${name}`, text])),
    'node_modules/.bin/aurora-migrations': `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`,
  });
  fs.chmodSync(path.join(folder, 'node_modules/.bin/aurora-migrations'), 0o755);
  return folder;
}

test('there is a server for the action to find', () => {
  expect(servers().length).toBeGreaterThan(0);
});

describe('the action', () => {
  test('is fine with good migrations, and says so in a new comment', () => {
    const { status, report, calls } = runAction(project({ '0001_user.sql': GOOD }), {});

    expect(status).toBe(0);
    expect(report).toContain('1 migration in migrations: nothing found');
    expect(report).toContain('<summary>prove</summary>');
    expect(calls).toContain('--method POST repos/shop/app/issues/7/comments');
  });

  test('fails where a down does not restore the schema, names it, and writes over its older comment', () => {
    const { status, report, calls } = runAction(
      project({ '0001_user.sql': GOOD, '0002_more.sql': FORGETFUL }),
      {},
      { comment: '99' },
    );

    expect(status).toBe(2);
    expect(report).toContain('down-incomplete');
    expect(report).toMatch(/0002_more/);
    expect(calls).toContain('--method PATCH repos/shop/app/issues/comments/99');
  });

  test('fails by fail-on, and proves all the same', () => {
    const { status, output, report } = runAction(
      project({
        '0001_user.sql': GOOD,
        '0002_gone.sql': '-- migrate:up\nDROP TABLE user;\n-- migrate:down\nCREATE TABLE user (id INT PRIMARY KEY);\n',
      }),
      { 'fail-on': 'destructive-statement', comment: 'false' },
    );

    expect(status).toBe(2);
    expect(output).toContain('::error file=migrations/0002_gone.sql');
    expect(report).toContain('<summary>prove</summary>');
  });

  test('names files from the root of the repository, and uses a program that is installed further up', () => {
    const root = project({ 'none/0001_user.sql': GOOD });
    spawnSync('git', ['init', '-q'], { cwd: root });
    const inner = path.join(root, 'infra');
    fs.mkdirSync(path.join(inner, 'migrations'), { recursive: true });
    fs.writeFileSync(path.join(inner, 'migrations/0001_user.sql'), FORGETFUL);

    const { output } = runAction(inner, { prove: 'false', comment: 'false' });

    expect(output).toContain('::warning file=infra/migrations/0001_user.sql,line=2');
  });

  test('fails where there is no app to rehearse, says why, and has reported what lint found before', () => {
    const { status, output, report } = runAction(project({ '0001_user.sql': GOOD }), {
      ...{ prove: 'false', rehearse: 'true', app: 'node nowhere.js', stack: 'Shop', comment: 'false' },
    });

    expect(status).not.toBe(0);
    expect(output).toMatch(/aurora-migrations: .*\[[\w-]+\]/s);
    expect(report).toContain('nothing found');
  });

  test('is fine where its token may not comment, as that of a fork, and says where the report is', () => {
    const { status, output } = runAction(project({ '0001_user.sql': GOOD }), { prove: 'false' }, { refuses: 'yes' });

    expect(status).toBe(0);
    expect(output).toContain('::notice title=aurora-migrations::The report is in the summary of the job');
  });

  test('gives each command what its inputs say, a line each where there may be several', () => {
    const folder = migrationFolder({
      'node_modules/.bin/aurora-migrations': '#!/bin/sh\nprintf "<%s>" "$@" >> said\necho >> said\n',
    });
    fs.chmodSync(path.join(folder, 'node_modules/.bin/aurora-migrations'), 0o755);
    const inputs = {
      ...{ directory: 'my sql', base: 'v1', 'review-after': '0007', rehearse: 'true', comment: 'false' },
      ...{ 'base-schema': 'a b.sql', 'base-to': '0003', url: 'mysql://root@127.0.0.1', schema: 'shop' },
      ...{ context: 'a=b c\nd=*\n', parameters: 'Shop:A=1\n\nB=2', assembly: 'cdk.out', 'from-assembly': 'old' },
    };
    runAction(folder, inputs);
    const said = fs.readFileSync(path.join(folder, 'said'), 'utf8').trim().split('\n');

    expect(said).toEqual([
      '<lint><my sql><--base><v1><--review-after><0007><--format><github>',
      '<lint><my sql><--base><v1><--review-after><0007><--format><markdown>',
      '<prove><my sql><--changed><v1><--url><mysql://root@127.0.0.1><--schema><shop>' +
        '<--base-schema><a b.sql><--base-to><0003>',
      expect.stringMatching(
        /^<rehearse><--from-assembly><old><--assembly><cdk\.out><--context><a=b c><--context><d=\*><--parameters><Shop:A=1><--parameters><B=2><--report>/,
      ),
    ]);
  });

  test('writes no comment where none is wanted', () => {
    expect(runAction(project({ '0001_user.sql': GOOD }), { comment: 'false', prove: 'false' }).calls).toBe('');
  });
});
