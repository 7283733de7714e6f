import type { Mark } from '../plan/mark';
import type { DbObject } from '../sql/db-object';
import { isSetAgain } from '../sql/segments';
import type { Step } from '../sql/step';
import { isDenied } from './definition';
import { keepReadable } from './keep-readable';
import type { LeftInSession } from './left-in-session';
import { partitionId } from './partition-id';
import type { Database } from '../ports';
import { isRefusal } from '../refusal';
import { absentFingerprint, isStillThere, stepFingerprint } from './step-fingerprint';

/** A migration's or its down's progress, as the journal has it. */
export interface Progress {
  readonly done: number;
  /** Of the step after the done ones; null where it was not begun. */
  readonly before: Mark | null;
}

/** A session to look with, and what is left in it. */
interface Looking {
  readonly database: Database;
  readonly leftInSession: LeftInSession;
}

/**
 * The number of steps that are done, once it is known what became of the one that had begun when its process died; null
 * where nothing shows it. Call it under the lock only: a statement whose client died runs to its end, and its session
 * keeps the lock until then.
 *
 * DDL is atomic, so the objects are either as they were before the step (it did not happen) or not (it did); what is not atomic
 * may have happened in part, and then nothing is said. An error
 * code would prove nothing: "already exists" may come from the step itself, or from somebody else's table.
 *
 * @param isOnlyRunAgain whether a step that counts as not done is surely run once more, as in a down: of one that has emptied
 * something it is all the same then
 */
export async function resolveDoubt(
  { database, leftInSession }: Looking,
  steps: readonly Step[],
  progress: Progress,
  isOnlyRunAgain = false,
): Promise<number | null> {
  const { done, before } = progress;
  const inDoubt = steps[done];
  if (before === null || inDoubt === undefined) return done;
  if (before.kind === 'blind' || before.kind === 'module') return null;
  const look = await setSessionFor({ database, leftInSession }, steps.slice(0, done), inDoubt);
  if (look === 'blind') return null;
  try {
    const isDone =
      before.kind === 'fingerprint'
        ? await isSeenDone(database, inDoubt, before.hash, look === 'as-before', isOnlyRunAgain)
        : await isOtherPartition(database, inDoubt, before.id);
    return isDone === null ? null : done + Number(isDone);
  } catch (error) {
    if (isDenied(error)) return null;
    throw error;
  }
}

async function isSeenDone(
  database: Database,
  step: Step,
  hash: string,
  isPrintedSo: boolean,
  isOnlyRunAgain: boolean,
): Promise<boolean | null> {
  if (!(await isStillThere(database, step, hash)))
    return isPrintedSo && !(await isPartial(database, step)) ? true : null;
  const { hides, effects = [] } = step;
  const isShown = hides === null || hash === absentFingerprint(effects);
  return isShown || (hides === 'emptied' && isOnlyRunAgain) ? false : null;
}

async function isOtherPartition(database: Database, step: Step, before: string): Promise<boolean | null> {
  const id = await partitionId(database, step);
  return id === null ? null : id !== before;
}

/** `other-print`: definitions may be printed otherwise than before the step. `blind`: nobody knows which objects it names. */
type Look = 'as-before' | 'other-print' | 'blind';

/**
 * Sets the session as it was, so that the names in the statement mean what they meant when it ran, and definitions are printed
 * as they were. What it takes may be gone since, and most of it has no part in that.
 */
async function setSessionFor(
  { database, leftInSession }: Looking,
  done: readonly Step[],
  inDoubt: Step,
): Promise<Look> {
  let look: Look = 'as-before';
  for (const [at, step] of done.entries()) {
    // What reads rows into a variable may fail on a table that was changed since; so may what is prepared, also of such a variable.
    const isOfRows = step.verb === 'SET @' && step.shows('hasQuery');
    if (!isSetAgain(done, at) || isOfRows || step.verb === 'PREPARE') continue;
    try {
      // It would be left for what is run next.
      if (step.shows('isSpent')) {
        if (step.shows('setsPrint')) look = 'other-print';
        continue;
      }
      leftInSession.noteVariables(step);
      await database.write(step.text);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (step.verb === 'USE' && !hasWholeNames(inDoubt)) return 'blind';
      if (step.shows('setsPrint')) look = 'other-print';
    }
    await keepReadable(database, step);
  }
  return look;
}

/** Whether its names mean the same in whatever database the session is. */
function hasWholeNames({ effects = [] }: Step): boolean {
  return effects.every((effect) => isWhole(effect.object) && (effect.action !== 'rename' || isWhole(effect.to)));
}

function isWhole({ kind, schema, name }: DbObject): boolean {
  return schema !== undefined || (kind === 'database' && name !== '');
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
