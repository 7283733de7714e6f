import type { StepInDoubt } from '../lambda/commands/status';
import { behindStep } from '../lambda/manifest/step-lines';

/** A step in doubt as texts name it: `step 2 of its up (line 9)`. */
export function nameDoubtfulStep({ step, direction, ...place }: StepInDoubt): string {
  return `step ${step} of its ${direction}${lineBehind(place)}`;
}

/** What an answer says of a step's place, behind the step's name. A function of an older version says nothing of it. */
export function lineBehind({ file, line }: { readonly file?: string | null; readonly line?: number | null }): string {
  return behindStep(file && line ? { file, line } : null);
}
