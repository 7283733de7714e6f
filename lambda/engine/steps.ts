import type { StepNature } from '../plan/step-nature';
import { natureOf } from '../plan/step-nature';
import { partitionId } from './partition-id';
import type { PlainTables } from './plain-tables';
import type { Clock, Database, Log } from './ports';
import { ServerError } from './ports';
import { stepFingerprint } from './step-fingerprint';
import type { TimeBudget } from './time-budget';

/** What running steps needs. */
export interface StepPorts {
  readonly database: Database;
  readonly plainTables: PlainTables;
  readonly budget: TimeBudget;
  readonly clock: Clock;
  readonly log: Log;
}

/** Journals steps one by one. */
export interface StepJournal {
  /** Before DDL: `done` steps are done, and the next begins on objects with that fingerprint. False: do not run it. */
  begins(done: number, before: string): Promise<boolean>;
  /**
   * After a step; in its transaction where it is DML. `mayWait`: its fingerprint shows that it is done, so that this may be
   * written later. False: roll it back, and stop.
   */
  done(done: number, isLast: boolean, mayWait: boolean): Promise<boolean>;
  /** Exactly `done` steps are done, and none is in doubt. */
  stands(done: number): Promise<void>;
}

/** How the steps of one migration ended. */
export type StepsResult =
  | { readonly kind: 'done' }
  /** The server refused a step, which did nothing: a DDL statement is atomic, DML is rolled back. */
  | { readonly kind: 'failed'; readonly step: number; readonly error: ServerError }
  /** Somebody wants the run to stop; no step is in doubt. */
  | { readonly kind: 'cancelled' }
  /** The time ran out before this step, or in it: then it was killed and did nothing. `progress`: steps done just now. */
  | { readonly kind: 'out-of-time'; readonly step: number; readonly progress: number };

/** One statement to run. */
export interface Step {
  readonly statement: string;
  /** Errors that count as done. */
  readonly tolerated?: ReadonlySet<number>;
}

/** In place of a fingerprint: nothing will show whether the step was done. */
export const BLIND = 'blind';

/**
 * Runs steps from the first that is not done, `doneBefore` being done already, and journals each.
 *
 * MySQL commits at each DDL statement, so a migration cannot be one transaction. A DML step and its journal write are one.
 * Before a DDL step the journal says that it begins, with the fingerprint of what it touches; that it is done is said by
 * the next write. So after a crash at most one step is in doubt, and its fingerprint tells.
 */
export async function runSteps(
  ports: StepPorts,
  journal: StepJournal,
  steps: readonly Step[],
  doneBefore: number,
): Promise<StepsResult> {
  const { database, budget, plainTables } = ports;
  let progress = 0;
  /** The last step ran, and the journal does not say so yet. */
  let isOwed = false;
  const last = steps.findLastIndex(({ statement }) => natureOf(statement) !== 'session');
  const cancelled = async (done: number): Promise<StepsResult> => {
    if (isOwed) await journal.stands(done);
    return { kind: 'cancelled' };
  };
  for (const [index, step] of steps.entries()) {
    const nature = await plainTables.natureOf(step.statement);
    // Session statements hold for those after them, and a new run is a new session: they are never counted as done.
    if (index < doneBefore && nature !== 'session') continue;
    if (budget.isSpent()) {
      await journal.stands(index);
      return { kind: 'out-of-time', step: index + 1, progress };
    }
    const isDdl = nature !== 'session' && nature !== 'dml';
    if (isDdl) {
      const before = await fingerprintBefore(database, step.statement, nature);
      if (!(await journal.begins(index, before))) return cancelled(index);
    }
    const isLast = index === last;
    const done = nature === 'dml' ? (): Promise<boolean> => journal.done(index + 1, isLast, false) : null;
    const result = await (done === null ? runDdl(ports, step) : runDml(ports, step, done));
    plainTables.note(step.statement);
    if (result instanceof ServerError) {
      await journal.stands(index);
      const isKilled = result.errno === QUERY_KILLED && budget.isSpent();
      return isKilled
        ? { kind: 'out-of-time', step: index + 1, progress }
        : { kind: 'failed', step: index + 1, error: result };
    }
    if (result === 'cancelled') return cancelled(index);
    isOwed = isDdl || (isOwed && nature === 'session');
    if (nature !== 'session') progress += 1;
    // The last one has no next write of its own; one of which nothing shows that it was done is written down at once.
    if (isDdl && (isLast || nature === 'blind')) {
      if (!(await journal.done(index + 1, isLast, nature !== 'blind'))) return cancelled(index + 1);
      isOwed = false;
    }
  }
  // Nothing was left to be counted: the last step turned out to be done, or all of them only set the session.
  if (doneBefore > last) await journal.done(steps.length, true, true);
  return { kind: 'done' };
}

