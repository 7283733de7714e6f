import type { Reversal } from '../plan/outcome';
import type { HistoryRow } from '../plan/history';
import type { SchemaSnapshot } from '../schema/inventory';
import { isLosslessThereAndBack } from '../schema/lossless';
import { keepIrreversible } from './keep-irreversible';
import type { Run } from './run';
import { revertAndReapply } from './revert-and-reapply';
import { revertRows, type Reverted } from './revert';
import { readSchema } from '../look/fingerprint';
import type { VouchedScripts } from '../journal/vouched-scripts';
import type { RevertPlan } from '../plan/plan-types';

/** Carries out a revert plan: what a rollback or a Delete of CloudFormation asks for. */
export async function executeRevert(run: Run, scripts: VouchedScripts, decided: RevertPlan): Promise<Reversal> {
  const plan = await keepIrreversible(run, decided, scripts);
  const ids = plan.deployments.map(({ id }) => id);
  for (const id of ids) await run.deployments.startReverting(id, null);
  const before = plan.isComparable && plan.owes.length === 0 ? await schemaBeforeAll(run, ids) : null;
  const oldest = plan.deployments.at(-1);
  if (oldest !== undefined && !plan.isComparable) {
    const lowest = Math.min(oldest.id, ...plan.revert.map(({ deployment }) => deployment ?? Infinity));
    await run.deployments.forgetSchemasAbove(lowest, oldest.resource);
  }
  const far = await revertAndReapply(run, scripts, plan, before);
  // A deployment of which a part stays, and that is not owed either, has not been reverted.
  const isStuck = plan.owes.length === 0 && plan.deployments.length > 0;
  const reversal = { ...far, failure: far.failure ?? (isStuck ? plan.held : null) };
  const isOfNow = !reversal.isCompared && reversal.failure === null && reversal.kept.length === 0;
  // How it was before is not known: others have left something since, or reverted what was below. A later look compares with this.
  if (oldest !== undefined && isOfNow && (plan.revert.length > 0 || !plan.isComparable))
    await run.deployments.setSchemaBefore(oldest.id, await readSchema(run.database));
  if (reversal.failure !== null || plan.early.length === 0) return reversal;
  const early = await revertEarly(run, plan.early, scripts);
  return { ...reversal, reverted: [...reversal.reverted, ...early.reverted], failure: early.failure };
}

/** The schema before the oldest of some deployments, newest first, that had anything to do: only such a one has stored it. */
async function schemaBeforeAll(run: Run, ids: readonly number[]): Promise<SchemaSnapshot | null> {
  for (const id of ids.toReversed()) {
    const before = await run.deployments.schemaBefore(id);
    if (before !== null) return before;
  }
  return null;
}

/**
 * Reverts what contracts while code of its release is still live: the older code needs it before it is live again. Only
 * as far as it can be applied again without losing a row, should the older release turn out to be deployed on purpose; the
 * rest waits, and so does all below it. The rows of history are kept for that.
 */
async function revertEarly(run: Run, rows: readonly HistoryRow[], scripts: VouchedScripts): Promise<Reverted> {
  const reverted: string[] = [];
  for (const row of rows) {
    if (!(await isLossless(row, scripts))) break;
    const result = await revertRows(run, [{ ...row, removedBy: row.deployment ?? row.removedBy }], scripts);
    reverted.push(...result.reverted);
    if (result.failure !== null) return { reverted, failure: result.failure };
  }
  return { reverted, failure: null };
}

/** What is not vouched for is refused later, where it is to be run. */
async function isLossless(row: HistoryRow, scripts: VouchedScripts): Promise<boolean> {
  if (row.state === 'reverting') return true;
  const script = await scripts.load(row);
  if ('kind' in script || 'module' in script || script.upSha256 !== undefined) return false;
  return isLosslessThereAndBack(script.up, script.down);
}
