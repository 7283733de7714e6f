import type { StepNature } from '../plan/step-nature';
import { effectsOf } from '../plan/objects';
import { carriesSession, fitsTransaction, isProcedure, natureOf } from '../plan/step-nature';
import { partitionId } from './partition-id';
import type { PlainTables } from './plain-tables';
import type { Database } from './ports';
import { ServerError } from './ports';
import type { Step, StepContext, Stopped } from './step';
import { runStep } from './step';
import { stepFingerprint } from './step-fingerprint';
import type { UnchangedSteps } from './unchanged-steps';
import type { Transaction, TransactionResult } from './transaction';
import { COMMIT, runTransaction } from './transaction';

/** What running steps needs. */
export interface StepPorts extends StepContext {
  readonly plainTables: PlainTables;
}

/** Journals steps one by one. */
export interface StepJournal {
  /** Before DDL: `done` steps are done, and the next begins on objects with that fingerprint. False: do not run it. */
  begins(done: number, before: string): Promise<boolean>;
  /**
   * After a step that is not one of DML in our transaction. `mayWait`: its fingerprint shows that it is done, so that this may
   * be written later. False: stop, and roll back what can be.
   */
  done(done: number, isLast: boolean, mayWait: boolean): Promise<boolean>;
  /** For DML steps. */
  readonly transaction: Transaction;
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
  /** A deadlock took its steps along, and migrations that were not committed yet: they are to be run again. */
  | { readonly kind: 'rolled-back' }
  /** The time ran out before this step, or in it: then it was killed and did nothing. `progress`: steps done just now. */
  | { readonly kind: 'out-of-time'; readonly step: number; readonly progress: number };

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
 *
 * `unchanged`: is told what each step did, for an up that may fail; null for steps that are taken back in no case.
 */
export async function runSteps(
  ports: StepPorts,
  journal: StepJournal,
  steps: readonly Step[],
  doneBefore: number,
  unchanged: UnchangedSteps | null = null,
): Promise<StepsResult> {
  const { budget, plainTables } = ports;
  let progress = 0;
  /** The last step ran, and the journal does not say so yet. */
  let isOwed = false;
  const last = steps.findLastIndex(({ statement }) => natureOf(statement) !== 'session');
  const cancelled = async (done: number): Promise<StepsResult> => {
    if (isOwed) await journal.stands(done);
    return { kind: 'cancelled' };
  };
  // Of an up, a SET that may call a function of yours is looked at by `unchanged`.
  const first = steps.findIndex(
    ({ statement }) => natureOf(statement) !== 'session' || (unchanged !== null && statement.includes('(')),
  );
  /**
   * Not less than before: of the steps that are done, those that set the session are run again. None where only such came
   * before, or what changed nothing: a migration that has done nothing must be known as such, or its undoing asks for a
   * person.
   */
  const stands = (done: number): Promise<void> => {
    const all = Math.max(done, doneBefore);
    return journal.stands(all <= Math.max(first, unchanged?.count ?? 0) ? 0 : all);
  };
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
    let before: string | null = null;
    if (isDdl) {
      before = await fingerprintBefore(ports.database, statement, nature);
      if (!(await journal.begins(index, before))) return cancelled(index);
    }
    const result =
      nature === 'dml'
        ? await runDml(ports, journal, steps, index, last, unchanged)
        : await runAlone(ports, step, (found) => unchanged?.note(index, statement, found, before));
    plainTables.note(statement);
    if (result.kind === 'stopped') {
      const { error } = result;
      // What DML had done to a table without transactions is there still, and so is what a procedure did: it stays in doubt.
      if (nature !== 'blind' || (error !== null && didNothing(statement, error))) {
        const isPartly = before !== null && (await isDonePartly(ports.database, statement, before, error));
        await stands(isPartly ? index + 1 : index);
      }
      const step = index + result.at + 1;
      const isOutOfTime = error === null || (error.errno === QUERY_KILLED && budget.isSpent());
      return isOutOfTime ? { kind: 'out-of-time', step, progress } : { kind: 'failed', step, error };
    }
    if (result.kind === 'rolled-back') return result;
    if (result.kind === 'cancelled') return cancelled(index);
    // A procedure may leave a transaction open, and the journal's write would be lost with it.
    if (isProcedure(statement)) {
      await ports.database.write('SET SESSION autocommit = 1');
      await ports.database.write(COMMIT);
    }
    next = index + result.count;
    isOwed = isDdl || (isOwed && nature === 'session');
    if (nature !== 'session') progress += result.count;
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

/** Whether a blind step that the server refused has surely done nothing: DDL is atomic, and a procedure may not have begun. */
function didNothing(statement: string, { errno, message }: ServerError): boolean {
  if (natureOf(statement) === 'dml') return false;
  const [, called] = CALLED.exec(statement) ?? [];
  if (!isProcedure(statement)) return true;
  return called !== undefined && NOT_BEGUN.has(errno) && message.includes(called);
}

/**
 * Whether a refused statement has dropped something all the same, as on MariaDB a DROP of several objects does where one of
 * them is not there, a CREATE OR REPLACE whose SELECT fails, and a DROP DATABASE that meets a foreign key. It then counts as
 * done, as it would after a crash: that nothing was done must not be believed of it.
 * Source: https://mariadb.com/kb/en/atomic-ddl/
 */
async function isDonePartly(
  database: Database,
  statement: string,
  before: string,
  error: ServerError | null,
): Promise<boolean> {
  const effects = effectsOf(statement) ?? [];
  const drops = effects.filter(({ action }) => action === 'drop');
  if (drops.some(({ object }) => object.kind === 'database')) return error === null || !NOT_DROPPED.has(error.errno);
  const isReplaced = effects.some((effect) => effect.action === 'create' && effect.orReplace === true);
  if (!isReplaced && (drops.length < 2 || drops.length < effects.length)) return false;
  return (await stepFingerprint(database, statement)) !== before;
}

/** No such database, or no right to drop one. */
const NOT_DROPPED = new Set([1008, 1044, 1049, 1227]);

/** The procedure is not there, has other parameters, or may not be run: said of the one that is called, or of one in it. */
const NOT_BEGUN = new Set([1305, 1318, 1370]);

const CALLED = /\bCALL\s+(?:`?[\w$]+`?\s*\.\s*)?`?([\w$]+)/i;

/** Runs the DML steps from `first` on that may be one transaction. `last`: the last one that counts. */
async function runDml(
  ports: StepPorts,
  journal: StepJournal,
  steps: readonly Step[],
  first: number,
  last: number,
  unchanged: UnchangedSteps | null,
): Promise<TransactionResult> {
  const together = await stepsTogether(ports.plainTables, steps, first);
  return runTransaction(ports, journal.transaction, {
    steps: together,
    first,
    hasLast: first + together.length === last + 1,
    carrySession: () => carriesSession(steps.map(({ statement }) => statement)),
    unchanged,
  });
}

/** The DML steps from `first` on that may be one transaction, with the session steps between them. */
async function stepsTogether(
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

/**
 * Runs one step, and tries again where others use the table. While DDL waits for the metadata lock, all queries that come
 * after it wait too: without the pauses a long transaction and a migration would stop the application between them.
 */
async function runAlone(
  context: StepContext,
  step: Step,
  note: (found: number) => Promise<void> | undefined,
): Promise<{ kind: 'done'; count: 1 } | Stopped> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await runStep(context, step);
    if (!(result instanceof ServerError)) {
      await note(result.found);
      return ONE_DONE;
    }
    const error = result;
    const pause = PAUSES[attempt];
    const mayRepeat =
      error.errno === LOCK_WAIT_TIMEOUT &&
      natureOf(step.statement) !== 'dml' &&
      // What one had done before it met the lock is committed.
      !isProcedure(step.statement) &&
      !context.budget.isSpent();
    if (pause === undefined || !mayRepeat) return { kind: 'stopped', at: 0, error };
    context.log.warn(`others use the table, trying again in ${pause} s`, { seconds: pause });
    await context.clock.sleep(pause * 1000);
  }
}

const ONE_DONE = { kind: 'done', count: 1 } as const;
