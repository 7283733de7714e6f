import { readFileSync } from 'node:fs';
import { createConnection, type Connection } from 'mysql2';
import { DRIVER_OPTIONS } from '../../lambda/edges/database/mysql';
import type { TestServer } from '../servers';

/** A server, and how scenes speak to it. */
export interface SceneServer extends TestServer {
  /** Whether TLS is a part of what is tested. */
  readonly wantsTls?: boolean;
}

/**
 * Without TLS on a server of ours: it takes a fifth of all that such a test does. How the function itself connects, always with TLS, is the
 * subject of others, and whole stacks do so.
 */
export function connectTo(server: SceneServer, database?: string): Connection {
  const isPlain = server.ownServer && server.wantsTls !== true;
  const connection = createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    ...(database === undefined ? {} : { database }),
    ...DRIVER_OPTIONS,
    ...(isPlain || server.caFile === undefined ? {} : { ssl: { ca: readFileSync(server.caFile, 'utf8') } }),
  });
  connection.on('error', () => undefined);
  return connection;
}

/** A row of `SHOW FULL PROCESSLIST`. */
export interface SessionRow {
  readonly Id: number;
  readonly db: string | null;
  readonly Command: string;
  readonly State: string | null;
  readonly Info: string | null;
}
