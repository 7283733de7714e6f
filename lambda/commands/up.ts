import { ranElsewhere } from '../adopt/ran-elsewhere';
import { byHand, NOBODY, obstacleOf, obstacleToContract } from './by-hand';
import { startRun } from '../work/run';
import { apply, revertBegun } from '../work/apply';
import { DeploymentJournal, type NewDeployment } from '../journal/deployment-journal';
import { createJournal } from '../journal/journal-tables';
import type { Database } from '../ports';
import { VouchedScripts } from '../journal/vouched-scripts';
import { planForward } from '../plan/plan-forward';
import { explainOutcome, explainRest } from '../words/explain';
import type { Refused } from '../words/failure';
import type { Intent } from '../plan/intent';
import { versionOf } from '../manifest/manifest';
import { snapshotFirst, type SnapshotFirst } from '../work/await-snapshot';
import { SpentSession, type SoFar } from '../work/spent-session';
import type { World } from '../world';

/** What a run by hand came to. */
export type UpResult =
  | { readonly kind: 'applied'; readonly applied: readonly string[]; readonly version: string }
  | Refused
  /** It failed and was reverted. */
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * Applies what is pending outside of a deployment, under the same lock and the same rules.
 *
 * @param snapshot name of the snapshot that was waited for
 * @param soFar what it did in sessions that were spent
 */
export async function up(
  database: Database,
  world: World,
  requestId: string,
  snapshot: string | null,
  soFar: SoFar,
): Promise<UpResult | SnapshotFirst> {
  const result = await inSession(database, world, requestId, snapshot, soFar);
  if (result.kind !== 'refused' || soFar.deployment === null) return result;
  // Between two sessions anybody may take the lock.
  const reason = explainRest(result.failure, soFar);
  await new DeploymentJournal(database).endWithoutLock(soFar.deployment, reason);
  return { kind: 'failed', reason };
}

async function inSession(
  database: Database,
  world: World,
  requestId: string,
  snapshot: string | null,
  soFar: SoFar,
): Promise<UpResult | SnapshotFirst> {
  const held = await byHand(database, world, soFar);
  if (held.kind === 'refused') return held;
  const { history, otherHistories, ports } = held;
  const obstacle = obstacleOf(history, world);
  if (obstacle !== null) return obstacle;

  const intent = intentByHand(world, requestId);
  // Begun in a session that is spent.
  const own = history.deployments.find(({ id }) => id === soFar.deployment) ?? null;
  const plan = planForward(intent, own, [], world.code, history);
  if (plan.kind === 'refused') return plan;
  const early = ranElsewhere(otherHistories, plan.apply) ?? obstacleToContract(history, plan);
  if (early !== null) return early;

  const { snapshots } = world;
  const first = snapshots && snapshotFirst(snapshots, plan, versionOf(world.code), requestId, snapshot);
  if (first) return first;

  await createJournal(database);
  const { deployments } = ports;
  const id = own?.id ?? (await deployments.begin(rowOf(intent, world)));
  const scripts = new VouchedScripts(ports, [world.code.digest]);
  const deployment = { id, scripts, resource: null, history };
  const { applied, failure } = soFar;
  const run = startRun(ports, true);
  const outcome = await noting(id, async () =>
    failure === null
      ? apply(run, deployment, plan)
      : revertBegun(run, deployment, failure, await deployments.schemaBefore(id)),
  );
  if (outcome.kind === 'applied') {
    await deployments.end(id, { status: 'applied', answered: null, error: null });
    return { kind: 'applied', applied: [...applied, ...outcome.applied], version: versionOf(world.code) };
  }
  const reason = outcome.kind === 'failed' ? explainOutcome(outcome) : 'the run was ended from outside';
  const isReverted = outcome.kind === 'failed' && outcome.reversal?.failure === null;
  await deployments.end(id, { status: isReverted ? 'reverted' : 'failed', answered: null, error: reason });
  return { kind: 'failed', reason };
}

/** Has a session that is spent say for which deployment another one is to go on. */
async function noting<Result>(deployment: number, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SpentSession ? new SpentSession({ ...error.done, deployment }) : error;
  }
}

function rowOf({ request }: Intent, { code }: World): NewDeployment {
  return {
    request,
    type: 'up',
    rootStackId: '',
    physicalId: '',
    oldHash: null,
    newHash: '',
    oldDigest: null,
    newDigest: code.digest,
    manifest: code.migrations,
    checksum: code.checksum,
    status: 'running',
  };
}

/** The intent of a run that belongs to no stack. */
export function intentByHand({ code, clock }: World, requestId: string): Intent & { kind: 'create' } {
  return {
    kind: 'create',
    request: { resource: NOBODY, requestId, issuedAt: clock.now() },
    release: {
      digest: code.digest,
      version: versionOf(code),
      database: '',
      onDelete: 'RETAIN',
      onRemoved: 'FAIL',
      outOfOrder: 'ALLOW',
      hash: '',
    },
  };
}
