import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Log } from '../engine/ports';
import type { Failure } from '../plan/failure';
import { failure } from '../plan/failure';
import type { Address, Session } from './mysql';
import { CannotConnect, connect } from './mysql';
import type { SecretResult } from './secret';

export type ConnectionResult =
  { readonly kind: 'connected'; readonly session: Session } | { readonly kind: 'failed'; readonly failure: Failure };

/** What connecting needs. */
export interface ConnectionOptions {
  readonly address: Address;
  readonly readSecret: () => Promise<SecretResult>;
  /** For how long a server that does not take connections is tried again. Milliseconds. */
  readonly tryForMs: number;
  readonly log: Log;
  readonly clock: Clock;
}

/** What a server answers that is paused, starting, failing over or full: worth another try. */
const PASSING = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND',
  'PROTOCOL_CONNECTION_LOST', 'PROTOCOL_SEQUENCE_TIMEOUT', 'ER_CON_COUNT_ERROR', 'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED', 'ER_OUT_OF_RESOURCES', 'ER_SERVER_SHUTDOWN',
]); // prettier-ignore

const MAX_PAUSE_MS = 5_000;

/**
 * Opens a session: reads the secret, connects, and tries again with growing pauses while the server may yet come up.
 * A refused password is taken for a rotated one once.
 */
export async function openSession(options: ConnectionOptions): Promise<ConnectionResult> {
  const { address, tryForMs, log, clock } = options;
  const start = clock.now();
  let secret = await options.readSecret();
  let wasReadAnew = false;
  for (let pause = 200; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
    if (secret.kind === 'failed') return secret;
    try {
      return { kind: 'connected', session: await connect(address, secret.credentials) };
    } catch (error) {
      if (!(error instanceof CannotConnect)) throw error;
      if (error.code === 'ER_ACCESS_DENIED_ERROR' && !wasReadAnew) {
        wasReadAnew = true;
        secret = await options.readSecret();
        continue;
      }
      const waitedMs = clock.now() - start;
      if (!PASSING.has(error.code) || waitedMs + pause > tryForMs) {
        return { kind: 'failed', failure: explain(error, address, secret.credentials.username, waitedMs) };
      }
      log.warn('the database does not take the connection, trying again', { code: error.code, waitedMs });
      await sleep(pause);
    }
  }
}

function explain(error: CannotConnect, address: Address, user: string, waitedMs: number): Failure {
  const where = `${address.host}:${address.port}`;
  const what = `${error.code}: ${error.message}`;
  const seconds = Math.round(waitedMs / 1000);
  if (error.code === 'ER_ACCESS_DENIED_ERROR') {
    return cannot(
      `${where} refused the user ${user} (the secret was read anew once); no SQL was run. Check that the secret is this database's`,
    );
  }
  if (error.code === 'ER_BAD_DB_ERROR' || error.code === 'ER_DBACCESS_DENIED_ERROR') {
    return cannot(
      `${where} has no database ${address.database}, or ${user} may not use it (${what}); no SQL was run. Create it, or correct databaseName`,
    );
  }
  if (PASSING.has(error.code)) {
    return cannot(
      `${where} took no connection for ${seconds} s (${what}); no SQL was run. ` +
        `Check that the database is running and that its security group lets the function's in on port ${address.port}`,
    );
  }
  if (error.code === 'HANDSHAKE_NO_SSL_SUPPORT' || /CERT|SSL|TLS|ALTNAME|SIGNATURE|SELF_SIGNED/i.test(error.code)) {
    return cannot(
      `the certificate of ${where} is not trusted (${what}); nothing was sent. ` +
        `The function trusts the authorities in NODE_EXTRA_CA_CERTS, and the certificate must name the host`,
    );
  }
  return cannot(`connecting to ${where} as ${user} failed (${what}); no SQL was run`);
}

function cannot(message: string): Failure {
  return failure('cannot-connect', message);
}
