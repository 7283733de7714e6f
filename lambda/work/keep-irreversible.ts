import { resolveDoubt } from '../look/doubt';
import { progressOf, splitAt, type HistoryRow } from '../plan/history';
import type { RevertPlan } from '../plan/plan-types';
import type { VouchedScripts } from '../journal/vouched-scripts';
import { upOf } from './own-script';
import type { Run } from './run';
import { lastThatCounts } from '../sql/step-nature';

/**
 * The plan for a database in which an irreversible migration is half-applied. Where all its steps are done, and its process died before
 * it could write that down, it stays with all below it, as an applied one does. Else its row says how far it came.
 */
export async function keepIrreversible(run: Run, plan: RevertPlan, scripts: VouchedScripts): Promise<RevertPlan> {
  const isHalfApplied = ({ irreversible, state }: HistoryRow): boolean => irreversible && state === 'applying';
  const [newer, [half, ...older]] = splitAt(plan.revert, isHalfApplied);
  if (half === undefined) return plan;
  const stepsDone = await stepsDoneOf(run, half, scripts);
  if (stepsDone === null) return plan;
  if (stepsDone === half.stepsTotal) return { ...plan, revert: newer, keep: [half, ...older, ...plan.keep] };
  return { ...plan, revert: [...newer, { ...half, stepsDone, before: null }, ...older] };
}

/** Null where nothing shows it. */
async function stepsDoneOf(run: Run, row: HistoryRow, scripts: VouchedScripts): Promise<number | null> {
  const script = await scripts.load(row);
  const up = 'up' in script ? upOf(run, row, script) : null;
  if (up === null) return null;
  const known = await run.settings.around(true, () => resolveDoubt(run.database, up, progressOf(row)));
  if (known === null) return null;
  const last = lastThatCounts(up);
  const stepsDone = last !== -1 && known > last ? up.length : known;
  await run.migrations.resolveDoubt(row, stepsDone);
  return stepsDone;
}
