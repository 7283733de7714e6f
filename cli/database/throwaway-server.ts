import { CannotStart } from '../../rehearsal/servers/cannot-start';
import type { Database as Server } from '../../rehearsal/servers/database-types';
import { startInstalledServer } from '../../rehearsal/servers/installed-server';
import { startMemoryServer } from '../../rehearsal/servers/memory-server';
import { ExpectedFailure } from '../expected-failure';

/** What is said where no server can be started. */
interface Said {
  /** Such as `there is no server to prove on; nothing was run`. */
  readonly lack: string;
  /** Behind what a server says that does not start: `Nothing was run`. */
  readonly state: string;
  /** Lines for ways to a server beside those that there are for all. */
  readonly otherWays?: readonly string[];
}

/** Starts a server that nobody else uses. */
export async function throwawayServer(args: readonly string[], { lack, state, otherWays = [] }: Said): Promise<Server> {
  const tried: string[] = [];
  for (const start of [startInstalledServer, startMemoryServer]) {
    const found = await start({ fast: true, args }).catch((error: unknown) => {
      throw error instanceof CannotStart ? new ExpectedFailure('no-server', `${error.message}\n${state}`) : error;
    });
    if (found.kind === 'started') return found.database;
    tried.push(found.reason);
  }
  throw new ExpectedFailure(
    'no-server',
    [
      `${lack}. Any one of these will do:`,
      '- MySQL or MariaDB installed here (mysqld or mariadbd on the PATH): it is started as a throwaway server',
      '  Debian or Ubuntu: apt-get install -y --no-install-recommends mariadb-server-core',
      '  macOS: brew install mysql',
      '- npm install --save-dev mysql-memory-server, which downloads MySQL at its first start',
      ...otherWays,
      `tried: ${tried.join('; ')}`,
    ].join('\n'),
  );
}

/** What a server is: `MariaDB 10.11.14`. */
export function productOf({ kind, version }: Pick<Server, 'kind' | 'version'>): string {
  return `${kind === 'mysql' ? 'MySQL' : 'MariaDB'} ${/^[\d.]+/.exec(version)?.[0] ?? version}`;
}
