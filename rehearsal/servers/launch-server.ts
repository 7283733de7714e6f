import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CannotStart } from './cannot-start';
import { commonArguments, createDataFolder, tailOf } from './data-folder';
import type { ServerProgram } from './server-program';

/** A server process that was started. */
export interface RunningServer {
  readonly pid: number;
  /** Of its own Unix socket. */
  readonly socketPath: string;
  /** Kills it, and resolves when it is gone. By the process and not by its number, which may be another's once it is gone. */
  kill(): Promise<void>;
  /** Whether the process is known to have ended. */
  hasEnded(): boolean;
  /** What the server said last, for an error message. */
  tail(): Promise<string>;
}

/** How a server is started in a folder: the first time, and again on the data that are there. */
export interface ServerStart {
  readonly kind: 'first' | 'again';
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  /** Arguments for the server: TLS, durability, the caller's. */
  readonly args: readonly string[];
}

/** Starts a server program of this machine, and does not wait until it listens. */
export async function launchServer(program: ServerProgram, start: ServerStart): Promise<RunningServer> {
  const data = path.join(start.folder, 'data');
  const initFile = path.join(start.folder, 'init.sql');
  if (start.kind === 'first') {
    await createDataFolder(program, data, start.args);
    await writeFile(initFile, rootAccounts(program, start.password), { mode: 0o600 });
  } else {
    await writeFile(initFile, '');
  }
  return spawnServer(program, start, [
    ...commonArguments(program),
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${start.port}`,
    `--socket=${socketIn(start.folder)}`,
    `--pid-file=${path.join(start.folder, 'server.pid')}`,
    `--init-file=${initFile}`,
    `--tmpdir=${start.folder}`,
    // Aurora's default; MariaDB's was latin1 for long.
    '--character-set-server=utf8mb4',
    // An event that a migration makes would run whenever it is its time, and what it does would be laid to the migration.
    '--event-scheduler=OFF',
    ...(program.kind === 'mysql' ? ['--loose-mysqlx=OFF', '--secure-file-priv=NULL'] : []),
    ...start.args,
  ]);
}

async function spawnServer(
  program: ServerProgram,
  { folder }: ServerStart,
  args: readonly string[],
): Promise<RunningServer> {
  const logFile = path.join(folder, 'server.log');
  const log = await open(logFile, 'w');
  try {
    const [file, ...words] = program.command;
    const child = spawn(file, [...words, ...args], {
      stdio: ['ignore', log.fd, log.fd],
      // Out of our process group: a Ctrl-C in the terminal is for us to handle, the guard ends the server.
      detached: true,
      cwd: folder,
    });
    const gone = once(child, 'exit');
    await once(child, 'spawn');
    child.unref();
    if (child.pid === undefined) throw new CannotStart(`${program.command.join(' ')} did not start`);
    return {
      pid: child.pid,
      socketPath: socketIn(folder),
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      async kill() {
        // Whoever waits for the end must not be let go by an event loop that has nothing else to do.
        child.ref();
        child.kill('SIGKILL');
        await gone;
      },
      tail: () => tailOf(logFile),
    };
  } finally {
    await log.close();
  }
}

function socketIn(folder: string): string {
  return path.join(folder, 'server.sock');
}

/** Root by TCP with a password. An initialised data directory only has a root that no network client can be. */
function rootAccounts(program: ServerProgram, password: string): string {
  const quoted = `'${password.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`;
  return ['localhost', '127.0.0.1', '::1']
    .flatMap((host) => {
      const create =
        program.kind === 'mariadb'
          ? `CREATE OR REPLACE USER root@'${host}' IDENTIFIED BY ${quoted};`
          : host === 'localhost'
            ? `ALTER USER root@localhost IDENTIFIED BY ${quoted};`
            : `CREATE USER IF NOT EXISTS root@'${host}' IDENTIFIED BY ${quoted};`;
      return [create, `GRANT ALL PRIVILEGES ON *.* TO root@'${host}' WITH GRANT OPTION;`];
    })
    .map((statement) => `${statement}\n`)
    .join('');
}
