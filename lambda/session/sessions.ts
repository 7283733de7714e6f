import { seenOrNone } from '../seen-or-none';
import { tableOf } from '../sql/db-object';
import type { Step } from '../sql/step';
import type { Database } from '../ports';
import { fragment, sql } from '../sql-text';

/** The state of a session that commits, on MySQL. It is in it for long where there is no room for the binary log. */
export const AT_COMMIT = 'waiting for handler commit';

/** A session as the server shows it. */
export interface ShownSession {
  readonly id: number;
  readonly user: string;
  readonly host: string;
  /** Whether a statement runs: between two there is none. */
  readonly isRunning: boolean;
  /** For how long it is in its state. */
  readonly seconds: number;
  /** What the server says that it does, such as `copy to tmp table`; null where it says nothing. */
  readonly state: string | null;
  /** The statement that runs, as far as the list shows it; null where none does. */
  readonly text: string | null;
  /** How far the statement is, from 0 to 1; null where the server does not count. */
  readonly share: number | null;
}

/** Looks at a session; null where it is gone, or not shown to this user. */
export async function lookAtSession(
  database: Database,
  id: number,
  list: SessionList = 'SHOW PROCESSLIST',
): Promise<ShownSession | null> {
  return (await shownSessions(database, list)).find((session) => session.id === id) ?? null;
}

/** With the beginnings of all statements, or with their whole texts, which may be larger than the function's memory. */
type SessionList = 'SHOW PROCESSLIST' | 'SHOW FULL PROCESSLIST';

/**
 * The sessions that keep a step from its tables, in words; null where the server does not show them.
 *
 * @param waiting - the session that runs it, where it is another one
 */
export async function describeBlockers(
  database: Database,
  { effects = [] }: Step,
  waiting: number | null = null,
): Promise<string | null> {
  const tables = effects.map(({ object }) => tableOf(object) ?? object);
  if (tables.length === 0) return null;
  const names = tables.map(({ schema = database.name, name }) => sql`(${schema}, ${name})`);
  const holders = await seenOrNone(
    database,
    sql`SELECT t.PROCESSLIST_ID AS id FROM performance_schema.metadata_locks l
          JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID
        WHERE l.LOCK_STATUS = 'GRANTED' AND l.OBJECT_TYPE = 'TABLE' AND t.PROCESSLIST_ID NOT IN (CONNECTION_ID(), ${waiting ?? 0})
          AND (l.OBJECT_SCHEMA, l.OBJECT_NAME) IN (${fragment([...new Set(names)].join(', '))})`,
  );
  if (holders.length === 0) return null;
  const ids = new Set(holders.map(({ id }) => Number(id)));
  const blockers = (await shownSessions(database, 'SHOW PROCESSLIST')).filter(({ id }) => ids.has(id));
  return blockers.length === 0 ? null : blockers.map(describeSession).join(', ');
}

/**
 * All sessions that this user may see.
 *
 * `information_schema.PROCESSLIST` would not do: while any session runs a statement with a character of four bytes,
 * MySQL refuses to read it (3854), and MariaDB shows that statement's text with question marks.
 */
async function shownSessions(database: Database, list: SessionList): Promise<readonly ShownSession[]> {
  const rows = await seenOrNone(database, list);
  return rows.map((row) => ({
    id: Number(row['Id']),
    user: String(row['User']),
    host: String(row['Host']),
    isRunning: row['Command'] !== 'Sleep',
    seconds: Number(row['Time']),
    state: textOrNull(row['State']),
    text: textOrNull(row['Info']),
    // MariaDB's, which shows 0 where it does not count.
    share: Number(row['Progress'] ?? 0) / 100 || null,
  }));
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** In words, such as `connection 12 of app@10.0.1.7:4711, for 35 s in the state "executing"`. */
export function describeSession({ id, user, host, seconds, state }: ShownSession): string {
  // Between two statements it is in none.
  const which = state === null ? 'its present state' : `the state "${state}"`;
  return `connection ${id} of ${user}@${host}, for ${seconds} s in ${which}`;
}
