import type { StepToRun } from '../sql/segments';
import type { Clock, Database, Log, Written } from '../ports';
import { ConnectionLost, ServerError } from '../ports';
import type { TimeBudget } from '../session/time-budget';

/** What running one needs. */
export interface StepContext {
  readonly database: Database;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly log: Log;
}

/** The step `at`, from 0, did not run, and none of those with it is left. `error`: null where the time ran out before it. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly at: number;
  readonly error: ServerError | null;
}

/** Runs one step. The error of a server that refused it, unless that error counts as done. */
export async function runStep(
  { database, budget }: StepContext,
  { step, tolerated, where }: StepToRun,
): Promise<ServerError | Written> {
  try {
    return await budget.within(() => database.write(step.text));
  } catch (error) {
    if (error instanceof ConnectionLost) error.where ??= where;
    if (!(error instanceof ServerError)) throw error;
    return tolerated?.has(error.errno) === true ? NOTHING_WRITTEN : error;
  }
}

const NOTHING_WRITTEN: Written = { found: 0, insertId: 0 };
