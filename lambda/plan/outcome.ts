import type { Failure } from '../words/failure';

/** What was done. */
export type Outcome =
  | {
      readonly kind: 'applied';
      readonly applied: readonly string[];
      readonly reverted: readonly string[];
      /** Reverted once the release before has ended. */
      readonly leaving: readonly string[];
      /** Kept migrations that the release lacks. */
      readonly kept: readonly string[];
    }
  | { readonly kind: 'reverted'; readonly reversal: Reversal }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      /** What became of what the run had applied; null where it had applied nothing. */
      readonly reversal: Reversal | null;
    }
  /** The time ran out after some progress: the next attempt goes on from there. */
  | { readonly kind: 'unfinished'; readonly failure: Failure }
  /** A newer request wants the schema: the run stopped between two migrations and reverted nothing. */
  | { readonly kind: 'cancelled' };

/** What came of a request, in numbers. */
export interface Tally {
  /** Migrations that were applied and stand; in a rollback those that were applied again. */
  readonly applied: number;
  readonly reverted: number;
  /** Migrations of the release that the request found not applied; absent where it did not come to that. */
  readonly pending?: number;
  /** Whether what was there before is not all back, after a revert: the schema is another one, or a migration was kept. */
  readonly hasMismatch: boolean;
  /** Whether somebody has to look at it, though the answer was SUCCESS. */
  readonly hasFailed?: boolean;
}

/** Of a tally what was done, and of an answer that did not get through the rest: whoever gives it again finds all done. */
export function splitTally({ applied, reverted, hasMismatch, ...rest }: Tally): {
  readonly done: Tally;
  readonly rest: Tally;
} {
  return { done: { applied, reverted, hasMismatch }, rest: { ...rest, applied: 0, reverted: 0, hasMismatch: false } };
}

/** What a revert did. */
export interface Reversal {
  /** Newest first. */
  readonly reverted: readonly string[];
  /** What the reverted deployments had removed and that is applied again, oldest first. */
  readonly reapplied: readonly string[];
  /** Irreversible migrations, and those below them. */
  readonly kept: readonly string[];
  /** Why it could not go on; null where it went to its end. */
  readonly failure: Failure | null;
  /** Whether the schema was compared with what it was before: nobody may know how that was. */
  readonly isCompared: boolean;
  /** How it differs, in words; null where it does not, or was not compared. */
  readonly drift: string | null;
}
