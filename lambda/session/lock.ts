import { sha256 } from '../manifest/checksum';
import { ConnectionLost, type Clock, type Database } from '../ports';
import { AT_COMMIT, describeSession, lookAtSession } from './sessions';
import { sql } from '../sql-text';

/**
 * Name of the advisory lock of a database. GET_LOCK names are server-wide and at most 64 characters long, so the
 * database's name goes in as a hash. Part of the public contract: old and new code must exclude each other.
 */
export function lockName(databaseName: string): string {
  return `aurora-migrations:${sha256(databaseName).slice(0, 40)}`;
}

export type LockResult =
  | {
      readonly kind: 'held';
      /** The session's number on the server. */
      readonly session: number;
    }
  /** Somebody else held it until the time ran out. */
  | { readonly kind: 'busy'; readonly holder: LockHolder; readonly waitedMs: number };

export interface LockHolder {
  /** Who it is, in words. */
  readonly name: string;
  /** Whether it commits, on MySQL. */
  readonly isAtCommit: boolean;
}

/** How long one GET_LOCK waits, in seconds: short, so that the caller can look around between two. */
const SLICE_SECONDS = 2;

/**
 * Takes the lock for the session, which keeps it until it ends. While somebody else holds it, `whileBusy` is called
 * before each wait; where it says why, the lock is not wanted any more.
 *
 * What else a run must know of the server comes with the lock's answer: whether it can write, and what it takes at once.
 *
 * Never releases: ending the session does, and a RELEASE_LOCK could come while a statement of ours still runs.
 */
export async function takeLock<GivenUp = never>(
  database: Database,
  clock: Clock,
  waitMs: number,
  whileBusy: (waitedMs: number) => Promise<GivenUp | null> = () => Promise.resolve(null),
): Promise<LockResult | GivenUp> {
  const start = clock.now();
  for (let seconds = 0; ; seconds = SLICE_SECONDS) {
    const session = await getLock(database, seconds);
    if (session !== null) return { kind: 'held', session };
    const waitedMs = clock.now() - start;
    if (waitedMs >= waitMs) {
      const holder = (await lockHolder(database)) ?? { name: 'a session that has just ended', isAtCommit: false };
      return { kind: 'busy', holder, waitedMs };
    }
    const givenUp = await whileBusy(waitedMs);
    if (givenUp !== null) return givenUp;
  }
}

/**
 * The session's number where it has the lock; null where somebody else has it. NULL is an error of the server (out of
 * memory; on MariaDB a kill): nothing to build upon.
 */
async function getLock(database: Database, seconds: number): Promise<number | null> {
  const name = lockName(database.name);
  const [row] = await database.query(
    sql`SELECT GET_LOCK(${name}, ${seconds}) AS answer, CONNECTION_ID() AS id, @@innodb_read_only AS isReadOnly,
          @@max_allowed_packet AS maxPacket`,
  );
  const answer = row?.['answer'];
  if (answer === null || answer === undefined) {
    throw new ConnectionLost(`GET_LOCK answered NULL: the server could not take the lock ${name}`);
  }
  if (Number(answer) !== 1) return null;
  // Such a lock keeps nobody from the server that writes.
  if (Number(row?.['isReadOnly']) !== 0) {
    throw new ConnectionLost('the server is read-only: it is failing over, or the host is that of a reader');
  }
  database.packets.max = Number(row?.['maxPacket']);
  return Number(row?.['id']);
}

/** Who holds the lock; null where nobody does. */
export async function lockHolder(database: Database): Promise<LockHolder | null> {
  const id = await lockSession(database);
  if (id === null) return null;
  const session = await lookAtSession(database, id);
  if (session === null) return { name: `connection ${id}`, isAtCommit: false };
  return { name: describeSession(session), isAtCommit: session.state === AT_COMMIT };
}

/** The session that holds the lock; null where none does. */
export async function lockSession(database: Database): Promise<number | null> {
  const [row] = await database.query(sql`SELECT IS_USED_LOCK(${lockName(database.name)}) AS holder`);
  const holder = row?.['holder'];
  return holder === null || holder === undefined ? null : Number(holder);
}
