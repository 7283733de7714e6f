import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createConnection, type Connection, type ConnectionOptions, type SslOptions } from 'mysql2';
import { DRIVER_OPTIONS, openStream, type Session } from '../../lambda/edges/database/mysql';
import { databaseOf } from '../../lambda/edges/database/database-of';
import { prepareSession } from '../../lambda/edges/database/prepare-session';
import { TRY_MS } from '../../lambda/edges/database/network-problem';
import type { Database as Server } from '../../rehearsal/servers/database';
import type { DatabaseUrl } from './database-url';

/** How a server is reached. */
export type ServerLogin =
  | Pick<Server, 'host' | 'port' | 'user' | 'password' | 'caFile'>
  | Pick<DatabaseUrl, 'host' | 'port' | 'socket' | 'user' | 'password' | 'encryption'>;

/** The session cannot be put into the state in which the function has its own. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}

/** Opens a session in the state in which the function has its own. `signal`: see {@link connectBare}. */
export async function openSession(server: ServerLogin, name: string, signal?: AbortSignal): Promise<Session> {
  const client = await connectBare(server, name, signal);
  const database = databaseOf(client, name);
  const { obstacle } = await prepareSession((statement) => database.query(statement));
  if (obstacle === null) return { database, close: () => client.destroy() };
  client.destroy();
  throw new Unfit(`the server at ${server.host}:${server.port} cannot be used: ${obstacle}`);
}

/**
 * Connects, without a database where none is named.
 *
 * @param signal where aborted, the connection is gone at once, whatever goes on in it
 */
export function connectBare(server: ServerLogin, name?: string, signal?: AbortSignal): Promise<Connection> {
  const { host, port, user, password } = server;
  const client = createConnection({
    host,
    port,
    user,
    password,
    ...(name === undefined ? {} : { database: name }),
    ...DRIVER_OPTIONS,
    connectTimeout: TRY_MS,
    ...wayTo(server),
  });
  // The server may be ended before connections that were only destroyed are gone.
  client.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      client.destroy();
      // The driver only says that it has no more to send: where the server is busy, that keeps the process for as long.
      (client as Connection & { readonly stream: Socket }).stream.destroy();
      reject(signal?.reason as Error);
    };
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    client.connect((error) => (error === null ? resolve(client) : reject(error)));
  });
}

/** Sends one statement as it is. */
export function sent(client: Connection, statement: string): Promise<unknown> {
  return new Promise<unknown>((resolve, reject) =>
    client.query(statement, (error, result) => (error === null ? resolve(result) : reject(error))),
  );
}

/** Sends one statement in a session of its own, in no database. */
export async function sentAside(server: ServerLogin, statement: string): Promise<unknown> {
  const client = await connectBare(server);
  try {
    return await sent(client, statement);
  } finally {
    client.destroy();
  }
}

function wayTo(server: ServerLogin): Pick<ConnectionOptions, 'ssl' | 'socketPath' | 'stream'> {
  if ('encryption' in server) {
    const { socket, encryption } = server;
    return socket === null ? { ...sslOf(encryption), stream: () => openStream(server) } : { socketPath: socket };
  }
  const { caFile } = server;
  return caFile === undefined ? {} : { ssl: { ca: readFileSync(caFile, 'utf8') } };
}

function sslOf(encryption: DatabaseUrl['encryption']): { readonly ssl?: SslOptions } {
  switch (encryption.kind) {
    case 'none':
      return {};
    case 'unverified':
      return { ssl: { rejectUnauthorized: false, minVersion: 'TLSv1.2' } };
    case 'verified': {
      const ca = encryption.caFile === null ? {} : { ca: readFileSync(encryption.caFile, 'utf8') };
      return { ssl: { ...ca, rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' } };
    }
    default:
      return encryption satisfies never;
  }
}
