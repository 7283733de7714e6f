import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
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

/** Starts a program that runs a server and two functions, a busy and a frozen one. */
async function start(end: string): Promise<{ readonly child: ChildProcess; readonly running: Running }> {
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
  return { child, running: JSON.parse(line) as Running };
}

async function untilGone({ pids, folders }: Running): Promise<void> {
  while (folders.some((each) => existsSync(each)) || pids.some(isAlive)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One that has ended counts as gone, though nobody may have fetched its exit code yet. */
function isAlive(pid: number): boolean {
  try {
    return !/^Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('nothing outlives a program that gets a %s', async (signal) => {
  const { child, running } = await start('wait');
  expect(running.pids).toHaveLength(3);
  expect(running.pids.every(isAlive)).toBe(true);
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
  expect(running.pids.filter(isAlive)).toEqual([]);
});
