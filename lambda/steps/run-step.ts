import type { StepToRun } from '../sql/segments';
import { ConnectionLost, ServerError, type Clock, type Database, type Log, type Written } from '../ports';
import type { TimeBudget } from '../session/time-budget';
import { ER_LOCK_WAIT_TIMEOUT } from '../words/server-error-numbers';

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
  { step, tolerates, where }: StepToRun,
): Promise<ServerError | Written> {
  try {
    return await budget.within(() => database.write(step.text));
  } catch (error) {
    if (error instanceof ConnectionLost) error.where ??= where();
    if (!(error instanceof ServerError)) throw error;
    return tolerates?.(error) === true ? NOTHING_WRITTEN : error;
  }
}

const NOTHING_WRITTEN: Written = { found: 0, insertId: 0 };

/** Pauses before a DDL statement is tried again, in seconds: with the queue for the table released in between. */
const PAUSES = [5, 10, 20, 20, 20, 20, 20, 20];

/**
 * Runs one step, and tries again where others use the table. While DDL waits for the metadata lock, all queries that come
 * after it wait too: without the pauses a long transaction and a migration would stop the application between them.
 */
export async function runAlone(
  context: StepContext,
  run: StepToRun,
  note: (found: number) => Promise<void> | undefined,
): Promise<{ readonly kind: 'done' } | Stopped> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await runStep(context, run);
    if (!(result instanceof ServerError)) {
      await note(result.found);
      return { kind: 'done' };
    }
    const mayRepeat =
      result.errno === ER_LOCK_WAIT_TIMEOUT &&
      run.step.nature !== 'dml' &&
      // What one had done before it met the lock is committed.
      !run.step.isProcedure &&
      !context.budget.isSpent();
    if (attempt === PAUSES.length || !mayRepeat) return { kind: 'stopped', at: 0, error: result };
    await pauseForOthers(context, attempt);
  }
}

/** Lets those have the table who wait for it too, before DDL is tried again. */
export async function pauseForOthers(
  { log, clock }: Pick<StepContext, 'log' | 'clock'>,
  attempt: number,
): Promise<void> {
  const seconds = PAUSES[attempt] ?? 0;
  log.warn(`others use the table, trying again in ${seconds} s`, { seconds });
  await clock.sleep(seconds * 1000);
}
