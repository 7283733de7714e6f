import { CannotStart } from '../../../rehearsal/servers/cannot-start';
import type { Database } from '../../../rehearsal/servers/database-types';
import { startInstalledServer } from '../../../rehearsal/servers/installed-server';
import { startMemoryServer } from '../../../rehearsal/servers/memory-server';
import { ExpectedFailure } from '../../expected-failure';
import { STATEMENT_LOG_ARGUMENTS } from './statement-log';

/**
 * Starts a server that nobody else uses. Never the one of DATABASE_URL: databases are made and dropped under the names that the
 * template has, which may be those of somebody's data.
 */
export async function throwawayDatabase(): Promise<Database> {
  const tried: string[] = [];
  for (const start of [startInstalledServer, startMemoryServer]) {
    const found = await start({ fast: true, args: [...STATEMENT_LOG_ARGUMENTS] }).catch((error: unknown) => {
      throw error instanceof CannotStart
        ? new ExpectedFailure('no-server', `${error.message}\nNothing was played`)
        : error;
    });
    if (found.kind === 'started') return found.database;
    tried.push(found.reason);
  }
  throw new ExpectedFailure(
    'no-server',
    [
      'there is no database server to rehearse on, and nothing was played. Any one of these will do:',
      '- MySQL or MariaDB installed here (mysqld or mariadbd on the PATH): it is started as a throwaway server',
      '  Debian or Ubuntu: apt-get install -y --no-install-recommends mariadb-server-core',
      '  macOS: brew install mysql',
      '- npm install --save-dev mysql-memory-server, which downloads MySQL at its first start',
      `tried: ${tried.join('; ')}`,
    ].join('\n'),
  );
}

/** `MariaDB 10.11.14`. */
export function nameOf({ kind, version }: Database): string {
  return `${kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}
