import { nameStep, type InFile } from '../manifest/step-lines';
import type { Step } from './step';
import type { StepNature } from './step-nature';

/** What of a server's error tells whether it counts as done. */
export interface KnownError {
  readonly errno: number;
  readonly message: string;
}

/** A step that is to be run, at its place in an up or down. */
export interface StepToRun {
  readonly step: Step;
  /** From 0. */
  readonly at: number;
  /** As messages name it. Asked for where something is to be said: of thousands of steps none as a rule. */
  readonly where: () => string;
  /** Whether an error counts as done. */
  readonly tolerates?: (error: KnownError) => boolean;
}

/**
 * Steps that are run together:
 * - `session`: changes nothing but the session
 * - `dml`: steps that may be one transaction, with the session steps between them
 * - `ddl`: commits by itself, or is treated as if it did
 */
export type Segment =
  | { readonly kind: 'session'; readonly run: StepToRun }
  | { readonly kind: 'dml'; readonly steps: readonly StepToRun[] }
  | { readonly kind: 'ddl'; readonly run: StepToRun; readonly nature: Exclude<StepNature, 'session' | 'dml'> };

/** The steps of an up. `of`: what messages call its migration. */
export function stepsToRun(steps: readonly Step[], migration: InFile, of: string): readonly StepToRun[] {
  const where = (at: number): string => nameStep(migration, 'up', at, steps.length, ` of ${of}`);
  return steps.map((step, at) => ({ step, at, where: () => where(at) }));
}

/**
 * Whether a step, of first ones that are done, is to set the session again for those after them. A USE is not where another one
 * follows before anything that may depend on it: its database may be gone.
 */
export function isSetAgain(done: readonly Step[], at: number): boolean {
  const step = done[at];
  if (step?.nature !== 'session') return false;
  if (step.verb !== 'USE') return true;
  const next = done.find(
    (other, index) => index > at && (other.verb === 'USE' || (other.nature === 'session' && other.shows('mayCall'))),
  );
  return next?.verb !== 'USE';
}

/** Cuts steps into segments. `isBlind`: DML that no transaction can hold. */
export function segmentsOf(
  steps: readonly StepToRun[],
  isBlind: (run: StepToRun) => boolean = () => false,
): readonly Segment[] {
  const segments: Segment[] = [];
  for (let next = 0; next < steps.length;) {
    const together = togetherFrom(steps, next, isBlind);
    const run = steps[next];
    if (together.length > 0) segments.push({ kind: 'dml', steps: together });
    else if (run !== undefined) segments.push(alone(run));
    next += Math.max(together.length, 1);
  }
  return segments;
}

/** The steps from one of DML on that may be one transaction: to the last one of DML, or to a SET that asks how that went. */
function togetherFrom(
  steps: readonly StepToRun[],
  first: number,
  isBlind: (run: StepToRun) => boolean,
): readonly StepToRun[] {
  let end = first;
  for (let next = first; next < steps.length; next += 1) {
    const run = steps[next];
    const isDml = run?.step.nature === 'dml' && !isBlind(run);
    if (!isDml && (next === first || run?.step.fitsTransaction !== true)) break;
    if (isDml || run.step.shows('asksBack')) end = next + 1;
  }
  return steps.slice(first, end);
}

function alone(run: StepToRun): Segment {
  const { nature } = run.step;
  if (nature === 'session') return { kind: 'session', run };
  return { kind: 'ddl', run, nature: nature === 'dml' ? 'blind' : nature };
}
