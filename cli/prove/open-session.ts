import { readFileSync } from 'node:fs';
import { createConnection, type Connection } from 'mysql2';
import { CLIENT_FLAGS, databaseOf } from '../../lambda/edges/mysql';
import { prepareSession } from '../../lambda/edges/prepare-session';
import type { Database } from '../../lambda/ports';
import type { Database as Server } from '../../rehearsal/servers/database';

/** How a server is reached. */
export type ServerLogin = Pick<Server, 'host' | 'port' | 'user' | 'password' | 'caFile'>;

export interface OpenSession {
  readonly database: Database;
  close(): void;
}

/** Opens a session in the state in which the function has its own. */
export async function openSession(server: ServerLogin, name: string): Promise<OpenSession> {
  const client = await connected(server, name, false);
  const database = databaseOf(client, name, () => connected(server, name, true));
  return { database, close: () => client.destroy() };
}

async function connected(server: ServerLogin, name: string, multipleStatements: boolean): Promise<Connection> {
  const client = await connectBare(server, name, multipleStatements);
  const { obstacle } = await prepareSession((statement) => databaseOf(client, name).query(statement));
  if (obstacle === null) return client;
  client.destroy();
  throw new Error(`the server at ${server.host}:${server.port} cannot be used: ${obstacle}`);
}

/** Connects, without a database where none is named. */
export function connectBare(server: ServerLogin, name?: string, multipleStatements = false): Promise<Connection> {
  const { host, port, user, password, caFile } = server;
  const client = createConnection({
    host,
    port,
    user,
    password,
    ...(name === undefined ? {} : { database: name }),
    charset: 'utf8mb4',
    timezone: 'Z',
    flags: CLIENT_FLAGS,
    multipleStatements,
    ...(caFile === undefined ? {} : { ssl: { ca: readFileSync(caFile, 'utf8') } }),
  });
  // The server may be ended before connections that were only destroyed are gone.
  client.on('error', () => undefined);
  return new Promise((resolve, reject) =>
    client.connect((error) => (error === null ? resolve(client) : reject(error))),
  );
}
