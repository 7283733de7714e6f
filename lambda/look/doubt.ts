import type { Mark } from '../plan/mark';
import type { Step } from '../sql/step';
import { partitionId } from './partition-id';
import type { Database } from '../ports';
import { isStillThere } from './step-fingerprint';

/** A migration's or its down's progress, as the journal has it. */
export interface Progress {
  readonly done: number;
  /** Of the step after the done ones; null where it was not begun. */
  readonly before: Mark | null;
}

/**
 * The number of steps that are done, once it is known what became of the one that had begun when its process died; null
 * where nothing shows it. Call it under the lock only: a statement whose client died runs to its end, and its session
 * keeps the lock until then.
 *
 * DDL is atomic, so the objects are either as they were before the step (it did not happen) or not (it did). An error
 * code would prove nothing: "already exists" may come from the step itself, or from somebody else's table.
 */
export async function resolveDoubt(
  database: Database,
  steps: readonly Step[],
  progress: Progress,
): Promise<number | null> {
  const { done, before } = progress;
  const inDoubt = steps[done];
  if (before === null || inDoubt === undefined) return done;
  if (before.kind === 'blind' || before.kind === 'module') return null;
  // The names in the statement mean what they meant when it ran. What reads rows into a variable has no part in that, and may
  // fail on a table that was changed since.
  for (const step of steps.slice(0, done)) {
    const isOfRows = step.verb === 'SET @' && step.shows('hasQuery');
    if (step.nature === 'session' && !isOfRows) await database.write(step.text);
  }
  if (before.kind === 'fingerprint') return (await isStillThere(database, inDoubt, before.hash)) ? done : done + 1;
  const id = await partitionId(database, inDoubt);
  return id === null ? null : id === before.id ? done : done + 1;
}
