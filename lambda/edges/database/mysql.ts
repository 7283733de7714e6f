import { connect as openSocket, type Socket } from 'node:net';
import type { Connection } from 'mysql2';
import serverlessMysql from 'serverless-mysql';
import { ConnectionLost, ServerError, type Database } from '../../ports';
import type { SessionLook } from '../../session/session-state';
import { databaseOf, send } from './database-of';
import { prepareSession } from './prepare-session';
import type { Credentials } from '../secret';

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
    /** A Node.js or MySQL error code, such as `ECONNREFUSED` or `ER_ACCESS_DENIED_ERROR`; {@link READER}, {@link UNFIT}. */
    readonly code: string,
    message: string,
    /** Whether there was somebody to talk to: packets come through, so that neither route nor rule is missing. */
    readonly isReached: boolean,
  ) {
    super(message);
  }
}

/** The code of {@link CannotConnect} where the server takes no writes: it is failing over, or the host is a reader's. */
export const READER = 'READER';

/** The code of {@link CannotConnect} where the session cannot be put into the state that the function works in. */
export const UNFIT = 'UNFIT';

/** What one try to connect is about. */
export interface ConnectOptions {
  readonly address: Address;
  readonly credentials: Credentials;
  /** Milliseconds until the server must have taken the session. */
  readonly timeoutMs: number;
  /** Whether a server that takes no writes is refused. */
  readonly mustBeWriter: boolean;
  /** Authorities for the server's certificate, as PEM. Absent: those that Node.js trusts. */
  readonly authorities?: readonly string[];
}

/**
 * A host that vanished in mid-statement says nothing any more, and without this its statement is waited for until the
 * function's own end. Probed after this silence, it is known to be gone ten seconds later. Milliseconds.
 */
const KEEP_ALIVE_MS = 10_000;

/**
 * What the driver does not tell the server.
 * - That it can send it a file (LOAD DATA LOCAL). There is none here, and the server then refuses the statement by itself. One
 *   that asks for a file all the same gets an empty one.
 *   Source: https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html
 * - That it wants the sql_mode IGNORE_SPACE, under which `CREATE TABLE count (…)` is an error.
 */
const FLAGS = ['-LOCAL_FILES', '-IGNORE_SPACE'];

/** What JavaScript has no form of: `{ x, y }` has lost the SRID. */
const AS_BYTES = new Set(['GEOMETRY', 'VECTOR']);

/**
 * What the driver is told in every session, also of the command line: a migration gets each value in a form that it can give back as a
 * parameter without changing it. So integers that no JavaScript number can hold come as texts, since a rounded id would be that of
 * another row. So do dates and times, since a Date has neither microseconds nor a day 0 and not the session's time zone, and JSON, whose
 * numbers may be too large and whose 1.0 would become 1.
 */
export const DRIVER_OPTIONS = {
  charset: 'utf8mb4',
  timezone: 'Z',
  supportBigNumbers: true,
  dateStrings: true,
  jsonStrings: true,
  typeCast: (field: Field, next: () => unknown): unknown => (AS_BYTES.has(field.type) ? field.buffer() : next()),
  flags: FLAGS,
};

/** What of a column of the driver's is used. */
interface Field {
  readonly type: string;
  buffer(): Buffer | null;
}

/** A session, and what connecting showed. */
export interface Connected {
  readonly session: Session;
  readonly look: SessionLook;
}

/** Connects once, and opens a session in the state that all sessions of the function have. Nothing else opens one. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { address, timeoutMs, mustBeWriter } = options;
  const client = await openBare(options);
  try {
    const look = await prepareSession((statement) => send(client, statement, { timeout: timeoutMs }));
    if (look.obstacle !== null) throw new CannotConnect(UNFIT, look.obstacle, true);
    if (mustBeWriter && look.isReader) throw new CannotConnect(READER, 'the server is read-only', true);
    return { session: { database: databaseOf(client, address.database), close: () => client.destroy() }, look };
  } catch (error) {
    client.destroy();
    if (error instanceof ServerError) throw new CannotConnect(error.code, error.message, true);
    if (!(error instanceof ConnectionLost)) throw error;
    const isSilent = error.message.startsWith(SILENT);
    throw new CannotConnect(isSilent ? SILENT : 'PROTOCOL_CONNECTION_LOST', error.message, true);
  }
}

/** The driver's code for a statement that took too long. */
const SILENT = 'PROTOCOL_SEQUENCE_TIMEOUT';

/**
 * Connects with serverless-mysql, which hands over its client. Nothing is ever run through serverless-mysql's `query()`:
 * after a lost connection it runs the statement again, on a session that has no lock.
 */
async function openBare({ address, credentials, timeoutMs, authorities }: ConnectOptions): Promise<Connection> {
  let original: unknown;
  let isReached = false;
  const mysql = serverlessMysql({
    config: {
      host: address.host,
      port: address.port,
      user: credentials.username,
      password: credentials.password,
      // Servers ask for a token as it is. By then TLS is up and the certificate verified.
      enableCleartextPlugin: credentials.isIamToken === true,
      database: address.database,
      ...DRIVER_OPTIONS,
      // It would make JavaScript of each answer's columns and run that: slower where a shape comes once, and code that a server had a hand in.
      disableEval: true,
      connectTimeout: timeoutMs,
      stream: () => openStream(address).once('connect', () => (isReached = true)),
      // The certificate is verified against NODE_EXTRA_CA_CERTS too; the host's name or address must be in it.
      ssl: {
        ...(authorities && { ca: [...authorities] }),
        rejectUnauthorized: true,
        verifyIdentity: true,
        minVersion: 'TLSv1.2',
      },
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
    const { code = 'UNKNOWN', message } = (original ?? error) as Error & { readonly code?: string };
    throw new CannotConnect(code === TLS_FAILED && WENT_AWAY.test(message) ? 'ECONNRESET' : code, message, isReached);
  }
  return mysql.getClient();
}

/**
 * The driver gives Node.js no server name where the host is an address, and Node.js then verifies the certificate for the
 * name that the socket was opened with, or else for "localhost": anybody's certificate for that would do. An address is
 * no name that Node.js remembers by itself. `_host` is not documented; for a socket that is open already there is no other way
 * through the driver, and a test shows where it no longer does (tried on Node 20, 22 and 24).
 */
export function openStream({ host, port }: Pick<Address, 'host' | 'port'>): Socket {
  const socket = openSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  return Object.assign(socket, { _host: host });
}

/** The driver's one code for whatever ends the TLS handshake: a certificate that is not trusted, or a server that dies. */
const TLS_FAILED = 'HANDSHAKE_SSL_ERROR';
/** Node's words for the latter. */
const WENT_AWAY = /socket disconnected before secure TLS connection|ECONNRESET|EPIPE/;
