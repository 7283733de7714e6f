import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RehearsalReport } from '../../cli/rehearse/report/rehearsal-report';
import { PROGRAM, runProgram } from '../cli/run-program';

jest.setTimeout(300_000);

const ROOT = path.join(__dirname, '../..');

/** A project that is to be rehearsed: an app in TypeScript, a cdk.json, migrations, and git. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'project-'));
  cpSync(path.join(__dirname, 'project'), folder, { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const app = `node --require ${path.join(ROOT, 'scripts/typescript.cjs')} app.ts`;
  writeFileSync(path.join(folder, 'cdk.json'), JSON.stringify({ app }));
  writeFileSync(path.join(folder, 'package-root.json'), JSON.stringify(path.join(ROOT, 'lib/index.ts')));
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n');
  migration('0001_user', 'CREATE TABLE user (id INT NOT NULL PRIMARY KEY, name VARCHAR(20) NULL)', 'DROP TABLE user');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function migration(name: string, up: string, down: string): void {
  const text = `-- migrate:up\n${up};\n-- migrate:down\n${down};\n`;
  writeFileSync(path.join(folder, 'migrations', `${name}.sql`), text);
}

function commit(): void {
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=n@example.com', ...args], { cwd: folder });
  if (!existsSync(path.join(folder, '.git'))) git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=release');
}

function rehearse(...args: readonly string[]): { readonly code: number | null; readonly report: RehearsalReport } {
  const { code, stdout, stderr } = runProgram(folder, ['rehearse', '--json', ...args]);
  if (code !== 0 && code !== 2) throw new Error(`exit code ${String(code)}\n${stderr}`);
  return { code, report: JSON.parse(stdout) as RehearsalReport };
}

function broken({ plays }: RehearsalReport): readonly string[] {
  return plays.flatMap(({ kind, checks }) =>
    checks.filter((check) => check.kind === 'broken').map(({ what }) => `${kind}: ${what}`),
  );
}

test('a first release is created, and nothing of it is left where that fails', () => {
  const { code, report } = rehearse();

  expect(broken(report)).toEqual([]);
  expect({ code, verdict: report.verdict }).toEqual({ code: 0, verdict: 'held' });
  const document = readFileSync(path.join(ROOT, 'docs/cli.md'), 'utf8');
  const [, keys = ''] = /^\| `rehearse` +\| (`version`.*?) *\|$/m.exec(document) ?? [];
  expect(
    Object.keys(report)
      .map((key) => `\`${key}\``)
      .join(', '),
  ).toBe(keys);
  expect(report.base).toEqual({ kind: 'none', because: 'this folder is in no git repository' });
  expect(report.plays.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
    ...['forward held', 'sibling-fails held', 'dies-once held', 'dies-always held', 'delete held'],
  ]);
  const noted = report.plays.flatMap(({ kind, checks }) =>
    checks.filter((check) => check.kind === 'noted').map(({ details }) => [kind, ...details]),
  );
  expect(noted).toEqual([
    ['dies-always', 'In this play none came to be: what waits for the migrations is made after them.'],
  ]);
});

/** Times, commits, and what one server prints in another way than the other. */
function alike(printed: string): string {
  return printed
    .replace(/\(\d+(?:\.\d+)? m?s\)/g, '(0.0 s)')
    .replace(/\([0-9a-f]{7}\)/g, '(0000000)')
    .replace(/\bint\(\d+\)/g, 'int')
    .replace(/COLLATE=\w+/g, 'COLLATE=default')
    .replace(/at each of \d+\s+changes/g, 'at each of 0 changes');
}

test('a down that restores too little is found, as docs/rehearse.md shows it', () => {
  commit();
  const up = 'ALTER TABLE user ADD COLUMN team INT NULL, ADD KEY user_name (name)';
  migration('0002_team', up, 'ALTER TABLE user DROP COLUMN team');
  const { code, stdout } = runProgram(folder, ['rehearse', '--report', 'out/report.html']);

  expect(code).toBe(2);
  const document = readFileSync(path.join(ROOT, 'docs/rehearse.md'), 'utf8');
  const [, shown = ''] = /^```\n(rehearsing [^]*?)^```$/m.exec(document) ?? [];
  expect(alike(stdout)).toBe(alike(shown));
  expect(readFileSync(path.join(folder, 'out/report.html'), 'utf8')).toContain('KEY `user_name`');
});

test('Ctrl-C ends the server and all processes, and says so', async () => {
  const child = spawn(process.execPath, [PROGRAM, 'rehearse'], { cwd: folder });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!said.includes('undisturbed …') && (said + text).includes('undisturbed …')) child.kill('SIGINT');
    said += text;
  });
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number];

  expect(said).toContain('stopped; the throwaway server and all processes are ended, and nothing of them is left');
  expect(code).toBe(130);
});

test('Ctrl-C while packages are copied, which ends the copying as well, is no failure of that', async () => {
  const project = JSON.parse(readFileSync(path.join(folder, 'cdk.json'), 'utf8')) as object;
  writeFileSync(path.join(folder, 'cdk.json'), JSON.stringify({ ...project, build: 'true' }));
  commit();
  migration('0002_team', 'ALTER TABLE user ADD COLUMN team INT NULL', 'ALTER TABLE user DROP COLUMN team');
  const programs = mkdtempSync(path.join(folder, 'programs-'));
  writeFileSync(path.join(programs, 'cp'), '#!/bin/sh\nkill -INT $PPID\nkill -INT $$\n', { mode: 0o755 });
  const child = spawn(process.execPath, [PROGRAM, 'rehearse'], {
    cwd: folder,
    env: { ...process.env, PATH: `${programs}:${process.env.PATH ?? ''}` },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number];

  expect(said).toBe(
    'synthesizing the working tree\nstopped; the throwaway server and all processes are ended, and nothing of them is left\n',
  );
  expect(code).toBe(130);
});
