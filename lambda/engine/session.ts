import type { Database } from './ports';
import { ConnectionLost } from './ports';
import { fragment, identifier, sql } from './sql';

/** What a migration may set for itself, and what would change how the next one runs. */
const VARIABLES = ['sql_mode', 'foreign_key_checks', 'unique_checks', 'time_zone', 'sql_safe_updates'] as const;

/**
 * Seconds. A session whose process died is gone after a minute, even where its end was never told. A statement of ours
 * that waits for a table stops all others from using it, so it does not wait long.
 */
const LIMITS = 'SET SESSION wait_timeout = 60, lock_wait_timeout = 20';

/** Puts the session's settings back to what they were when the run began. */
export type RestoreSession = () => Promise<void>;

/** A session that is ready for work. */
export interface ReadySession {
  /** Its number on the server. */
  readonly id: number;
  readonly restore: RestoreSession;
}

/**
 * Sets the session's limits and notes its other settings. They are put back one by one and not with COM_RESET_CONNECTION, which would free the
 * lock.
 */
export async function readySession(database: Database): Promise<ReadySession> {
  const columns = VARIABLES.map((name) => `@@SESSION.${name} AS ${name}`).join(', ');
  const [settings] = await database.query(`SELECT CONNECTION_ID() AS id, @@innodb_read_only AS isReadOnly, ${columns}`);
  if (Number(settings?.['isReadOnly']) !== 0) {
    throw new ConnectionLost('the server is read-only: it is failing over, or the host is that of a reader');
  }
  await database.write(LIMITS);
  const assignments = VARIABLES.map((name) => sql`${fragment(name)} = ${settings?.[name] ?? null}`);
  const restore = async (): Promise<void> => {
    // A migration may have left a transaction open; without one, ROLLBACK does nothing.
    await database.write('ROLLBACK');
    await database.write(`SET SESSION autocommit = 1, ${assignments.join(', ')}`);
    await database.write('SET NAMES utf8mb4');
    await database.write(sql`USE ${identifier(database.name)}`);
  };
  return { id: Number(settings?.['id']), restore };
}
