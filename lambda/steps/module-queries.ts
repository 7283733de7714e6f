import type { Mark } from '../plan/mark';
import { stepOf, type Step } from '../sql/step';
import type { StepNature } from '../sql/step-nature';
import { JournalGuard } from './journal-guard';
import { asSent, misfitOf } from './parameters';
import { isRefusedUnrun } from './refused-dml';
import { keepReadable } from '../look/keep-readable';
import type { NonTransactionalTables } from '../look/non-transactional-tables';
import { ConnectionLost, ServerError, type Database, type MigrationContext } from '../ports';
import { stepFingerprint } from '../look/step-fingerprint';
import type { LeftInSession } from '../look/left-in-session';
import type { StepJournal } from '../journal/step-journal';
import type { StepPorts } from './steps';
import { UnchangedSteps } from '../look/unchanged-steps';
import { ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_QUERY_INTERRUPTED } from '../words/server-error-numbers';

/**
 * The queries of a JavaScript migration, in a transaction for as long as none of them ends it. Before the first one that may,
 * the journal says so.
 *
 * A module may begin several together, and forget to wait for one. They are run one after another, and none after its end:
 * on the same session are the journal's writes, and the migrations that follow.
 */
export class ModuleQueries {
  readonly #database: Database;
  readonly #nonTransactionalTables: NonTransactionalTables;
  readonly #leftInSession: LeftInSession;
  readonly #journal: StepJournal;
  readonly #guard: JournalGuard;
  readonly #running = new Set<Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();
  #transaction: 'held' | 'left' | 'committed' = 'held';
  #end: End | null = null;
  #lost: ConnectionLost | null = null;
  #hasChanged = false;
  /** Each text once: a module may run one for every row. */
  readonly #reads = new Map<string, Step>();
  readonly #where: string;
  readonly #unchanged: UnchangedSteps;

  constructor(
    {
      database,
      nonTransactionalTables,
      leftInSession,
    }: Pick<StepPorts, 'database' | 'nonTransactionalTables' | 'leftInSession'>,
    journal: StepJournal,
    where: string,
  ) {
    this.#where = where;
    this.#leftInSession = leftInSession;
    this.#database = database;
    this.#nonTransactionalTables = nonTransactionalTables;
    this.#journal = journal;
    this.#guard = new JournalGuard(database);
    this.#unchanged = new UnchangedSteps(database, [], 0, () => this.#reads.keys());
  }

  /** Whether the transaction was left, so that not all can be rolled back. */
  get isPartial(): boolean {
    return this.#transaction !== 'held';
  }

