import type { Connection, ResultSetHeader } from 'mysql2';
import serverlessMysql from 'serverless-mysql';
import type { Database, Row, Written } from '../engine/ports';
import { ConnectionLost, ServerError } from '../engine/ports';
import type { Credentials } from './secret';

/** Where the database is. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/** An open session. */
export interface Session {
  readonly database: Database;
  /** Ends the session at once; the server frees its lock. */
  close(): void;
}

/** Connecting failed, with the driver's own code. */
export class CannotConnect extends Error {
  override readonly name = 'CannotConnect';

  constructor(
    /** A Node.js or MySQL error code, such as `ECONNREFUSED` or `ER_ACCESS_DENIED_ERROR`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** One attempt. A paused Aurora accepts nothing for 15 to 30 s; a missing route never does. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Connects once with serverless-mysql, which hands over its client. Nothing is ever run through serverless-mysql's `query()`: after a lost connection it runs the
 * statement again, on a session that has no lock.
 */
export async function connect(address: Address, { username, password }: Credentials): Promise<Session> {
  let original: unknown;
  const mysql = serverlessMysql({
    config: {
      host: address.host,
      port: address.port,
      user: username,
      password,
      database: address.database,
      charset: 'utf8mb4',
      timezone: 'Z',
      connectTimeout: CONNECT_TIMEOUT_MS,
      // The certificate is verified against NODE_EXTRA_CA_CERTS; the host's name must be in it.
      ssl: { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2' },
      // The server refuses a text that our splitter took for one statement and that is two.
      multipleStatements: false,
      enableKeepAlive: true,
    },
    // It would try again 50 times, after each time-out too: minutes without a word. The caller has the patience and the log.
    maxRetries: 0,
    // Its `end()` would kill idle sessions of the same user, one that holds the lock among them.
    manageConns: false,
    // It throws `new Error(error)`, without the code.
    onConnectError: (error: unknown) => (original = error),
  });
  try {
    await mysql.connect();
  } catch (error) {
    const { code, message } = (original ?? error) as Error & { readonly code?: string };
    throw new CannotConnect(code ?? 'UNKNOWN', message);
  }
  const client = mysql.getClient();
  return { database: databaseOf(client, address.database), close: () => client.destroy() };
}

/** The port of a connection. */
export function databaseOf(client: Connection, name: string): Database {
  const run = (statement: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      client.query(statement, (error, result) => (error ? reject(translate(error)) : resolve(result)));
    });
  const prepared = (statement: string, parameters: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      client.execute(statement, [...parameters] as never[], (error, result) =>
        error ? reject(translate(error)) : resolve(result),
      );
    });
  return {
    name,
    query: async (statement) => {
      const result = await run(statement);
      return Array.isArray(result) ? (result as readonly Row[]) : [];
    },
    write: async (statement) => writtenOf(await run(statement)),
    prepared,
  };
}

function writtenOf(result: unknown): Written {
  const { affectedRows, insertId } = (Array.isArray(result) ? {} : result) as Partial<ResultSetHeader>;
  return { found: affectedRows ?? 0, insertId: insertId ?? 0 };
}

/** An option of the server forbids the statement; `read-only` is one of them. */
const READ_ONLY = 1290;

/** Errors with which the server ends the session: shutdown, KILL, idle for too long. */
const SESSION_ENDED = new Set([1053, 1927, 3169, 4031]);

function translate(
  error: Error & { readonly code?: string; readonly errno?: number; readonly fatal?: boolean },
): Error {
  const { errno, code, message } = error;
  // Errors of the server have numbers from 1000 up; those of Node.js are negative or missing.
  const isServers = typeof errno === 'number' && errno >= 1000 && !SESSION_ENDED.has(errno) && error.fatal !== true;
  // A writer that has just become a reader.
  if (errno === READ_ONLY && /read-only/.test(message)) return new ConnectionLost(message);
  if (isServers) return new ServerError(code ?? 'ER_UNKNOWN', errno, message);
  // A mistake in the call, a parameter of the wrong type say, has neither.
  if (typeof errno !== 'number' && code === undefined && error.fatal !== true) return error;
  return new ConnectionLost(`${code ?? 'UNKNOWN'}: ${message}`);
}
