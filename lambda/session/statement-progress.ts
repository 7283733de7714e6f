import { seenOrNone } from '../seen-or-none';
import type { Database } from '../ports';
import { sql } from '../sql-text';
import { lookAtSession, type ShownSession } from './sessions';

/** How far a session is in its statement, as the server itself tells. */
export type StatementProgress = Pick<ShownSession, 'isRunning' | 'state' | 'share'>;

export interface Running {
  readonly statement: StatementProgress;
  /** Its text, as far as the server shows it; null where none runs. */
  readonly text: string | null;
}

/** Looks what a session is at; null where it is not shown to this user, or gone. */
export async function readRunning(database: Database, id: number): Promise<Running | null> {
  const session = await lookAtSession(database, id, 'SHOW FULL PROCESSLIST');
  if (session === null) return null;
  const { isRunning, state, share } = session;
  if (!isRunning) return { text: null, statement: { isRunning, state, share: null } };
  return { text: session.text, statement: { isRunning, state, share, ...(await stageOf(database, id)) } };
}

/** MySQL's, where the consumer `events_stages_current` is on; it is off by default. */
async function stageOf(database: Database, session: number): Promise<Pick<ShownSession, 'state' | 'share'> | null> {
  const [row] = await seenOrNone(
    database,
    sql`SELECT s.EVENT_NAME AS name, s.WORK_COMPLETED AS done, s.WORK_ESTIMATED AS estimate
        FROM performance_schema.events_stages_current s JOIN performance_schema.threads t ON t.THREAD_ID = s.THREAD_ID
        WHERE t.PROCESSLIST_ID = ${session} AND s.WORK_ESTIMATED > 0`,
  );
  if (row === undefined) return null;
  const state = String(row['name']).replace(/^stage\/\w+\//, '');
  return { state, share: Math.min(1, Number(row['done']) / Number(row['estimate'])) };
}
