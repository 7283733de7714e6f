import { latestTime, readSchema } from '../look/fingerprint';
import type { SchemaSnapshot } from '../schema/inventory';
import { describeDrift } from '../schema/schema-drift';
import type { Reversal } from '../plan/outcome';
import { reapplyRows } from './reapply';
import { revertRows } from './revert';
import type { Run } from './run';
import { needCleanSession } from './spent-session';
import type { VouchedScripts } from '../journal/vouched-scripts';
import type { RevertPlan } from '../plan/plan-types';

/**
 * Reverts deployments: what they applied is reverted, newest first, and what they removed is applied again, oldest first. Then
 * the schema is compared with what it was before, where that is known.
 */
export async function revertAndReapply(
  run: Run,
  scripts: VouchedScripts,
  plan: Pick<RevertPlan, 'revert' | 'keep' | 'reapply'>,
  before: SchemaSnapshot | null,
): Promise<Reversal> {
  const kept = plan.keep.map((row) => row.name);
  const { reverted, failure } = await revertRows(run, plan.revert, scripts);
  if (failure !== null) return { reverted, reapplied: [], kept, failure, isCompared: false, drift: null };
  for (const row of plan.keep) await run.migrations.keep(row.storedName);
  const again = await reapplyRows(run, plan.reapply, scripts);
  const isComparable = again.failure === null && kept.length === 0 && before !== null;
  // It would show the schema otherwise.
  if (isComparable) needCleanSession(run, { reverted });
  const drift = isComparable ? describeDrift(before, await readSchema(run.database), latestTime()) : null;
  return { reverted, reapplied: again.reapplied, kept, failure: again.failure, isCompared: isComparable, drift };
}
