import type { Clock, Log } from '../../ports';
import { failure, type Failure } from '../../words/failure';
import { CannotConnect, connect, READER, UNFIT, type Address, type ConnectOptions, type Session } from './mysql';
import { networkProblem, TRY_MS, type NetworkProblem } from './network-problem';
import type { Credentials, SecretResult } from '../secret';

export type ConnectionResult =
  | { readonly kind: 'connected'; readonly session: Session }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** Whether the server says that there is no such database. */
      readonly isMissing?: boolean;
    };

/** What connecting needs. */
export interface ConnectionOptions extends Omit<ConnectOptions, 'credentials' | 'timeoutMs'> {
  readonly readSecret: () => Promise<SecretResult>;
  /** For how long a server that does not take connections is tried again. Milliseconds. */
  readonly tryForMs: number;
  readonly log: Log;
  readonly clock: Clock;
}

/** No connection is free: of the server, or of the user. */
const FULL = new Set([
  'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED', 'ER_OUT_OF_RESOURCES',
]); // prettier-ignore

const MAX_PAUSE_MS = 5_000;

/**
 * Opens a session: reads the secret, connects, and tries again with growing pauses while the server may yet come up.
 * A refused password is taken for a rotated one once.
 */
export async function openSession(options: ConnectionOptions): Promise<ConnectionResult> {
  const { address, tryForMs, mustBeWriter, authorities, log, clock } = options;
  const start = clock.now();
  let secret = await options.readSecret();
  let wasReadAnew = false;
  for (let pause = 200; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    if (secret.kind === 'failed') return secret;
    const { credentials } = secret;
    const timeoutMs = Math.min(TRY_MS, Math.max(SHORTEST_TRY_MS, tryForMs - (clock.now() - start)));
    try {
      const { session, look } = await connect({ address, credentials, timeoutMs, mustBeWriter, authorities });
      if (look.leftOut.length > 0) log.info(LEFT_OUT, { modes: look.leftOut });
      return { kind: 'connected', session };
    } catch (error) {
      if (!(error instanceof CannotConnect)) throw error;
      const { code } = error;
      if (code === 'ER_ACCESS_DENIED_ERROR' && !wasReadAnew) {
        log.warn(`the database refuses the password (${code}), reading the secret anew`, { code });
        wasReadAnew = true;
        secret = await options.readSecret();
        continue;
      }
      const waitedMs = clock.now() - start;
      const passing = passingProblem(error, address);
      if (passing === null) {
        return { ...cannot(explain(error, address, credentials)), isMissing: code === 'ER_BAD_DB_ERROR' };
      }
      if (waitedMs + pause > tryForMs) return cannot(gaveUp(passing, error, address, waitedMs));
      // Each time with what may be missing: the answer, which says it too, comes when the patience has ended.
      const problem = `${where(address)}: ${passing.what}. ${passing.advice}`;
      const trying = 'the database does not take the connection, trying again';
      log.warn(`${trying} (${where(address)}: ${passing.what})`, { code, waitedMs, problem });
      await clock.sleep(pause);
    }
  }
}

const SHORTEST_TRY_MS = 1_000;

const LEFT_OUT = "the server's sql_mode changes how SQL is read; the session works without these modes";

type PassingProblem = NetworkProblem & { readonly advice: string };

/** What a server answers that is paused, starting, failing over or full: worth another try. Null for anything else. */
function passingProblem({ code, isReached }: CannotConnect, { port }: Address): PassingProblem | null {
  if (FULL.has(code)) {
    return { what: 'it has no connection free', advice: 'End sessions that nobody needs, or raise max_connections' };
  }
  if (code === READER) {
    return { what: 'it takes no writes', advice: "It is failing over, or the host is a reader's: give the writer's" };
  }
  if (code === 'ER_SERVER_OFFLINE_MODE') {
    return { what: 'it lets administrators in alone (offline_mode)', advice: 'Switch offline_mode off' };
  }
  if (code === 'ER_QUERY_INTERRUPTED') {
    return { what: 'somebody kills its statements', advice: 'SHOW FULL PROCESSLIST tells who' };
  }
  if (code === 'ER_SERVER_SHUTDOWN') return { what: 'it is shutting down', advice: RUNNING };
  if (code === 'PROTOCOL_SEQUENCE_TIMEOUT' || (code === 'ETIMEDOUT' && isReached)) {
    return { what: 'it takes the connection and says nothing: it is paused, starting or overloaded', advice: RUNNING };
  }
  const problem = networkProblem(code);
  if (problem === null) return null;
  const rule = `Check that the database's security group lets the function's in on port ${port}, and the function's lets it out`;
  const mayLackRule = code === 'ETIMEDOUT' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH';
  return { what: problem.what, advice: problem.advice ?? (mayLackRule ? rule : RUNNING) };
}

const RUNNING = 'Check that the database is running, and its port';

function gaveUp({ what, advice }: PassingProblem, error: CannotConnect, address: Address, waitedMs: number): string {
  const seconds = Math.round(waitedMs / 1000);
  return `${where(address)} took no connection for ${seconds} s: ${what} (${said(error)}); no SQL was run. ${advice}`;
}

function explain(error: CannotConnect, address: Address, { username: user, isIamToken }: Credentials): string {
  const { code } = error;
  if (code === UNFIT) return `${where(address)}: ${error.message}; no SQL was run. See docs/sessions.md`;
  if (code === 'ER_ACCESS_DENIED_ERROR' && isIamToken === true) {
    return (
      `${where(address)} refused the IAM token of the user ${user}; no SQL was run. Check that the user exists there, ` +
      `made with IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS', and that IAM authentication is on`
    );
  }
  if (code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED') {
    return `${where(address)} asks for an IAM token of the user ${user}; no SQL was run. Give the user's name as iamUser, in place of the secret`;
  }
  if (code === 'ER_ACCESS_DENIED_ERROR') {
    return `${where(address)} refused the user ${user} (the secret was read anew once); no SQL was run. Check that the secret is this database's`;
  }
  if (code === 'ER_BAD_DB_ERROR' || code === 'ER_DBACCESS_DENIED_ERROR') {
    return `${where(address)} has no database ${address.database}, or ${user} may not use it (${said(error)}); no SQL was run. Create it, or correct databaseName`;
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return `${where(address)} offers no TLS; nothing was sent. Switch TLS on there; where it is on, something on the way takes it out`;
  }
  if (/CERT|SSL|TLS|ALTNAME|SIGNATURE|SELF_SIGNED/i.test(code)) {
    return (
      `the certificate of ${where(address)} is not trusted (${said(error)}); nothing was sent. ` +
      `The function trusts the authorities in NODE_EXTRA_CA_CERTS, and the certificate must name the host`
    );
  }
  return `connecting to ${where(address)} as ${user} failed (${said(error)}); no SQL was run`;
}

function where({ host, port }: Address): string {
  return `${host}:${port}`;
}

function said({ code, message }: CannotConnect): string {
  return message === '' ? code : `${code}: ${message}`;
}

function cannot(message: string): ConnectionResult & { readonly kind: 'failed' } {
  return { kind: 'failed', failure: failure('cannot-connect', message) };
}
