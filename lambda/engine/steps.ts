import type { StepNature } from '../plan/step-nature';
import { carriesSession, fitsTransaction, natureOf } from '../plan/step-nature';
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
 * Runs steps from the first that is not done, `doneBefore` being done already, and journals them.
 *
 * MySQL commits at each DDL statement, so a migration cannot be one transaction. DML steps that follow each other and their
 * journal write are one: where one of them fails, or somebody wants the run to stop, none of them is left, and no down has
 * to guess which rows were written. Before a DDL step the journal says that it begins, with the fingerprint of what it
 * touches; that it is done is said by the next write. So after a crash at most one step is in doubt, and its fingerprint
 * tells.
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
  /** Not less than before: of the steps that are done, those that set the session are run again. */
  const stands = (done: number): Promise<void> => journal.stands(Math.max(done, doneBefore));
  const carries = (): boolean => carriesSession(steps.map((each) => each.statement));
  let next = 0;
  for (const [index, step] of steps.entries()) {
    // Done in one transaction with those before it.
    if (index < next) continue;
    const { statement } = step;
    const nature = await plainTables.natureOf(statement);
    // Session statements hold for those after them, and a new run is a new session: they are never counted as done.
    if (index < doneBefore && nature !== 'session') continue;
    if (budget.isSpent()) {
      await stands(index);
      return { kind: 'out-of-time', step: index + 1, progress };
    }
    const isDdl = nature !== 'session' && nature !== 'dml';
    if (isDdl) {
      const before = await fingerprintBefore(database, statement, nature);
      if (!(await journal.begins(index, before))) return cancelled(index);
    }
    const result =
      nature === 'dml'
        ? await runTransaction(ports, await transactionFrom(plainTables, steps, index), carries, (count) =>
            journal.done(index + count, index + count === last + 1, false),
          )
        : await runAlone(ports, step);
    plainTables.note(statement);
    if (typeof result === 'object') {
      // What DML had done to a table without transactions is there still: it stays in doubt.
      if (nature !== 'blind' || natureOf(statement) !== 'dml') await stands(index);
      const step = index + result.at + 1;
      const { error } = result;
      const isOutOfTime = error === null || (error.errno === QUERY_KILLED && budget.isSpent());
      return isOutOfTime ? { kind: 'out-of-time', step, progress } : { kind: 'failed', step, error };
    }
    if (result === 'cancelled') return cancelled(index);
    next = index + result;
    isOwed = isDdl || (isOwed && nature === 'session');
    if (nature !== 'session') progress += result;
    // The last one has no next write of its own; one of which nothing shows that it was done is written down at once.
    const isLast = index === last;
    if (isDdl && (isLast || nature === 'blind')) {
      if (!(await journal.done(next, isLast, nature !== 'blind'))) return cancelled(next);
      isOwed = false;
    }
  }
  // Nothing was left to be counted: the last step turned out to be done, or all of them only set the session.
  if (doneBefore > last) {
    const isWritten = await journal.done(steps.length, true, doneBefore > 0);
    if (!isWritten) return { kind: 'cancelled' };
  }
  return { kind: 'done' };
}

/** The DML steps from `first` on that may be one transaction, with the session steps between them. */
async function transactionFrom(
  plainTables: PlainTables,
  steps: readonly Step[],
  first: number,
): Promise<readonly Step[]> {
  const found: Step[] = [];
  let lastDml = 0;
  for (const step of steps.slice(first)) {
    const nature = await plainTables.natureOf(step.statement);
    if (nature !== 'dml' && !(nature === 'session' && fitsTransaction(step.statement))) break;
    found.push(step);
    if (nature === 'dml') lastDml = found.length;
    // What follows a USE names other tables.
    else plainTables.note(step.statement);
  }
  return found.slice(0, lastDml);
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

/** The step `at`, from 0, did not run, and none of those with it is left. `error`: null where the time ran out before it. */
interface Stopped {
  readonly at: number;
  readonly error: ServerError | null;
}

/**
 * Runs one step, and tries again where others use the table. While DDL waits for the metadata lock, all queries that come
 * after it wait too: without the pauses a long transaction and a migration would stop the application between them.
 */
async function runAlone({ database, budget, clock, log }: StepPorts, step: Step): Promise<1 | Stopped> {
  for (const pause of PAUSES) {
    const error = await runStep(database, budget, step);
    if (error === null) return 1;
    const mayRepeat = error.errno === LOCK_WAIT_TIMEOUT && natureOf(step.statement) !== 'dml' && !budget.isSpent();
    if (!mayRepeat) return { at: 0, error };
    log.warn('others use the table, trying again', { seconds: pause });
    await clock.sleep(pause * 1000);
  }
  const error = await runStep(database, budget, step);
  return error === null ? 1 : { at: 0, error };
}

/** The server chose this transaction as the victim of a deadlock with the application's, and rolled it back. */
const DEADLOCK = 1213;
const DEADLOCK_PAUSES = [100, 500, 2_000];

/** Holding rows for longer stops the application, and what is done so far is lost where the time runs out. Milliseconds. */
const LONG_TRANSACTION = 30_000;

/**
 * Runs DML steps and their journal write in one transaction; the first of them only, where that was long. Gives their number.
 *
 * After a deadlock it is tried again, but not where its steps depend on what the first try has left in the session: a
 * rollback restores neither the database that USE chose nor variables, temporary tables or LAST_INSERT_ID().
 */
async function runTransaction(
  ports: StepPorts,
  steps: readonly Step[],
  carriesOn: () => boolean,
  journalDone: (count: number) => Promise<boolean>,
): Promise<number | 'cancelled' | Stopped> {
  for (const pause of DEADLOCK_PAUSES) {
    const result = await tryTransaction(ports, steps, journalDone);
    if (typeof result !== 'object' || result.error?.errno !== DEADLOCK) return result;
    if (carriesOn() || steps.some(({ statement }) => natureOf(statement) === 'session')) return result;
    ports.log.warn('deadlock with another transaction, trying again');
    await ports.clock.sleep(pause);
  }
  return tryTransaction(ports, steps, journalDone);
}

/** As written whatever completion_type a migration has set. */
export const COMMIT = 'COMMIT AND NO CHAIN NO RELEASE';
export const ROLLBACK = 'ROLLBACK AND NO CHAIN NO RELEASE';

async function tryTransaction(
  { database, budget, clock }: StepPorts,
  steps: readonly Step[],
  journalDone: (count: number) => Promise<boolean>,
): Promise<number | 'cancelled' | Stopped> {
  await database.write('START TRANSACTION');
  const startedAt = clock.now();
  let count = 0;
  for (const step of steps) {
    const isOutOfTime = count > 0 && budget.isSpent();
    const error = isOutOfTime ? null : await runStep(database, budget, step);
    if (error !== null || isOutOfTime) {
      await database.write(ROLLBACK);
      return { at: count, error };
    }
    count += 1;
    if (clock.now() - startedAt > LONG_TRANSACTION) break;
  }
  const isJournalled = await journalDone(count);
  await database.write(isJournalled ? COMMIT : ROLLBACK);
  return isJournalled ? count : 'cancelled';
}

/** Runs one step. The error of a server that refused it; null where it ran, or where that error counts as done. */
async function runStep(
  database: Database,
  budget: TimeBudget,
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
