import type { LeftInSession } from '../look/left-in-session';
import type { Failure } from '../words/failure';

/** What a run had done when its session was spent, and why it reverts; null where it does not, or by its plan. */
export interface SoFar {
  readonly applied: readonly string[];
  readonly reverted: readonly string[];
  readonly failure: Failure | null;
  /** The deployment of a run by hand, which no request leads back to; null in all others. */
  readonly deployment: number | null;
}

export const NOTHING_YET: SoFar = { applied: [], reverted: [], failure: null, deployment: null };

/**
 * Thrown between two migrations, where the session may hold what would mislead whatever is run next. All that was done is
 * journalled: it goes on from history in a new session. Each has run something before, so that this comes to an end.
 */
export class SpentSession extends Error {
  override readonly name = 'SpentSession';
  readonly done: SoFar;

  constructor(done: Partial<SoFar>) {
    super('a migration may have left something there, such as a temporary table');
    this.done = { ...NOTHING_YET, ...done };
  }

  /** With what was done in the sessions before. */
  after({ applied, reverted, failure, deployment }: SoFar): SoFar {
    const { done } = this;
    return {
      applied: [...applied, ...done.applied],
      reverted: [...reverted, ...done.reverted],
      failure: done.failure ?? failure,
      deployment: done.deployment ?? deployment,
    };
  }
}

/** Says that what comes next needs a session in which nothing is left. */
export function needCleanSession(
  { leftInSession }: { readonly leftInSession: Pick<LeftInSession, 'mayMislead'> },
  done: Partial<SoFar>,
): void {
  if (leftInSession.mayMislead) throw new SpentSession(done);
}
