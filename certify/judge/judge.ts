import type { Evidence } from '../evidence/evidence';
import type { Need } from '../target/target';
import { CANCELLED } from './cancelled';
import { FUNCTIONS } from './functions';
import { HALF_WAY } from './half-way';
import { MESSAGES } from './messages';
import { ORDER } from './order';
import { type Assumption, notPlayed, type Verdict } from './verdict';

/** All that is judged. */
export const ASSUMPTIONS: readonly Assumption[] = [...ORDER, ...CANCELLED, ...HALF_WAY, ...FUNCTIONS, ...MESSAGES];

/** An assumption and what came of it. */
export interface Judged {
  readonly assumption: Assumption;
  readonly verdict: Verdict;
}

/**
 * Judges all assumptions by what was seen.
 * @param lacks - what the target does not have, and why
 */
export function judgeAll(evidence: Evidence, lacks: ReadonlyMap<Need, string>): readonly Judged[] {
  return ASSUMPTIONS.map((assumption) => ({ assumption, verdict: judgeOne(assumption, evidence, lacks) }));
}

function judgeOne({ play, needs, judge }: Assumption, evidence: Evidence, lacks: ReadonlyMap<Need, string>): Verdict {
  const lack = needs === undefined ? undefined : lacks.get(needs);
  if (lack !== undefined) return notPlayed(lack);
  const scene = evidence.scenes.find((each) => each.play === play);
  if (scene === undefined) return notPlayed(`there was no play "${play}"`);
  // Nothing was done in it: what its judge would miss is not there for another reason.
  if (scene.notPlayed !== undefined && scene.done.length === 0) return notPlayed(scene.notPlayed);
  const verdict = judge(scene, evidence);
  // It went another way than expected. That something differs may be the reason; that all held is not shown.
  if (scene.notPlayed === undefined || verdict.kind === 'differs') return verdict;
  return notPlayed(scene.notPlayed);
}
