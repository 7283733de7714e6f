import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createConnection } from 'mysql2/promise';
import { makeCertificates, writeCertificates } from './certificates';
import type { Database, DatabaseFound, DatabaseOptions } from './database-types';
import { urlOf } from './database-url';
import { codeOf, messageOf } from '../error-facts';
import { readGreeting } from './greeting';
import { guard } from './guard';

/** What we use of mysql-memory-server, which is no dependency: whoever wants it installs it. */
interface MemoryServerPackage {
  createDB(options: { readonly version: string; readonly dbName: string }): Promise<{
    readonly port: number;
    readonly username: string;
    stop(): Promise<void>;
  }>;
}

/** Starts npm's mysql-memory-server where it can be resolved from here or from the current folder. */
export async function startMemoryServer(
  options: DatabaseOptions,
  load: () => MemoryServerPackage | undefined = loadPackage,
): Promise<DatabaseFound> {
  const memoryServer = load();
  if (memoryServer === undefined) return { kind: 'unavailable', reason: 'not installed' };
  try {
    return { kind: 'started', database: await start(memoryServer, options) };
  } catch (error) {
    return { kind: 'unavailable', reason: messageOf(error) };
  }
}

function loadPackage(): MemoryServerPackage | undefined {
  for (const from of [__filename, path.join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from)('mysql-memory-server') as MemoryServerPackage;
    } catch (error) {
      if (codeOf(error) !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return undefined;
}

async function start(memoryServer: MemoryServerPackage, options: DatabaseOptions): Promise<Database> {
  const authority = (options.certificates ?? (await makeCertificates())).databaseAuthority;
  // What Aurora MySQL 3 is compatible with.
  const server = await memoryServer.createDB({ version: '8.0.x', dbName: 'rehearsal' });
  const folder = await mkdtemp(path.join(tmpdir(), 'aurora-'));
  const release = await guard({ pids: [], folder });
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    release();
  };
  try {
    const { caFile, certificateFile, keyFile } = await writeCertificates(folder, authority);
    const host = '127.0.0.1';
    const { port } = server;
    const user = 'rehearsal';
    const password = options.password ?? randomBytes(12).toString('hex');
    const connection = await createConnection({ host, port, user: server.username, password: '' });
    try {
      // The package offers neither arguments nor certificates; MySQL takes them while it runs.
      await connection.query('SET GLOBAL ssl_ca = ?, GLOBAL ssl_cert = ?, GLOBAL ssl_key = ?', [
        caFile,
        certificateFile,
        keyFile,
      ]);
      await connection.query('ALTER INSTANCE RELOAD TLS');
      // As of any throwaway server: see launch-server.ts.
      await connection.query('SET GLOBAL event_scheduler = OFF');
      // A user of our own: the package itself goes on logging in as its root, without a password.
      await connection.query('CREATE USER ?@? IDENTIFIED BY ?', [user, '%', password]);
      await connection.query('GRANT ALL PRIVILEGES ON *.* TO ?@? WITH GRANT OPTION', [user, '%']);
    } finally {
      await connection.end();
    }
    const unable = (what: string) => (): Promise<void> =>
      Promise.reject(new Error(`mysql-memory-server cannot ${what} a server on its data`));
    const login = { host, port, user, password, caFile };
    return {
      ...(await readGreeting({ host, port })),
      ...login,
      url: urlOf(login),
      ownServer: true,
      stop,
      kill: unable('kill'),
      restart: unable('restart'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
