import type { Clock, Database, Log } from './ports';
import { ServerError } from './ports';
import type { TimeBudget } from './time-budget';

/** One statement to run. */
export interface Step {
  readonly statement: string;
  /** Errors that count as done. */
  readonly tolerated?: ReadonlySet<number>;
}

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

/** Runs one step. The error of a server that refused it; null where it ran, or where that error counts as done. */
export async function runStep(
  { database, budget }: StepContext,
  { statement, tolerated }: Step,
): Promise<ServerError | null> {
  try {
    await budget.within(() => database.write(statement));
    return null;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return tolerated?.has(error.errno) === true ? null : error;
  }
}
