import type { Evidence, Scene } from '../evidence/evidence';
import type { Need } from '../target/target';

/** What came of one assumption. The text says what was seen, or why nothing was. */
export type Verdict =
  | { readonly kind: 'held'; readonly observation: string }
  | { readonly kind: 'differs'; readonly observation: string }
  | { readonly kind: 'not-played'; readonly why: string };

/** Something about AWS that the project relies on, and that nobody has written down as a promise. */
export interface Assumption {
  readonly id: string;
  readonly sentence: string;
  /** Where it is from, until somebody has seen it. */
  readonly basis: string;
  /** The play that shows it. */
  readonly play: string;
  /** What it takes to show it, where the play does not take the same. */
  readonly needs?: Need;
  readonly judge: (scene: Scene, evidence: Evidence) => Verdict;
}

export function held(observation: string): Verdict {
  return { kind: 'held', observation };
}

export function differs(observation: string): Verdict {
  return { kind: 'differs', observation };
}

export function notPlayed(why: string): Verdict {
  return { kind: 'not-played', why };
}

/** Held where it is so. The observation is the same: what was seen, in figures. */
export function heldIf(isSo: boolean, observation: string): Verdict {
  return isSo ? held(observation) : differs(observation);
}
