import { seenOrNone } from '../seen-or-none';
import { tableOf } from '../sql/db-object';
import type { Step } from '../sql/step';
import type { Database, Row } from '../ports';
import { fragment, sql } from '../sql-text';

/** The state of a session that commits, on MySQL. It is in it for long where there is no room for the binary log. */
export const AT_COMMIT = 'waiting for handler commit';

/** Another session in words, such as `connection 12 of app@10.0.1.7:4711, for 35 s in the state "executing"`. */
export async function describeSession(database: Database, id: number): Promise<string> {
  const rows = await seenOrNone(database, sql`${fragment(DESCRIPTION)} WHERE ID = ${id}`);
  return rows.length === 0 ? `connection ${id}` : rows.map(describe).join(', ');
}

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
  const rows = await seenOrNone(
    database,
    sql`${fragment(DESCRIPTION)} WHERE ID NOT IN (CONNECTION_ID(), ${waiting ?? 0}) AND ID IN (
          SELECT t.PROCESSLIST_ID FROM performance_schema.metadata_locks l
            JOIN performance_schema.threads t ON t.THREAD_ID = l.OWNER_THREAD_ID
          WHERE l.LOCK_STATUS = 'GRANTED' AND l.OBJECT_TYPE = 'TABLE' AND (l.OBJECT_SCHEMA, l.OBJECT_NAME) IN (${fragment([...new Set(names)].join(', '))}))`,
  );
  return rows.length === 0 ? null : rows.map(describe).join(', ');
}

const DESCRIPTION =
  'SELECT ID AS id, USER AS user, HOST AS host, TIME AS seconds, STATE AS state FROM information_schema.PROCESSLIST';

function describe({ id, user, host, seconds, state }: Row): string {
  // Between two statements it is in none.
  const which = state ? `the state "${String(state)}"` : 'its present state';
  return `connection ${String(id)} of ${String(user)}@${String(host)}, for ${String(seconds)} s in ${which}`;
}
