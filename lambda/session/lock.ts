import { sha256 } from '../manifest/checksum';
import type { Clock, Database } from '../ports';
import { describeSession } from './sessions';
import { sql } from '../sql-text';

/**
 * Name of the advisory lock of a database. GET_LOCK names are server-wide and at most 64 characters long, so the
 * database's name goes in as a hash. Part of the public contract: old and new code must exclude each other.
 */
export function lockName(databaseName: string): string {
  return `aurora-migrations:${sha256(databaseName).slice(0, 40)}`;
}

export type LockResult =
  | { readonly kind: 'held' }
  /** Somebody else held it until the time ran out. */
  | { readonly kind: 'busy'; readonly holder: string; readonly waitedMs: number }
  /** The caller no longer wants it. */
  | { readonly kind: 'given-up' };

/** How long one GET_LOCK waits, in seconds: short, so that the caller can look around between two. */
const SLICE_SECONDS = 2;

/**
 * Takes the lock for the session, which keeps it until it ends. While somebody else holds it, `whileBusy` is called
 * before each wait; where it answers false the lock is not wanted any more.
 *
 * Never releases: ending the session does, and a RELEASE_LOCK could come while a statement of ours still runs.
 */
export async function takeLock(
  database: Database,
  clock: Clock,
  waitMs: number,
  whileBusy: (waitedMs: number) => Promise<boolean>,
): Promise<LockResult> {
  const start = clock.now();
  for (let seconds = 0; ; seconds = SLICE_SECONDS) {
    if (await getLock(database, seconds)) return { kind: 'held' };
    const waitedMs = clock.now() - start;
    if (waitedMs >= waitMs) {
      const holder = (await lockHolder(database)) ?? 'a session that has just ended';
      return { kind: 'busy', holder, waitedMs };
    }
    if (!(await whileBusy(waitedMs))) return { kind: 'given-up' };
  }
}

/** 1 is held, 0 is somebody else's. NULL is an error of the server (out of memory, a kill): nothing to build upon. */
async function getLock(database: Database, seconds: number): Promise<boolean> {
  const name = lockName(database.name);
  const [row] = await database.query(sql`SELECT GET_LOCK(${name}, ${seconds}) AS answer`);
  const answer = row?.['answer'];
  if (answer === null || answer === undefined) {
    throw new Error(`GET_LOCK answered NULL: the server could not take the lock ${name}`);
  }
  return Number(answer) === 1;
}

/** Who holds the lock, in words; null where nobody does. */
export async function lockHolder(database: Database): Promise<string | null> {
  const session = await lockSession(database);
  return session === null ? null : describeSession(database, session);
}

/** The session that holds the lock; null where none does. */
export async function lockSession(database: Database): Promise<number | null> {
  const [row] = await database.query(sql`SELECT IS_USED_LOCK(${lockName(database.name)}) AS holder`);
  const holder = row?.['holder'];
  return holder === null || holder === undefined ? null : Number(holder);
}
