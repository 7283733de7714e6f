import { classify } from '../plan/statement-kind';
import type { StepJournal, StepPorts } from './steps';
import { COMMIT, ROLLBACK } from './transaction';
import type { Database, MigrationContext, MigrationModule } from './ports';
import { ServerError } from './ports';

/** How a JavaScript migration ended. `isPartial`: what it did before it failed could not be rolled back. */
export type ModuleResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: string; readonly isPartial: boolean }
  | { readonly kind: 'cancelled' };

/** In place of a fingerprint: the module has left its transaction, so that it may be half done after a crash. */
const PARTIAL = 'module';

/**
 * Runs a JavaScript migration's function as one step, in a transaction that holds as long as the function runs nothing
 * but DML. Before the first statement that may end it, the journal says so in the same transaction, and that statement's
 * commit takes it along.
 */
export async function runModule(
  { database, plainTables }: Pick<StepPorts, 'database' | 'plainTables'>,
  journal: StepJournal,
  run: MigrationModule['up'],
): Promise<ModuleResult> {
  const progress = { isPartial: false, isCommitted: false, isCancelled: false, isOver: false };
  const send = async (statement: string, parameters: readonly unknown[]): Promise<unknown> => {
    if (progress.isOver) throw new Error('the migration is over, no query of it is run any more');
    const nature = await plainTables.natureOf(statement);
    if (nature !== 'dml' && nature !== 'session' && !progress.isPartial) {
      // What the module wants to be rolled back, and not the journal's write.
      if (classify(statement).verb === 'ROLLBACK') await database.write('ROLLBACK AND CHAIN NO RELEASE');
      // A module may catch the error and go on.
      progress.isCancelled ||= !(await journal.begins(0, PARTIAL));
      if (progress.isCancelled) throw new Error('a newer request wants the deployment to stop');
      progress.isPartial = true;
    }
    // DDL takes what the journal says along when it commits. This may commit nothing, and a procedure may roll back.
    if (nature === 'blind' && !progress.isCommitted) {
      await database.write('COMMIT AND CHAIN NO RELEASE');
      progress.isCommitted = true;
    }
    plainTables.note(statement);
    return parameters.length === 0 ? database.query(statement) : database.prepared(statement, parameters);
  };
  // A module may begin several queries together: each is run after the one before it.
  const running = new Set<Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();
  const query: MigrationContext['query'] = (statement, parameters = []) => {
    const next = (): Promise<unknown> => send(statement, parameters);
    const result = last.then(next, next);
    last = result;
    running.add(result);
    const forget = (): unknown => running.delete(result);
    result.then(forget, forget);
    return result;
  };
  // Between its statements a module may do anything else, for longer than the server keeps an idle session.
  const [limit] = await database.query('SELECT @@SESSION.wait_timeout AS seconds');
  const pings = setInterval(() => void ping(database), (Number(limit?.['seconds']) * 1000) / 3);
  try {
    await database.write('START TRANSACTION');
    await run({ query });
    // Those that it did not wait for are part of it, their errors too.
    while (running.size > 0) await Promise.all(running);
  } catch (error) {
    progress.isOver = true;
    // Where one of several failed, another would be run after the rollback, outside of any transaction.
    await Promise.allSettled(running);
    if (error instanceof Error && error.name === 'ConnectionLost') throw error;
    await database.write(ROLLBACK);
    if (progress.isCancelled) return { kind: 'cancelled' };
    if (!progress.isPartial) await journal.stands(0);
    return { kind: 'failed', error: messageOf(error), isPartial: progress.isPartial };
  } finally {
    progress.isOver = true;
    clearInterval(pings);
  }
  const isJournalled = await journal.done(1, true, false);
  // What has left the transaction cannot be taken out of it again; the newer request will revert it.
  await database.write(isJournalled ? COMMIT : ROLLBACK);
  return isJournalled ? { kind: 'done' } : { kind: 'cancelled' };
}

/** That the connection is lost shows at the next statement of the module. */
async function ping(database: Database): Promise<void> {
  await database.query('DO 0').catch(() => undefined);
}

function messageOf(error: unknown): string {
  if (error instanceof ServerError) return error.summary;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return message.slice(0, MAX_MESSAGE);
}

/** A column of the journal takes 65,535 bytes and an answer 4,096; what a migration throws may be of any length. */
const MAX_MESSAGE = 4_000;
