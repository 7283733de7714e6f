import type { Outcome } from '../plan/outcome';
import type { RevertPlan } from '../plan/plan';
import { driftSince, schemaBefore } from './fingerprint';
import { revertRows } from './revert';
import type { Run } from './run';
import type { VouchedScripts } from './vouched-scripts';

/** Carries out a revert plan: what a rollback or a Delete of CloudFormation asks for. */
export async function rollBack(run: Run, scripts: VouchedScripts, plan: RevertPlan): Promise<Outcome> {
  const { deployment, revert, keep } = plan;
  await run.deployments.startReverting(deployment.id);
  const before = await schemaBefore(run, deployment.id);
  const { reverted, failure } = await revertRows(run, revert, { scripts, before });
  if (failure === null) await run.migrations.keep(keep.map((row) => row.storedName));
  // Only what this deployment changed can be compared with what was there before it.
  const isComparable = failure === null && keep.length === 0 && revert.every((row) => row.deployment === deployment.id);
  const drift = isComparable && before !== null ? await driftSince(run, before) : null;
  return { kind: 'reverted', undone: { reverted, kept: keep.map((row) => row.name), failure, drift } };
}
