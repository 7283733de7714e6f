import { randomBytes } from 'node:crypto';
import type { Database as Server } from '../../rehearsal/servers/database';
import { CannotStart } from '../../rehearsal/servers/cannot-start';
import { databaseAt } from '../../rehearsal/servers/database-url';
import { startInstalledServer } from '../../rehearsal/servers/installed-server';
import { startMemoryServer } from '../../rehearsal/servers/memory-server';
import { ESCAPES } from '../database/database-url';
import { connectBare } from '../database/open-session';
import type { StageServer } from './stage';
import { tryToMake } from './server/missing-right';
import { NoServer } from './server/no-server';

/** A server to prove on, and the schema that may be made there. */
export interface ProveServer {
  readonly server: Server & Pick<StageServer, 'holdsNothingElse'>;
  readonly schema: string;
}

/** Whose names mean this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/i;

/**
 * Finds a server: the one of a URL, if it is on this machine, or else a throwaway one of a program that is installed.
 *
 * @param schema name of the schema; null where any will do
 */
export async function findServer(url: string | null, schema: string | null): Promise<ProveServer> {
  if (url !== null) return foundAt(url, schema);
  const tried: string[] = [];
  for (const start of [startInstalledServer, startMemoryServer]) {
    const found = await start({ fast: true }).catch((error: unknown) => {
      throw error instanceof CannotStart ? new NoServer(`${error.message}\nNothing was run`) : error;
    });
    if (found.kind === 'started') {
      return { server: { ...found.database, holdsNothingElse: true }, schema: schema ?? 'prove' };
    }
    tried.push(found.reason);
  }
  throw new NoServer(
    [
      'there is no server to prove on; nothing was run. Any one of these will do:',
      '- MySQL or MariaDB installed here (mysqld or mariadbd on the PATH): it is started as a throwaway server',
      '  Debian or Ubuntu: apt-get install -y --no-install-recommends mariadb-server-core',
      '  macOS: brew install mysql',
      '- npm install --save-dev mysql-memory-server, which downloads MySQL at its first start',
      '- --url mysql://user:password@127.0.0.1:3306, a server on this machine on which a schema may be made',
      `tried: ${tried.join('; ')}`,
    ].join('\n'),
  );
}

async function foundAt(url: string, schema: string | null): Promise<ProveServer> {
  const host = hostOf(url);
  if (!LOOPBACK.test(host)) {
    throw new NoServer(
      `--url names the host ${host}, which is not this machine; nothing was run. Migrations are played forward and back, ` +
        'again and again, and that belongs on no server but one of this machine: leave --url away for a throwaway one',
      'not-loopback',
    );
  }
  const server = await databaseAt(url, '--url').catch((error: unknown) => {
    throw new NoServer(`${said(error)}; nothing was run`, 'cannot-connect');
  });
  const name = schema ?? `prove_${randomBytes(4).toString('hex')}`;
  const schemas = await schemasOf(server);
  if (schemas.some((other) => other.toLowerCase() === name.toLowerCase())) {
    throw new NoServer(
      `there is a schema ${name} on the server of --url already; nothing was run. A schema of our own is made and dropped: ` +
        'give another name with --schema, or none',
    );
  }
  await tryToMake({ server, schema: name, isAny: schema === null });
  return { server, schema: name };
}

/** Names of the schemas on a server. */
export async function schemasOf(server: Server): Promise<readonly string[]> {
  const client = await connectBare(server).catch((error: unknown) => {
    throw new NoServer(
      `the server at ${server.host}:${server.port} lets nobody in: ${said(error)}; nothing was run`,
      'cannot-connect',
    );
  });
  try {
    const rows = await new Promise<unknown>((resolve, reject) =>
      client.query('SHOW DATABASES', (error, found) => (error === null ? resolve(found) : reject(error))),
    );
    return (rows as readonly Readonly<Record<string, string>>[]).flatMap((row) => Object.values(row));
  } finally {
    client.destroy();
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    // The text may hold a password: it is not repeated.
    throw new NoServer(
      `--url is no URL; expected mysql://user:password@127.0.0.1:3306; ${ESCAPES}. Nothing was run`,
      'url-unusable',
    );
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is left when somebody stops it. `isGone`: where the server does not answer any more. */
export function stateAfter(on: ProveServer | null, isGone = false): string {
  if (on === null) return 'no server had been started';
  if (isGone && !on.server.ownServer)
    return `drop the schema ${on.schema} when the server is back: it may be there still`;
  return on.server.ownServer
    ? 'the throwaway server is ended, and nothing of it is left'
    : `the schema ${on.schema} is dropped, and nothing else was touched`;
}
