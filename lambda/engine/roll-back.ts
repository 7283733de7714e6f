import type { Outcome } from '../plan/outcome';
import type { RevertPlan } from '../plan/plan';
import { schemaBefore } from './fingerprint';
import type { Run } from './run';
import { takeBack } from './take-back';
import type { VouchedScripts } from './vouched-scripts';

/** Carries out a revert plan: what a rollback or a Delete of CloudFormation asks for. */
export async function rollBack(run: Run, scripts: VouchedScripts, plan: RevertPlan): Promise<Outcome> {
  const ids = plan.deployments.map(({ id }) => id);
  for (const id of ids) await run.deployments.startReverting(id, null);
  // Only what these deployments changed can be compared with what was there before the oldest of them.
  const oldest = ids.at(-1);
  const isComparable = plan.revert.every((row) => row.deployment !== null && ids.includes(row.deployment));
  const before = isComparable && oldest !== undefined ? await schemaBefore(run, oldest) : null;
  return { kind: 'reverted', undone: await takeBack(run, scripts, plan, before) };
}
