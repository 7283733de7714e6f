import type { Mark } from '../plan/mark';
import { isSetAgain, segmentsOf, type Segment, type StepToRun } from '../sql/segments';
import type { Step } from '../sql/step';
import { lastThatCounts, type StepNature } from '../sql/step-nature';
import { isDenied } from '../look/definition';
import { keepReadable, READABLE } from '../look/keep-readable';
import { partitionId } from '../look/partition-id';
import type { NonTransactionalTables } from '../look/non-transactional-tables';
import type { ServerError } from '../ports';
import { didNothing, isDoneAllTheSame } from './refused-ddl';
import { runAlone, type StepContext } from './run-step';
import { stepFingerprint } from '../look/step-fingerprint';
import type { LeftInSession } from '../look/left-in-session';
import type { StepJournal } from '../journal/step-journal';
import type { UnchangedSteps } from '../look/unchanged-steps';
import { COMMIT } from '../journal/own-transaction';
import { runTransaction } from './run-transaction';
import { ER_QUERY_INTERRUPTED } from '../words/server-error-numbers';

/** What running steps needs. */
export interface StepPorts extends StepContext {
  readonly nonTransactionalTables: NonTransactionalTables;
  readonly leftInSession: LeftInSession;
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
  | { readonly kind: 'out-of-time'; readonly step: number; readonly progress: number; readonly isKilled: boolean };

/**
 * Runs steps from the first that is not done, `doneBefore` being done already, and journals them.
 *
 * MySQL commits at each DDL statement, so a migration cannot be one transaction. DML steps that follow each other and their
 * journal write are one: where one of them fails, or somebody wants the run to stop, none of them is left, and no down has
 * to guess which rows were written. Before a DDL step the journal says that it begins, with the fingerprint of what it
 * touches; that it is done is said by the next write. So after a crash at most one step is in doubt, and its fingerprint
 * tells.
 *
 * `unchanged`: is told what each step did, for an up that may fail; null for steps that are reverted in no case.
 */
export async function runSteps(
  ports: StepPorts,
  journal: StepJournal,
  steps: readonly StepToRun[],
  doneBefore: number,
  unchanged: UnchangedSteps | null = null,
): Promise<StepsResult> {
  const run = new StepsRun(ports, journal, steps, doneBefore, unchanged);
  // Session steps hold for those after them, and a new run is a new session: they are never counted as done. Where none is after
  // them, what they read may be gone.
  const isOver = doneBefore > 0 && doneBefore === steps.length;
  const done = steps.slice(0, doneBefore).map(({ step }) => step);
  const left = steps.filter(({ at }) => at >= doneBefore || (!isOver && isSetAgain(done, at)));
  const stopped = await run.carryOut(segmentsOf(left));
  if (stopped !== null) return stopped;
  // Nothing was left to be counted: the last step turned out to be done, or all of them only set the session.
  if (doneBefore > run.last) {
    const isWritten = await journal.note({ kind: 'finished', done: steps.length, isShown: doneBefore > 0 });
    if (!isWritten) return { kind: 'cancelled' };
  }
  return { kind: 'done' };
}

/** One run of the steps of a migration, and how far it came. */
class StepsRun {
  /** The last step that counts; -1 where none does. */
  readonly last: number;
  /** So many steps are none of the migration's doing, where no other is done. */
  readonly #leading: number;
  readonly #ports: StepPorts;
  readonly #journal: StepJournal;
  readonly #doneBefore: number;
  readonly #unchanged: UnchangedSteps | null;
  readonly #carrySession: () => boolean;
  #progress = 0;
  /** The last step ran, and the journal does not say so yet. */
  #isOwed = false;

  constructor(
    ports: StepPorts,
    journal: StepJournal,
    steps: readonly StepToRun[],
    doneBefore: number,
    unchanged: UnchangedSteps | null,
  ) {
    this.#ports = ports;
    this.#journal = journal;
    this.#doneBefore = doneBefore;
    this.#unchanged = unchanged;
    this.last = lastThatCounts(steps.map(({ step }) => step));
    // Of an up, a SET that may call a function of yours is looked at by `unchanged`.
    this.#leading = steps.findIndex(
      ({ step }) => step.nature !== 'session' || (unchanged !== null && step.shows('mayCall')),
    );
    this.#carrySession = () => steps.some(({ step }) => step.shows('carriesSession'));
  }

  /** How the first segment that could not be carried out ended; null where all were. */
  async carryOut(segments: readonly Segment[]): Promise<StepsResult | null> {
    for (const segment of segments) {
      const first = segment.kind === 'dml' ? segment.steps[0] : segment.run;
      const at = first?.at ?? 0;
      if (this.#ports.budget.isSpent()) {
        await this.#stands(at);
        return { kind: 'out-of-time', step: at + 1, progress: this.#progress, isKilled: false };
      }
      const stopped = await this.#carryOutOne(segment);
      if (stopped !== null) return stopped;
    }
    return null;
  }

  async #carryOutOne(segment: Segment): Promise<StepsResult | null> {
    switch (segment.kind) {
      case 'session':
        return this.#setSession(segment.run);
      case 'ddl':
        return this.#runDdl(segment.run, segment.nature);
      case 'dml': {
        for (const { step } of segment.steps) this.#ports.leftInSession.noteVariables(step);
        const parts = await this.#ports.nonTransactionalTables.cut(segment.steps);
        const [whole] = parts;
        return parts.length === 1 && whole?.kind === 'dml' ? this.#runDml(whole.steps) : this.carryOut(parts);
      }
      default:
        return segment satisfies never;
    }
  }

