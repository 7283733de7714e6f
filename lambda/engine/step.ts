import type { Clock, Database, Log, Written } from './ports';
import { ConnectionLost, ServerError } from './ports';
import type { TimeBudget } from './time-budget';

/** One statement to run. */
export interface Step {
  readonly statement: string;
  /** Errors that count as done. */
  readonly tolerated?: ReadonlySet<number>;
  /** As messages name it. */
  readonly where?: string;
}

/** Makes steps of statements. `of`: what they are the steps of. */
export function stepsOf(statements: readonly string[], of: string): readonly Step[] {
  const total = statements.length;
  return statements.map((statement, index) => ({ statement, where: `step ${index + 1} of ${total} of ${of}` }));
}

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
  { statement, tolerated, where }: Step,
): Promise<ServerError | Written> {
  try {
    return await budget.within(() => database.write(statement));
  } catch (error) {
    if (error instanceof ConnectionLost) error.where ??= where ?? null;
    if (!(error instanceof ServerError)) throw error;
    return tolerated?.has(error.errno) === true ? NOTHING_WRITTEN : error;
  }
}

const NOTHING_WRITTEN: Written = { found: 0, insertId: 0 };
