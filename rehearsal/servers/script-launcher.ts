import { execFile } from 'node:child_process';
import { access, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findOrMakeTemplate, tailOf } from './data-folder';
import { codeOf } from '../error-facts';
import { findFreePort, readGreeting } from './greeting';
import { parseServerVersion } from './server-program';
import type { Launcher } from './throwaway-server';

const execute = promisify(execFile);

/** Where a script that runs real MySQL lies beside this repository, in some of the places where it is developed. */
export async function findMysqlScript(from = __dirname): Promise<string | undefined> {
  // Compiled code lies one folder deeper than its source does.
  for (const root of [path.dirname(from), path.dirname(path.dirname(from))]) {
    const script = path.join(root, '../shared/tools/mysql9.sh');
    if (await isThere(script)) return script;
  }
  return undefined;
}

/** Starts MySQL by that script, which brings the server's program with it. */
export async function scriptLauncher(script: string): Promise<Launcher> {
  const version = await install(script);
  return {
    async launch(start) {
      const environment = { ...process.env, MYSQL9_ARGS: start.args.join(' ') };
      if (start.kind === 'again') {
        // A killed server leaves its lock, and the new one refuses to start while the old one's process lingers.
        await rm(path.join(start.folder, 'server.sock.lock'), { force: true });
        await execute('bash', [script, 'restart', start.folder, String(start.port)], { env: environment });
      } else {
        // The script makes its template folder where there is none, but not safely for two at once.
        const template = await findOrMakeTemplate(`mysql-script-${version}`, async (folder) => {
          const first = { ...process.env, MYSQL9_TEMPLATE: path.join(folder, 'template'), MYSQL9_ARGS: '' };
          const scratch = path.join(folder, 'scratch');
          await execute('bash', [script, 'start', scratch, String(await findFreePort())], { env: first });
          await execute('bash', [script, 'drop', scratch]);
        });
        await execute('bash', [script, 'start', start.folder, String(start.port), start.password], {
          env: { ...environment, MYSQL9_TEMPLATE: path.join(template, 'template') },
        });
      }
      const pid = Number(await readFile(path.join(start.folder, 'server.pid'), 'utf8'));
      if (!Number.isInteger(pid) || pid <= 1) throw new Error(`${script} did not say which process its server is`);
      return {
        pid,
        hasEnded: () => !isAlive(pid),
        untilGone: () => goneFrom(start.port),
        tail: () => tailOf(path.join(start.folder, 'server.log')),
      };
    },
  };
}

async function install(script: string): Promise<string> {
  const home =
    process.env.MYSQL9_HOME ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'real-mysql9');
  const program = path.join(home, 'run');
  if (!(await isThere(program))) await execute('bash', [script, 'install'], { maxBuffer: 64 * 1024 * 1024 });
  const { stdout } = await execute(program, ['mysqld', '--no-defaults', '--version']);
  return parseServerVersion(stdout)?.version ?? 'unknown';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The server is no child of ours, so that nobody tells us when it ends: its port does. */
async function goneFrom(port: number): Promise<void> {
  for (;;) {
    const listening = await readGreeting('127.0.0.1', port).then(
      () => true,
      (error: unknown) => codeOf(error) !== 'ECONNREFUSED',
    );
    if (!listening) return;
    await sleep(20);
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