  /** It holds for the steps after it, and never counts as done. */
  async #setSession(run: StepToRun): Promise<StepsResult | null> {
    await this.#ports.leftInSession.expect(run.step);
    const result = await runAlone(this.#ports, run, async (found) => {
      await keepReadable(this.#ports.database, run.step);
      await this.#unchanged?.note(run, found, null);
    });
    this.#ports.nonTransactionalTables.note(run.step);
    if (result.kind === 'done') return null;
    await this.#stands(run.at);
    return this.#stoppedAt(run.at, result.error);
  }

  async #runDdl(run: StepToRun, nature: StepNature): Promise<StepsResult | null> {
    const { step, at } = run;
    const { database, nonTransactionalTables, leftInSession } = this.#ports;
    await leftInSession.expect(step);
    const mark = await markOf(this.#ports, step, nature);
    if (!(await this.#journal.note({ kind: 'begins', done: at, mark }))) return this.#cancelled(at);
    const result = await runAlone(this.#ports, run, (found) => this.#unchanged?.note(run, found, mark));
    nonTransactionalTables.note(step);
    if (result.kind === 'stopped') {
      const { error } = result;
      // What DML had done to a table without transactions is there still, and so is what a procedure did: it stays in doubt.
      if (nature !== 'blind' || (error !== null && (await didNothing(database, step, error)))) {
        await this.#stands((await isDoneAllTheSame(database, step, mark, error)) ? at + 1 : at);
      }
      return this.#stoppedAt(at, error);
    }
    // A procedure may leave a transaction open, and the journal's write would be lost with it; and it may set the session.
    if (step.isProcedure) {
      await database.write(`SET SESSION autocommit = 1, ${READABLE}`);
      await database.write(COMMIT);
    }
    this.#progress += 1;
    this.#isOwed = true;
    // The last one has no next write of its own; one of which nothing shows that it was done is written down at once.
    const isShown = nature !== 'blind';
    const isLast = at === this.last;
    if (!isLast && isShown) return null;
    const done = at + 1;
    const event = isLast ? ({ kind: 'finished', done, isShown } as const) : ({ kind: 'done', done } as const);
    if (!(await this.#journal.note(event))) return this.#cancelled(done);
    this.#isOwed = false;
    return null;
  }

  async #runDml(steps: readonly StepToRun[]): Promise<StepsResult | null> {
    const first = steps[0]?.at ?? 0;
    const result = await runTransaction(this.#ports, this.#journal.transaction, {
      steps,
      hasLast: (steps.at(-1)?.at ?? 0) >= this.last,
      carrySession: this.#carrySession,
      unchanged: this.#unchanged,
    });
    switch (result.kind) {
      case 'done':
        this.#progress += result.count;
        this.#isOwed = false;
        return result.count < steps.length ? this.carryOut(segmentsOf(steps.slice(result.count))) : null;
      case 'stopped':
        await this.#stands(first);
        return this.#stoppedAt(first + result.at, result.error);
      case 'cancelled':
        return this.#cancelled(first);
      case 'rolled-back':
        return result;
      default:
        return result satisfies never;
    }
  }

  #stoppedAt(at: number, error: ServerError | null): StepsResult {
    const isOutOfTime = error === null || (error.errno === ER_QUERY_INTERRUPTED && this.#ports.budget.isSpent());
    const step = at + 1;
    return isOutOfTime
      ? { kind: 'out-of-time', step, progress: this.#progress, isKilled: error !== null }
      : { kind: 'failed', step, error };
  }

  async #cancelled(done: number): Promise<StepsResult> {
    if (this.#isOwed) await this.#journal.note({ kind: 'stands', done });
    return { kind: 'cancelled' };
  }

  /**
   * Never fewer than before, since the steps that set the session are run again. 0 if no step changed anything: then nothing
   * has to be reverted, and nobody is asked.
   */
  async #stands(done: number): Promise<void> {
    const all = Math.max(done, this.#doneBefore);
    const isNothing = all <= Math.max(this.#leading, this.#unchanged?.count ?? 0);
    await this.#journal.note({ kind: 'stands', done: isNothing ? 0 : all });
  }
}

/** What the journal says of a DDL step that begins. */
async function markOf({ database }: StepPorts, step: Step, nature: StepNature): Promise<Mark> {
  if (nature !== 'blind') {
    try {
      return { kind: 'fingerprint', hash: await stepFingerprint(database, step) };
    } catch (error) {
      // The server is to say what it thinks of the step.
      if (isDenied(error)) return { kind: 'blind' };
      throw error;
    }
  }
  const id = await partitionId(database, step);
  return id === null ? { kind: 'blind' } : { kind: 'partition', id };
}
