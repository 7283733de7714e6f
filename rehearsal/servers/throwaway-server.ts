import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from './cannot-start';
import { makeCertificates, writeCertificates } from './certificates';
import type { Database, DatabaseOptions } from './database-types';
import { urlOf } from './database-url';
import { messageOf } from '../error-facts';
import { findFreePort } from './free-port';
import { type Greeting, readGreeting } from './greeting';
import { guard, type Release } from './guard';
import { launchServer, type RunningServer, type ServerStart } from './launch-server';
import type { ServerProgram } from './server-program';

/** A server that we started, of which others like it can be started. */
export type ThrowawayServer = Database & { readonly program: ServerProgram; readonly caFile: string };

/** Starts a server of its own on a free loopback port, in a temporary folder, with TLS and a root password. */
export async function startThrowawayServer(program: ServerProgram, options: DatabaseOptions): Promise<ThrowawayServer> {
  const authority = (options.certificates ?? (await makeCertificates())).databaseAuthority;
  const folder = await mkdtemp(path.join(tmpdir(), 'aurora-'));
  const password = options.password ?? randomBytes(12).toString('hex');
  const { caFile, certificateFile, keyFile } = await writeCertificates(folder, authority);
  const args = [
    ...[`--ssl-ca=${caFile}`, `--ssl-cert=${certificateFile}`, `--ssl-key=${keyFile}`],
    ...(options.fast === true ? FAST : []),
    ...(options.args ?? []),
  ];

  const releaseFolder = await guard({ pids: [], folder });
  let release: Release = releaseFolder;
  let server: RunningServer | undefined;

  async function start(kind: ServerStart['kind'], port: number): Promise<Greeting> {
    const started = await launchServer(program, { kind, folder, port, password, args });
    server = started;
    const releaseOld = release;
    release = await guard({ pids: [started.pid], folder });
    releaseOld();
    return waitForGreeting(started);
  }

  async function kill(): Promise<void> {
    const killed = server;
    server = undefined;
    await killed?.kill();
  }

  async function stop(): Promise<void> {
    await kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    release();
  }

  try {
    const { port, greeting } = await startOnFreePort((port) => start('first', port), kill);
    const login = { host: '127.0.0.1', port, user: 'root', password, caFile };
    return {
      ...greeting,
      ...login,
      url: urlOf(login),
      ownServer: true,
      program,
      stop,
      kill,
      async restart() {
        await kill();
        await start('again', port);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

// For demonstrations and tests that are not about crashes: nothing is forced to the disk.
const FAST = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=OFF',
  '--skip-log-bin',
  '--loose-innodb-flush-method=nosync',
  // MariaDB's, which forces each definition of a table to the disk three times all the same.
  '--loose-debug-no-sync',
];

/** Another process may take the port between our looking and the server's listening: then it is tried on another one. */
async function startOnFreePort(
  start: (port: number) => Promise<Greeting>,
  kill: () => Promise<void>,
): Promise<{ readonly port: number; readonly greeting: Greeting }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { port, greeting: await start(port) };
    } catch (error) {
      await kill();
      const taken = /address already in use|Bind on TCP\/IP port/i.test(messageOf(error));
      if (!taken || attempt === 3) throw error;
    }
  }
}

/** A server may tell a full disk by a number only, among lines that say other things. */
const NO_ROOM = /No space left on device|\b(?:error|errno:?) 28\b/i;

/**
 * By the socket in its own folder, which it makes once it has its port: at the port may be somebody else's server, where this one is
 * about to end since the port is taken.
 */
async function waitForGreeting(server: RunningServer): Promise<Greeting> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      return await readGreeting({ path: server.socketPath });
    } catch (error) {
      if (server.hasEnded()) {
        const said = await server.tail();
        const why = NO_ROOM.test(said) ? ', since there is no room for its data (set TMPDIR, or make room)' : '';
        throw new CannotStart(`the database server ended while it started${why}:\n${said}`);
      }
      if (Date.now() > deadline) {
        throw new CannotStart(`the database server did not come up within 120 s:\n${await server.tail()}`, {
          cause: error,
        });
      }
      await sleep(5);
    }
  }
}
