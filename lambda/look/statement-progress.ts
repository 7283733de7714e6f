import { seenOrNone } from '../seen-or-none';
import type { Database, Row } from '../ports';
import { sql } from '../sql-text';

/** What a session is at, as the server itself tells. */
export interface StatementProgress {
  /** Whether a statement runs: between two there is none. */
  readonly isRunning: boolean;
  /** What the server says that it does, such as `copy to tmp table`; null where it says nothing. */
  readonly state: string | null;
  /** How far it is, from 0 to 1; null where the server does not count. */
  readonly share: number | null;
  /** Of how many stages this is which one, where there are several. */
  readonly stage: { readonly number: number; readonly of: number } | null;
}

export interface Running {
  readonly statement: StatementProgress;
  /** Its text, as far as the server shows it; null where none runs. */
  readonly text: string | null;
}

/** Looks what a session is at; null where it is not shown to this user, or gone. */
export async function readRunning(database: Database, session: number): Promise<Running | null> {
  const [row] = await seenOrNone(database, sql`SELECT * FROM information_schema.PROCESSLIST WHERE ID = ${session}`);
  if (row === undefined) return null;
  const isRunning = row['COMMAND'] !== 'Sleep';
  const state = typeof row['STATE'] === 'string' && row['STATE'] !== '' ? row['STATE'] : null;
  const counted = isRunning ? ((await stageOf(database, session)) ?? progressIn(row, state)) : null;
  const text = isRunning && typeof row['INFO'] === 'string' ? row['INFO'] : null;
  return { text, statement: { isRunning, ...(counted ?? { state, share: null, stage: null }) } };
}

type Counted = Pick<StatementProgress, 'share' | 'stage' | 'state'>;

/** MySQL's, where the consumer `events_stages_current` is on; it is off by default. */
async function stageOf(database: Database, session: number): Promise<Counted | null> {
  const [row] = await seenOrNone(
    database,
    sql`SELECT s.EVENT_NAME AS name, s.WORK_COMPLETED AS done, s.WORK_ESTIMATED AS estimate
        FROM performance_schema.events_stages_current s JOIN performance_schema.threads t ON t.THREAD_ID = s.THREAD_ID
        WHERE t.PROCESSLIST_ID = ${session} AND s.WORK_ESTIMATED > 0`,
  );
  if (row === undefined) return null;
  const state = String(row['name']).replace(/^stage\/\w+\//, '');
  return { state, share: Math.min(1, Number(row['done']) / Number(row['estimate'])), stage: null };
}

/** MariaDB's. */
function progressIn(row: Row, state: string | null): Counted | null {
  const stages = Number(row['MAX_STAGE'] ?? 0);
  if (stages === 0) return null;
  return { state, share: Number(row['PROGRESS']) / 100, stage: { number: Number(row['STAGE']), of: stages } };
}
