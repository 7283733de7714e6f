import type { Mark } from '../plan/mark';
import type { Step } from '../sql/step';
import { keepReadable } from './keep-readable';
import { partitionId } from './partition-id';
import type { Database } from '../ports';
import { absentFingerprint, isStillThere, stepFingerprint } from './step-fingerprint';

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
 * DDL is atomic, so the objects are either as they were before the step (it did not happen) or not (it did); what is not atomic
 * may have happened in part, and then nothing is said. An error
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
  // fail on a table that was changed since; so may what is prepared, also of such a variable.
  for (const step of steps.slice(0, done)) {
    const isOfRows = step.verb === 'SET @' && step.shows('hasQuery');
    if (step.nature !== 'session' || isOfRows || step.verb === 'PREPARE') continue;
    await database.write(step.text);
    await keepReadable(database, step);
  }
  if (before.kind === 'fingerprint') {
    if (await isStillThere(database, inDoubt, before.hash)) return done;
    return (await isPartial(database, inDoubt)) ? null : done + 1;
  }
  const id = await partitionId(database, inDoubt);
  return id === null ? null : id === before.id ? done : done + 1;
}

/**
 * Whether some of what a statement drops is left, or what it replaces is gone and not made: on MariaDB these are not atomic, and
 * the server may have refused it half-way.
 */
async function isPartial(database: Database, step: Step): Promise<boolean> {
  const { effects = [], words } = step;
  const isDrop = words[0] === 'DROP';
  const isAtomic = isDrop
    ? effects.length === 1
    : !effects.some((effect) => effect.action === 'create' && effect.orReplace === true);
  return !isAtomic && ((await stepFingerprint(database, step)) === absentFingerprint(effects)) !== isDrop;
}
