import type { Database } from './ports';
import { fragment, identifier, sql } from './sql';

/** What a migration may set for itself, and what would change how the next one runs. */
const VARIABLES = ['sql_mode', 'foreign_key_checks', 'unique_checks', 'time_zone', 'sql_safe_updates'] as const;

/** Puts the session's settings back to what they were when the run began. */
export type RestoreSession = () => Promise<void>;

/**
 * Notes the session's settings. They are put back one by one and not with COM_RESET_CONNECTION, which would free the
 * lock.
 */
export async function noteSession(database: Database): Promise<RestoreSession> {
  const columns = VARIABLES.map((name) => `@@SESSION.${name} AS ${name}`).join(', ');
  const [settings] = await database.query(`SELECT ${columns}`);
  const assignments = VARIABLES.map((name) => sql`${fragment(name)} = ${settings?.[name] ?? null}`);
  return async () => {
    // A migration may have left a transaction open; without one, ROLLBACK does nothing.
    await database.write('ROLLBACK');
    await database.write(`SET SESSION autocommit = 1, ${assignments.join(', ')}`);
    await database.write('SET NAMES utf8mb4');
    await database.write(sql`USE ${identifier(database.name)}`);
  };
}
