import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { servers } from '../servers';

const folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-test-'));
const program = path.join(folder, 'program.cjs');
beforeAll(() => {
  buildSync({
    entryPoints: [path.join(__dirname, 'fixtures/program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  copyFileSync(path.join(__dirname, '../../rehearsal/function/runtime.cjs'), path.join(folder, 'runtime.cjs'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Installed here, and started in a fraction of the time that a MySQL takes. */
const hasMariaDb = servers().some(({ kind, program }) => kind === 'mariadb' && program?.ownFiles.length === 0);

interface Running {
  readonly pids: readonly number[];
  readonly folders: readonly string[];
}

/** What runs, and when each process of it began: a busy machine soon gives a number to another one. */
interface Begun extends Running {
  readonly begun: readonly string[];
}

/** Starts a program that runs a server and two functions, a busy and a frozen one. */
async function start(end: string): Promise<{ readonly child: ChildProcess; readonly running: Begun }> {
  const env = { ...process.env, REHEARSAL_DATABASE_URL: '', ...(hasMariaDb && { DATABASE_SERVER_COMMANDS: '' }) };
  const child = spawn(process.execPath, [program, end], {
    stdio: ['ignore', 'pipe', end === 'throw' ? 'ignore' : 'inherit'],
    env,
  });
  const told = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const ended = once(child, 'close').then((how) =>
    Promise.reject(new Error(`it told nothing, and ended: ${how.join()}`)),
  );
  const [line] = await Promise.race([told, ended]);
  ended.catch(() => undefined);
  const running = JSON.parse(line) as Running;
  return { child, running: { ...running, begun: processes(running.pids) } };
}

async function untilGone(running: Begun): Promise<void> {
  while (running.folders.some((each) => existsSync(each)) || alive(running).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function alive({ pids, begun }: Begun): readonly string[] {
  return processes(pids).filter((each) => begun.includes(each));
}

/** Numbers and beginnings of those that run. One that has ended does not, though nobody may have fetched its exit code yet. */
function processes(pids: readonly number[]): readonly string[] {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,pid=,lstart=', '-p', pids.join()], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (/^(?:Z|$)/.test(line) ? [] : line.replace(/^\S+\s+/, '')));
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('nothing outlives a program that gets a %s', async (signal) => {
  const { child, running } = await start('wait');
  expect(running.pids).toHaveLength(3);
  expect(alive(running)).toHaveLength(3);
  child.kill(signal);
  await untilGone(running);
});

test.each(['throw', 'exit'])('nothing outlives a program that ends by itself: %s', async (end) => {
  const { running } = await start(end);
  await untilGone(running);
});

test('a program whose rehearsal was stopped ends by itself', async () => {
  const { child, running } = await start('stop');
  if (child.exitCode === null) await once(child, 'exit');
  expect(alive(running)).toEqual([]);
});
