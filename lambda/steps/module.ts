import { inspect, types } from 'node:util';
import { ModuleQueries } from './module-queries';
import type { StepJournal } from '../journal/step-journal';
import type { StepPorts } from './steps';
import { COMMIT, ROLLBACK } from '../journal/own-transaction';
import { ServerError, type Database, type MigrationModule } from '../ports';

/** How a JavaScript migration ended. */
export type ModuleResult =
  { readonly kind: 'done' } | { readonly kind: 'failed'; readonly error: string } | { readonly kind: 'cancelled' };

/**
 * Runs a JavaScript migration's function as one step, in a transaction that holds as long as the function runs nothing
 * but DML. Before the first statement that may end it, the journal says so. `where`: how messages name it.
 */
export async function runModule(
  ports: Pick<StepPorts, 'database' | 'nonTransactionalTables' | 'leftInSession'>,
  journal: StepJournal,
  run: MigrationModule['up'],
  where: string,
): Promise<ModuleResult> {
  const { database } = ports;
  const queries = new ModuleQueries(ports, journal, where);
  // Between its statements a module may do anything else, for longer than the server keeps an idle session.
  const [limit] = await database.query('SELECT @@SESSION.wait_timeout AS seconds');
  const pings = setInterval(() => void ping(database), (Number(limit?.['seconds']) * 1000) / 3);
  try {
    await database.write('START TRANSACTION');
    await run({ query: queries.query });
    await queries.done();
  } catch (error) {
    await queries.stop();
    // Whatever it has made of that: what it throws may be anything, and is not looked at before it is told.
    if (queries.lost !== null) throw queries.lost;
    await database.write(ROLLBACK);
    if (queries.isPartial) await database.write(UNLOCK);
    if (queries.isCancelled) return { kind: 'cancelled' };
    if (!queries.isPartial || !(await queries.hasChanged())) await journal.note({ kind: 'stands', done: 0 });
    return { kind: 'failed', error: messageOf(error) };
  } finally {
    clearInterval(pings);
  }
  if (queries.isPartial) await database.write(UNLOCK);
  const isJournalled = await journal.note({ kind: 'finished', done: 1, isShown: false });
  if (isJournalled || queries.isPartial) await database.write(COMMIT);
  else await database.write(ROLLBACK);
  // What has left the transaction is there all the same, and its down reverts it.
  if (!isJournalled && queries.isPartial) await journal.note({ kind: 'stands', done: 1 });
  return isJournalled ? { kind: 'done' } : { kind: 'cancelled' };
}

/** Under LOCK TABLES the journal's table could not be used. */
const UNLOCK = 'UNLOCK TABLES';

/** That the connection is lost shows at the next statement of the module. */
async function ping(database: Database): Promise<void> {
  await database.query('DO 0').catch(() => undefined);
}

/** What was thrown, which may refuse to be looked at. */
function messageOf(thrown: unknown): string {
  try {
    return textOf(thrown, MAX_DEPTH).slice(0, MAX_MESSAGE);
  } catch {
    return 'it threw something that cannot be read';
  }
}

/** With what is behind it: `fetch` says no more than that it failed, and `Promise.any` that all did. */
function textOf(thrown: unknown, depth: number): string {
  if (thrown instanceof ServerError) return thrown.summary;
  if (!types.isNativeError(thrown)) return typeof thrown === 'string' ? thrown : inspect(thrown);
  const { name, message, cause, errors } = thrown as Partial<AggregateError>;
  const behind = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter((each) => each !== undefined);
  const texts = depth === 0 ? [] : behind.map((each) => textOf(each, depth - 1));
  return [`${name}: ${message}`, ...texts].join('; ');
}

/** An error may be its own cause. */
const MAX_DEPTH = 3;

/** A column of the journal takes 65,535 bytes and an answer 4,096; what a migration throws may be of any length. */
const MAX_MESSAGE = 4_000;
