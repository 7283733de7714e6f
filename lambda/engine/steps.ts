import { classify } from '../plan/statement-kind';
import type { SqlScript } from '../plan/types';
import type { Journal } from './journal';
import type { Clock, Database, MigrationModule } from './ports';
import { ServerError } from './ports';

/** How the steps of one migration ended. */
export type StepsResult =
  | { readonly kind: 'done' }
  /** The server refused a step. What it had done of this step is undone: a DDL statement is atomic, DML is rolled back. */
  | { readonly kind: 'failed'; readonly step: number; readonly total: number; readonly error: ServerError };

/** A JavaScript migration is one step. `isPartial`: what it did before it failed could not be rolled back. */
export type ModuleResult =
  { readonly kind: 'done' } | { readonly kind: 'failed'; readonly error: string; readonly isPartial: boolean };

/** What running steps needs. */
export interface StepPorts {
  readonly database: Database;
  readonly journal: Journal;
  readonly clock: Clock;
}

/**
 * Runs the up statements of a migration whose row says that it begins, and journals each.
 *
 * MySQL commits at each DDL statement, so a migration cannot be one transaction. DML and its journal write can.
 */
export async function applySteps(ports: StepPorts, name: string, statements: readonly string[]): Promise<StepsResult> {
  const { database, journal, clock } = ports;
  const start = clock.now();
  const total = statements.length;
  for (const [index, statement] of statements.entries()) {
    const done = (): Promise<void> => journal.stepsDone(name, index + 1, index + 1 === total, clock.now() - start);
    const error = await runStep(database, statement, done);
    if (error !== null) return { kind: 'failed', step: index + 1, total, error };
  }
  return { kind: 'done' };
}

/** Runs the down statements of a wholly applied migration, from the first that is not done yet. */
export async function revertSteps(
  ports: StepPorts,
  storedName: string,
  script: SqlScript,
  downStepsDone: number,
): Promise<StepsResult> {
  const { database, journal } = ports;
  const total = script.down.length;
  for (const [index, statement] of script.down.entries()) {
    const { kind } = classify(statement);
    // Session statements hold for the statements after them only, and a new run is a new session.
    if (index < downStepsDone && kind !== 'session') continue;
    const error = await runStep(database, statement, () => journal.downStepsDone(storedName, index + 1));
    if (error !== null) return { kind: 'failed', step: index + 1, total, error };
  }
  return { kind: 'done' };
}

/** Runs one statement and its journal write; in one transaction where the statement allows it. */
export async function runStep(
  database: Database,
  statement: string,
  journalDone: () => Promise<void>,
): Promise<ServerError | null> {
  const isDml = classify(statement).kind === 'dml';
  try {
    if (isDml) await database.write('START TRANSACTION');
    await database.write(statement);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (isDml) await database.write('ROLLBACK');
    return error;
  }
  await journalDone();
  if (isDml) await database.write('COMMIT');
  return null;
}

/** Runs a JavaScript migration's function in a transaction, which holds as long as the function does no DDL. */
export async function runModule(
  database: Database,
  run: MigrationModule['up'],
  journalDone: () => Promise<void>,
): Promise<ModuleResult> {
  await database.write('START TRANSACTION');
  try {
    await run({
      query: (statement, parameters) =>
        parameters === undefined || parameters.length === 0
          ? database.query(statement)
          : database.prepared(statement, parameters),
    });
  } catch (error) {
    if (!isExpected(error)) throw error;
    const isPartial = !(await database.inTransaction());
    await database.write('ROLLBACK');
    return { kind: 'failed', error: messageOf(error), isPartial };
  }
  await journalDone();
  await database.write('COMMIT');
  return { kind: 'done' };
}

/** A lost connection ends the run; anything else that a migration throws is its own failure. */
function isExpected(error: unknown): boolean {
  return error instanceof ServerError || !(error instanceof Error) || error.name !== 'ConnectionLost';
}

function messageOf(error: unknown): string {
  if (error instanceof ServerError) return error.summary;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
