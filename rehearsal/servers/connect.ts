import { readFile } from 'node:fs/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Database } from './database-types';

/** What connecting to a server takes of it. */
export type Reachable = Pick<Database, 'host' | 'port' | 'user' | 'password' | 'caFile'>;

/** Connects to a server as its root user, as somebody beside the functions. */
export async function connectTo(server: Reachable, name?: string): Promise<Connection> {
  const { host, port, user, password, caFile } = server;
  const ssl = caFile === undefined ? undefined : { ca: await readFile(caFile, 'utf8') };
  return createConnection({ host, port, user, password, database: name, ssl });
}
