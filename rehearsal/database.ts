import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { databaseAt } from './database-url';
import type { Database, DatabaseOptions } from './database-types';
import { startMemoryServer } from './memory-server';
import { programLauncher } from './program-launcher';
import { findMysqlScript, scriptLauncher } from './script-launcher';
import { findServerPrograms } from './server-program';
import { startThrowawayServer } from './throwaway-server';

export type { Database, DatabaseOptions } from './database-types';

/**
 * Finds or starts a database server: the one of `DATABASE_URL`; a `mysqld` or `mariadbd` of this machine as a throwaway
 * instance; npm's `mysql-memory-server` where it is installed; on Debian and Ubuntu, as root, the one of the package
 * mariadb-server-core, which is installed for it. Rejects with one message that lists these ways.
 */
export async function startDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const url = process.env.DATABASE_URL;
  if (url !== undefined && url !== '') return databaseAt(url);

  const tried: string[] = [];
  const installed = await startInstalledServer(options);
  if (installed !== undefined) return installed;
  tried.push('a mysqld or mariadbd on this machine: none found');

  const memory = await startMemoryServer(options);
  if (memory.kind === 'started') return memory.database;
  tried.push(`npm mysql-memory-server: ${memory.reason}`);

  const missing = await installMariadb();
  const added = missing === undefined ? await startInstalledServer(options) : undefined;
  if (added !== undefined) return added;
  tried.push(`apt-get install mariadb-server-core: ${missing ?? 'installed, but no server was found afterwards'}`);

  throw new Error(
    [
      'no database server to rehearse on. Any one of these will do:',
      '- DATABASE_URL=mysql://user:password@host:port/?ssl-ca=/path/to/ca.pem, a server that may be used for tests',
      '- MySQL or MariaDB installed here (mysqld or mariadbd on the PATH); it is started as a throwaway instance',
      '- npm install --save-dev mysql-memory-server, which downloads MySQL at its first start',
      '- Debian or Ubuntu: apt-get install -y --no-install-recommends mariadb-server-core',
      `tried: ${tried.join('; ')}`,
    ].join('\n'),
  );
}

/**
 * Starts real MySQL, for tests that must not run on MariaDB only; undefined where this machine has none.
 */
export async function startMysql(options: DatabaseOptions = {}): Promise<Database | undefined> {
  const program = (await findServerPrograms()).find(({ kind }) => kind === 'mysql');
  if (program !== undefined) return startThrowawayServer(programLauncher(program), options);
  const script = await findMysqlScript();
  return script === undefined ? undefined : startThrowawayServer(await scriptLauncher(script), options);
}

async function startInstalledServer(options: DatabaseOptions): Promise<Database | undefined> {
  const programs = await findServerPrograms();
  // Aurora is MySQL, so that it is the better rehearsal where there are both.
  const program = programs.find(({ kind }) => kind === 'mysql') ?? programs[0];
  return program && startThrowawayServer(programLauncher(program), options);
}

/** Installs Debian's server; returns why not, where that is so. */
async function installMariadb(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'only on Debian and Ubuntu';
  if (process.getuid?.() !== 0) return 'only as root';
  const apt = (...args: string[]): Promise<unknown> =>
    promisify(execFile)('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    });
  const install = (): Promise<unknown> => apt('install', '-y', '--no-install-recommends', 'mariadb-server-core');
  try {
    // A fresh container has no package lists; one that has them need not wait for new ones.
    await install().catch(async () => {
      await apt('update');
      await install();
    });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: unknown };
    if (code === 'ENOENT') return 'there is no apt-get';
    return (
      String(stderr ?? error)
        .trim()
        .split('\n')
        .at(-1) ?? 'failed'
    );
  }
}
