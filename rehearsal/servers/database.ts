import type { Database, DatabaseOptions, DatabaseWay } from './database-types';
import { databaseAt } from './database-url';
import { startDebianServer } from './debian-server';
import { startInstalledServer } from './installed-server';
import { startMemoryServer } from './memory-server';
import { COMMANDS_VARIABLE, findInstalledPrograms, findNamedPrograms } from './server-program';
import { startThrowawayServer } from './throwaway-server';

export type { Database, DatabaseOptions } from './database-types';

/**
 * Finds or starts a database server: the one of `REHEARSAL_DATABASE_URL`, and never that of `DATABASE_URL`, where somebody's data
 * may be; as a throwaway instance one of `DATABASE_SERVER_COMMANDS` or a `mysqld` or `mariadbd` of this machine; npm's `mysql-memory-server` where it is installed; on Debian and Ubuntu, as root, the one of the package
 * mariadb-server-core, which is installed for it. Rejects with one message that lists these ways.
 */
export async function startDatabase(
  options: DatabaseOptions = {},
  ways: readonly DatabaseWay[] = WAYS,
): Promise<Database> {
  const url = process.env[URL_VARIABLE] ?? '';
  if (url !== '') return databaseAt(url, URL_VARIABLE);

  const tried: string[] = [];
  for (const way of ways) {
    const found = await way.start(options);
    if (found.kind === 'started') return found.database;
    tried.push(`${way.name}: ${found.reason}`);
  }
  throw new Error(
    [
      'no database server to rehearse on. Any one of these will do:',
      `- ${URL_VARIABLE}=mysql://user:password@host:port/?ssl-ca=/path/to/ca.pem, a server that may be used for tests`,
      '- MySQL or MariaDB installed here (mysqld or mariadbd on the PATH); it is started as a throwaway instance',
      `- ${COMMANDS_VARIABLE}="/opt/mysql/bin/mysqld --basedir=/opt/mysql", one that is somewhere else`,
      '- npm install --save-dev mysql-memory-server, which downloads MySQL at its first start',
      '- Debian or Ubuntu: apt-get install -y --no-install-recommends mariadb-server-core',
      `tried: ${tried.join('; ')}`,
    ].join('\n'),
  );
}

/**
 * Finds or starts all the servers there are: the one of `REHEARSAL_DATABASE_URL`; or else one of each kind that is on the PATH, and all of
 * `DATABASE_SERVER_COMMANDS`, which go before those of their kind; or else what {@link startDatabase} finds.
 */
export async function startDatabases(options: DatabaseOptions = {}): Promise<readonly Database[]> {
  if ((process.env[URL_VARIABLE] ?? '') !== '') return [await startDatabase(options)];
  const named = await findNamedPrograms();
  const kinds = new Set(named.map(({ kind }) => kind));
  const installed = (await findInstalledPrograms()).filter(({ kind }) => !kinds.has(kind) && kinds.add(kind));
  const programs = [...installed, ...named];
  if (programs.length === 0) return [await startDatabase(options)];
  return Promise.all(programs.map((program) => startThrowawayServer(program, options)));
}

/** Not the name that others have, too: a shell that has theirs for its work must not have its data rehearsed with. */
const URL_VARIABLE = 'REHEARSAL_DATABASE_URL';

const WAYS: readonly DatabaseWay[] = [
  { name: 'a mysqld or mariadbd on this machine', start: (options) => startInstalledServer(options) },
  { name: 'npm mysql-memory-server', start: (options) => startMemoryServer(options) },
  { name: 'apt-get install mariadb-server-core', start: (options) => startDebianServer(options) },
];
