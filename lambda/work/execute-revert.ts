import type { Outcome } from '../plan/outcome';
import type { SchemaSnapshot } from '../schema/inventory';
import { schemaBefore } from './noted-schema';
import type { Run } from './run';
import { revertAndReapply } from './revert-and-reapply';
import { revertEarly } from './revert-early';
import type { VouchedScripts } from '../journal/vouched-scripts';
import type { RevertPlan } from '../plan/plan-types';

/** Carries out a revert plan: what a rollback or a Delete of CloudFormation asks for. */
export async function executeRevert(run: Run, scripts: VouchedScripts, plan: RevertPlan): Promise<Outcome> {
  const ids = plan.deployments.map(({ id }) => id);
  for (const id of ids) await run.deployments.startReverting(id, null);
  // Only what these deployments changed can be compared with what was there before the oldest of them.
  const isComparable =
    plan.owes.length === 0 && plan.revert.every((row) => row.deployment !== null && ids.includes(row.deployment));
  const before = isComparable ? await schemaBeforeAll(run, ids) : null;
  const reversal = await revertAndReapply(run, scripts, plan, before);
  if (reversal.failure !== null || plan.early.length === 0) return { kind: 'reverted', reversal };
  const early = await revertEarly(run, plan.early, scripts);
  return {
    kind: 'reverted',
    reversal: { ...reversal, reverted: [...reversal.reverted, ...early.reverted], failure: early.failure },
  };
}

/** The schema before the oldest of some deployments, newest first, that had anything to do: only such a one has stored it. */
async function schemaBeforeAll(run: Run, ids: readonly number[]): Promise<SchemaSnapshot | null> {
  for (const id of ids.toReversed()) {
    const before = await schemaBefore(run, id);
    if (before !== null) return before;
  }
  return null;
}