/** What the journal says of a DDL step that begins. */
async function fingerprintBefore(database: Database, statement: string, nature: StepNature): Promise<string> {
  if (nature !== 'blind') return stepFingerprint(database, statement);
  return (await partitionId(database, statement)) ?? BLIND;
}

/** KILL QUERY. A statement that answers it has changed nothing (measured for ALTER on both servers). */
const QUERY_KILLED = 1317;

/** A metadata lock was not free within lock_wait_timeout: somebody has the table open in a transaction. */
export const LOCK_WAIT_TIMEOUT = 1205;

/** Pauses before a DDL statement is tried again, in seconds: with the queue for the table released in between. */
const PAUSES = [5, 10, 20, 20, 20, 20, 20, 20];

/**
 * Runs DDL, and tries again where others use the table. While it waits for the metadata lock, all queries that come
 * after it wait too: without the pauses a long transaction and a migration would stop the application between them.
 */
async function runDdl(
  { database, budget, clock, log }: StepPorts,
  step: Step,
): Promise<'done' | 'cancelled' | ServerError> {
  for (const pause of PAUSES) {
    const result = await runStep(database, budget, step, null);
    if (!(result instanceof ServerError) || result.errno !== LOCK_WAIT_TIMEOUT || budget.isSpent()) return result;
    log.warn('others use the table, trying again', { seconds: pause });
    await clock.sleep(pause * 1000);
  }
  return runStep(database, budget, step, null);
}

/** The server chose this transaction as the victim of a deadlock with the application's, and rolled it back. */
const DEADLOCK = 1213;
const DEADLOCK_PAUSES = [100, 500, 2_000];

async function runDml(
  { database, budget, clock, log }: StepPorts,
  step: Step,
  done: () => Promise<boolean>,
): Promise<'done' | 'cancelled' | ServerError> {
  for (const pause of DEADLOCK_PAUSES) {
    const result = await runStep(database, budget, step, done);
    if (!(result instanceof ServerError) || result.errno !== DEADLOCK) return result;
    log.warn('deadlock with another transaction, trying again');
    await clock.sleep(pause);
  }
  return runStep(database, budget, step, done);
}

/** As written whatever completion_type a migration has set. */
export const COMMIT = 'COMMIT AND NO CHAIN NO RELEASE';
export const ROLLBACK = 'ROLLBACK AND NO CHAIN NO RELEASE';

/** Runs one step, with its journal write in one transaction where there is one. */
async function runStep(
  database: Database,
  budget: TimeBudget,
  { statement, tolerated }: Step,
  journalDone: (() => Promise<boolean>) | null,
): Promise<'done' | 'cancelled' | ServerError> {
  if (journalDone !== null) await database.write('START TRANSACTION');
  try {
    await budget.within(() => database.write(statement));
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (tolerated?.has(error.errno) !== true) {
      if (journalDone !== null) await database.write(ROLLBACK);
      return error;
    }
  }
  if (journalDone === null) return 'done';
  const isJournalled = await journalDone();
  await database.write(isJournalled ? COMMIT : ROLLBACK);
  return isJournalled ? 'done' : 'cancelled';
}
