import { natureOf } from '../plan/step-nature';
import type { StepJournal } from './migration-journal';
import type { Database } from './ports';
import { ServerError } from './ports';
import { stepFingerprint } from './step-fingerprint';

/** How the steps of one migration ended. */
export type StepsResult =
  | { readonly kind: 'done' }
  /** The server refused a step, which did nothing: a DDL statement is atomic, DML is rolled back. */
  | { readonly kind: 'failed'; readonly step: number; readonly error: ServerError }
  /** Somebody wants the run to stop; no step is in doubt. */
  | { readonly kind: 'cancelled' };

/** One statement to run. */
export interface Step {
  readonly statement: string;
  /** Errors that count as done. */
  readonly tolerated?: ReadonlySet<number>;
}

/** Where steps start. */
export interface Start {
  /** Steps that are done. */
  readonly done: number;
  /** Whether the journal says already that the next one begins. */
  readonly isBegun: boolean;
}

/** In place of a fingerprint: nothing will show whether the step was done. */
export const BLIND = 'blind';

/**
 * Runs steps from the first that is not done, and journals each.
 *
 * MySQL commits at each DDL statement, so a migration cannot be one transaction. A DML step and its journal write are one.
 * Before a DDL step the journal says that it begins, with the fingerprint of what it touches; that it is done is said by
 * the next write. So after a crash at most one step is in doubt, and its fingerprint tells.
 */
export async function runSteps(
  database: Database,
  journal: StepJournal,
  steps: readonly Step[],
  from: Start,
): Promise<StepsResult> {
  /** The last step ran, and the journal does not say so yet. */
  let isOwed = false;
  const last = steps.findLastIndex(({ statement }) => natureOf(statement) !== 'session');
  const cancelled = async (done: number): Promise<StepsResult> => {
    if (isOwed) await journal.stands(done);
    return { kind: 'cancelled' };
  };
  for (const [index, step] of steps.entries()) {
    const nature = natureOf(step.statement);
    // Session statements hold for those after them, and a new run is a new session: they are never counted as done.
    if (index < from.done && nature !== 'session') continue;
    const isDdl = nature !== 'session' && nature !== 'dml';
    const isBegun = index === from.done && from.isBegun;
    if (isDdl && !isBegun) {
      const before = await fingerprintBefore(database, step.statement);
      if (!(await journal.begins(index, before))) return cancelled(index);
    }
    const isLast = index === last;
    const done = nature === 'dml' ? (): Promise<boolean> => journal.done(index + 1, isLast) : null;
    const result = await runStep(database, step, done);
    if (result instanceof ServerError) {
      await journal.stands(index);
      return { kind: 'failed', step: index + 1, error: result };
    }
    if (result === 'cancelled') return cancelled(index);
    isOwed = isDdl || (isOwed && nature === 'session');
    // The last one, and one of which nothing shows afterwards that it was done, are written down at once.
    if (isDdl && (isLast || nature === 'blind')) {
      if (!(await journal.done(index + 1, isLast))) return cancelled(index + 1);
      isOwed = false;
    }
  }
  // Nothing was left to be counted: the last step turned out to be done, or all of them only set the session.
  if (from.done > last) await journal.done(steps.length, true);
  return { kind: 'done' };
}

/** What the journal says of a DDL step that begins. */
export async function fingerprintBefore(database: Database, statement: string): Promise<string> {
  return natureOf(statement) === 'blind' ? BLIND : stepFingerprint(database, statement);
}

/** Runs one step, with its journal write in one transaction where there is one. */
async function runStep(
  database: Database,
  { statement, tolerated }: Step,
  journalDone: (() => Promise<boolean>) | null,
): Promise<'done' | 'cancelled' | ServerError> {
  if (journalDone !== null) await database.write('START TRANSACTION');
  try {
    await database.write(statement);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (tolerated?.has(error.errno) !== true) {
      if (journalDone !== null) await database.write('ROLLBACK');
      return error;
    }
  }
  if (journalDone === null) return 'done';
  const isJournalled = await journalDone();
  await database.write(isJournalled ? 'COMMIT' : 'ROLLBACK');
  return isJournalled ? 'done' : 'cancelled';
}
