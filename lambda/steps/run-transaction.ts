import type { StepToRun } from '../sql/segments';
import { ServerError } from '../ports';
import { runStep, type StepContext, type Stopped } from './run-step';
import type { Transaction } from '../journal/step-journal';
import type { UnchangedSteps } from '../look/unchanged-steps';
import { ER_LOCK_DEADLOCK } from '../words/server-error-numbers';

/** How steps in a transaction ended: so many of them are done, or none of them. */
export type TransactionResult =
  | { readonly kind: 'done'; readonly count: number }
  | { readonly kind: 'cancelled' }
  | Stopped
  /** Steps of earlier migrations are gone with them: they are to be run again. */
  | { readonly kind: 'rolled-back' };

const DEADLOCK_PAUSES = [100, 500, 2_000];

/** Holding rows for longer stops the application, and what is done so far is lost where the time runs out. Milliseconds. */
const LONG_TRANSACTION = 30_000;

/** DML steps that are run in one transaction. */
export interface StepsTogether {
  readonly steps: readonly StepToRun[];
  /** Whether the last of them is the migration's. */
  readonly hasLast: boolean;
  /** Whether they depend on what others left in the session. */
  readonly carrySession: () => boolean;
  /** Is told what each of them did. */
  readonly unchanged: UnchangedSteps | null;
}

/**
 * Runs DML steps and their journal write in one transaction; the first of them only, where that was long.
 *
 * After a deadlock it is tried again, but not where its steps depend on what the first try has left in the session: a
 * rollback restores neither the database that USE chose nor variables, temporary tables or LAST_INSERT_ID().
 */
export async function runTransaction(
  context: StepContext,
  transaction: Transaction,
  together: StepsTogether,
): Promise<TransactionResult> {
  for (const pause of DEADLOCK_PAUSES) {
    const result = await tryTransaction(context, transaction, together);
    if (result.kind === 'rolled-back')
      context.log.warn('deadlock with another transaction, going back to its first step');
    if (result.kind !== 'stopped' || result.error?.errno !== ER_LOCK_DEADLOCK) return result;
    const { steps, carrySession } = together;
    if (carrySession() || steps.some(({ step }) => step.nature === 'session')) return result;
    context.log.warn('deadlock with another transaction, trying again');
    await context.clock.sleep(pause);
  }
  return tryTransaction(context, transaction, together);
}

async function tryTransaction(
  context: StepContext,
  transaction: Transaction,
  { steps, hasLast, unchanged }: StepsTogether,
): Promise<TransactionResult> {
  const { budget, clock } = context;
  await transaction.begin();
  const startedAt = clock.now();
  let count = 0;
  let done = 0;
  for (const run of steps) {
    const isOutOfTime = count > 0 && budget.isSpent();
    const result = isOutOfTime ? null : await runStep(context, run);
    if (result === null || result instanceof ServerError) {
      const tookOthers = await transaction.rollBack();
      const isOver = tookOthers && result?.errno === ER_LOCK_DEADLOCK;
      return isOver ? { kind: 'rolled-back' } : { kind: 'stopped', at: count, error: result };
    }
    await unchanged?.note(run, result.found);
    done = run.at + 1;
    count += 1;
    // Our COMMIT must not come between a step and one that asks how it went.
    const isAskedFor = steps[count]?.step.shows('asksBack') === true;
    if (clock.now() - startedAt > LONG_TRANSACTION && !isAskedFor) break;
  }
  const isLast = hasLast && count === steps.length;
  const isJournalled = await transaction.end(
    isLast ? { kind: 'finished', done, isShown: true } : { kind: 'done', done },
  );
  return isJournalled ? { kind: 'done', count } : { kind: 'cancelled' };
}