  /**
   * Whether any query may have changed the schema or a row. To be asked when the module is over: looking between its queries
   * would change what ROW_COUNT() gives it.
   */
  async hasChanged(): Promise<boolean> {
    for (const read of this.#reads.values())
      this.#hasChanged ||= !(await this.#unchanged.changesNothing(read, 0, null));
    return this.#hasChanged;
  }

  /** That the connection is lost; null where it is not. */
  get lost(): ConnectionLost | null {
    return this.#lost;
  }

  /** Whether the journal forbade to leave the transaction. */
  get isCancelled(): boolean {
    return this.#end?.kind === 'cancelled';
  }

  readonly query: MigrationContext['query'] = (statement, parameters = []) => {
    const next = (): Promise<unknown> => this.#run(statement, parameters);
    this.#last = this.#last.then(next, next);
    // The module's own promise: an error that it does not look at ends the process, as any other in Node does. Were it looked
    // at here, the migration would go on as if that query had been run.
    const result = this.#last.then((rows) => rows);
    this.#running.add(result);
    const forget = (): unknown => this.#running.delete(result);
    this.#last.then(forget, forget);
    return result;
  };

  /** Resolves when all that were begun are done. Throws the error of one that nobody waited for, and of a lost transaction. */
  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    if (this.#end !== null) throw this.#end.error;
    await this.stop();
  }

  /** Resolves when the one that runs has ended. No other is run. */
  async stop(): Promise<void> {
    this.#end ??= { kind: 'over', error: new Error('the migration is over, no query of it is run any more') };
    await Promise.allSettled(this.#running);
  }

  async #run(statement: string, parameters: readonly unknown[]): Promise<unknown> {
    // A module may catch the error and go on: then it must not be taken for done, and what followed would be done by itself.
    if (this.#end !== null) throw this.#end.error;
    const misfit = misfitOf(statement, parameters);
    if (misfit !== null) throw new Error(misfit);
    const step = stepOf(statement);
    const refusal = await this.#guard.refusal(step);
    if (refusal !== null) throw this.#endWith('failed', new Error(refusal));
    const nature = await this.#nonTransactionalTables.natureOf(step);
    await this.#leftInSession.expect(step);
    // DML that no transaction can hold is journalled as what ends it.
    if (step.endsTransaction || nature !== step.nature) await this.#leave(step, nature);
    this.#nonTransactionalTables.note(step);
    const before = this.#hasChanged ? null : await this.#before(step, nature);
    try {
      const result = await this.#database.execute(...asSent(step.text, parameters));
      await keepReadable(this.#database, step);
      await this.#note(step, result, before);
      return result;
    } catch (error) {
      if (error instanceof ConnectionLost) {
        error.where ??= this.#where;
        this.#lost = error;
      }
      if (step.verb === 'USE') this.#guard.useFailed();
      // Other DDL that the server refuses has done nothing, unless a KILL came too late for it.
      this.#hasChanged ||=
        step.shows('mayDropPartly') ||
        (step.endsTransaction && error instanceof ServerError && error.errno === ER_QUERY_INTERRUPTED) ||
        (nature === 'blind' && !(await this.#isUnrun(step, error)));
      if (!this.isPartial && error instanceof ServerError && (await this.#tookTransaction(error)))
        this.#endWith('failed', error);
      throw error;
    }
  }

  async #isUnrun({ nature, text }: Step, error: unknown): Promise<boolean> {
    return nature === 'dml' && error instanceof ServerError && (await isRefusedUnrun(this.#database, text, error));
  }

  async #tookTransaction({ errno }: ServerError): Promise<boolean> {
    if (errno !== ER_LOCK_WAIT_TIMEOUT) return errno === ER_LOCK_DEADLOCK;
    const [row] = await this.#database.query('SELECT @@innodb_rollback_on_timeout AS takesAll');
    return Number(row?.['takesAll']) !== 0;
  }

  async #note(step: Step, result: unknown, before: Mark | null): Promise<void> {
    if (this.#hasChanged) return;
    const found = step.isRead || (before !== null && !step.shows('hasQuery')) ? 0 : foundBy(result);
    if (before !== null) this.#hasChanged = !(await this.#unchanged.changesNothing(step, found, before));
    else if (found > 0) this.#hasChanged = true;
    else this.#reads.set(step.text, step);
  }

  async #before(step: Step, nature: StepNature): Promise<Mark | null> {
    if (nature === 'dml' || nature === 'session') return null;
    if (nature !== 'repeatable') return { kind: 'blind' };
    return { kind: 'fingerprint', hash: await stepFingerprint(this.#database, step) };
  }

  /** Before a statement that may end the transaction. DDL takes what the journal says of it along when it commits. */
  async #leave(step: Step, nature: StepNature): Promise<void> {
    if (!this.isPartial) {
      // What the module wants to be rolled back, and not the journal's write.
      if (step.verb === 'ROLLBACK') await this.#database.write('ROLLBACK AND CHAIN NO RELEASE');
      const mayGoOn = await this.#journal.note({ kind: 'begins', done: 0, mark: { kind: 'module' } });
      if (!mayGoOn) throw this.#endWith('cancelled', new Error('a newer request wants the deployment to stop'));
      this.#transaction = 'left';
    }
    // It may commit nothing itself, and a procedure may roll back.
    if (this.#transaction === 'left' && nature === 'blind') {
      await this.#database.write('COMMIT AND CHAIN NO RELEASE');
      this.#transaction = 'committed';
    }
  }

  #endWith(kind: End['kind'], error: Error): Error {
    this.#end = { kind, error };
    return error;
  }
}

/** Why no query is run any more, and what each is told. `failed`: one was refused, or took the transaction along. */
interface End {
  readonly kind: 'over' | 'cancelled' | 'failed';
  readonly error: Error;
}

/** Rows that a writing statement changed; one where that is not known. */
function foundBy(result: unknown): number {
  const { affectedRows } = result as { readonly affectedRows?: unknown };
  return typeof affectedRows === 'number' ? affectedRows : 1;
}
