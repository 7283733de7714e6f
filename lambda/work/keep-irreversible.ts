import { resolveDoubt } from '../look/doubt';
import { progressOf, splitAt, type HistoryRow } from '../plan/history';
import type { RevertPlan } from '../plan/plan-types';
import type { VouchedScripts } from '../journal/vouched-scripts';
import { upOf } from './own-script';
import type { Run } from './run';
import { isRefusal } from '../refusal';
import type { Step } from '../sql/step';
import { lastThatCounts } from '../sql/step-nature';

/**
 * The plan for a database in which an irreversible migration is half-applied. Where all its steps are done, and its process died before
 * it could write that down, it stays with all below it, as an applied one does. Else its row says how far it came.
 */
export async function keepIrreversible(run: Run, plan: RevertPlan, scripts: VouchedScripts): Promise<RevertPlan> {
  // One whose step the server has refused did not die, whatever that step has left.
  const hasFailed = (id: number | null): boolean => plan.deployments.some((row) => row.id === id && row.error !== null);
  const isHalfApplied = ({ irreversible, state, deployment }: HistoryRow): boolean =>
    irreversible && state === 'applying' && !hasFailed(deployment);
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
  const last = lastThatCounts(up);
  const stepsDone = await run.settings.around(true, async () => {
    const known = await resolveDoubt(run, up, progressOf(row));
    const isCounted = known !== null && last !== -1 && known > last;
    return isCounted && (await isTaken(run, up, known)) ? up.length : known;
  });
  if (stepsDone !== null) await run.migrations.resolveDoubt(row, stepsDone);
  return stepsDone;
}

/** Whether the server takes what sets the session after the last step that counts: one that it refuses has failed its migration. */
async function isTaken({ database, leftInSession }: Run, up: readonly Step[], from: number): Promise<boolean> {
  for (const [at, step] of up.entries()) {
    if (step.nature !== 'session') continue;
    try {
      leftInSession.noteVariables(step);
      await database.write(step.text);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (at >= from) return false;
    }
  }
  return true;
}
