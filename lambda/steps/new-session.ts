import type { Step } from '../sql/step';
import { sideEffectsIn } from '../look/side-effects';
import type { Database } from '../ports';

/**
 * With which step an up or down goes on in a new session, so many of its steps being done; null where those left may need what
 * the done ones have left in a session that is gone. What sets the session is run again in any case, and has to come to the same.
 */
export async function goesOnAt(database: Database, steps: readonly Step[], done: number): Promise<number | null> {
  if (done === steps.length || !steps.some(carries)) return done;
  const before = steps.slice(0, done);
  if (before.every((step) => step.isRead || step.isTemporary)) return (await mayWrite(database, before)) ? null : 0;
  const left = steps.slice(done);
  if (left.some((step) => step.shows('asksForLast'))) return null;
  const isNeeded = left.some(carries);
  return before.some((step) => isLost(step, isNeeded)) ? null : done;
}

function carries(step: Step): boolean {
  return step.shows('carriesSession');
}

/** Whether a session is gone with what a step that is done has left there. `isNeeded`: whether variables are. */
function isLost(step: Step, isNeeded: boolean): boolean {
  // What is prepared names objects that may be other ones by now.
  if (step.verb === 'PREPARE') return true;
  if (step.nature === 'session') return carries(step) && (step.shows('mayVary') || step.shows('isSpent'));
  return step.isTemporary || (isNeeded && (step.isProcedure || step.shows('setsVariable')));
}

/** Whether a stored function may have written for what only reads. */
async function mayWrite(database: Database, steps: readonly Step[]): Promise<boolean> {
  const hasSideEffects = sideEffectsIn(database, () => steps.map(({ text }) => text));
  for (const step of steps) if (step.nature !== 'session' && (await hasSideEffects(step))) return true;
  return false;
}
