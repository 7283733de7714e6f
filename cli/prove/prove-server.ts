import { randomBytes } from 'node:crypto';
import { messageOf } from '../../rehearsal/error-facts';
import type { Database as Server } from '../../rehearsal/servers/database';
import { databaseAt } from '../../rehearsal/servers/database-url';
import { ESCAPES, LOOPBACK } from '../database/database-url';
import { connectBare, sent } from '../database/open-session';
import { throwawayServer } from '../database/throwaway-server';
import { EXIT_CODE } from '../exit-code';
import { ExpectedFailure } from '../expected-failure';
import type { StageServer } from './stage';
import { tryToMake } from './server/missing-right';

/** A server to prove on, and the schema that may be made there. */
export interface ProveServer {
  readonly server: Server & Pick<StageServer, 'holdsNothingElse'>;
  readonly schema: string;
}

/**
 * Finds a server: the one of a URL, if it is on this machine, or else a throwaway one of a program that is installed.
 *
 * @param schema name of the schema; null where any will do
 */
export async function findServer(url: string | null, schema: string | null): Promise<ProveServer> {
  if (url !== null) return foundAt(url, schema);
  const server = await throwawayServer([], {
    lack: 'there is no server to prove on; nothing was run',
    state: 'Nothing was run',
    otherWays: ['- --url mysql://user:password@127.0.0.1:3306, a server on this machine on which a schema may be made'],
  });
  return { server: { ...server, holdsNothingElse: true }, schema: schema ?? 'prove' };
}

async function foundAt(url: string, schema: string | null): Promise<ProveServer> {
  const host = hostOf(url);
  if (!LOOPBACK.test(host)) {
    throw new ExpectedFailure(
      'not-loopback',
      `--url names the host ${host}, which is not this machine; nothing was run. Migrations are played forward and back, ` +
        'again and again, and that belongs on no server but one of this machine: leave --url away for a throwaway one',
      EXIT_CODE.found,
    );
  }
  const server = await databaseAt(url, '--url').catch((error: unknown) => {
    throw new ExpectedFailure('cannot-connect', `${messageOf(error)}; nothing was run`);
  });
  const name = schema ?? `prove_${randomBytes(4).toString('hex')}`;
  const schemas = await schemasOf(server);
  if (schemas.some((other) => other.toLowerCase() === name.toLowerCase())) {
    throw new ExpectedFailure(
      'no-server',
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
    throw new ExpectedFailure(
      'cannot-connect',
      `the server at ${server.host}:${server.port} lets nobody in: ${messageOf(error)}; nothing was run`,
    );
  });
  try {
    const rows = await sent(client, 'SHOW DATABASES');
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
    throw new ExpectedFailure(
      'url-unusable',
      `--url is no URL; expected mysql://user:password@127.0.0.1:3306; ${ESCAPES}. Nothing was run`,
    );
  }
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
