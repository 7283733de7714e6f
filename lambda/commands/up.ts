import { byHand, NOBODY, obstacleOf, obstacleToContract } from './by-hand';
import { startRun } from '../work/run';
import { apply } from '../work/apply';
import { createJournal } from '../journal/journal-tables';
import type { Database } from '../ports';
import { VouchedScripts } from '../journal/vouched-scripts';
import { planForward } from '../plan/plan-forward';
import { explainOutcome } from '../words/explain';
import type { Refused } from '../words/failure';
import type { Intent } from '../plan/intent';
import { versionOf } from '../manifest/manifest';
import { snapshotFirst, type SnapshotFirst } from '../work/await-snapshot';
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
 */
export async function up(
  database: Database,
  world: World,
  requestId: string,
  snapshot: string | null = null,
): Promise<UpResult | SnapshotFirst> {
  const held = await byHand(database, world);
  if (held.kind === 'refused') return held;
  const { history, ports } = held;
  const obstacle = obstacleOf(history, world);
  if (obstacle !== null) return obstacle;

  const intent = intentByHand(world, requestId);
  const plan = planForward(intent, null, [], world.code, history);
  if (plan.kind === 'refused') return plan;
  const early = obstacleToContract(history, plan);
  if (early !== null) return early;

  const { snapshots } = world;
  const first = snapshots && snapshotFirst(snapshots, plan, versionOf(world.code), requestId, snapshot);
  if (first) return first;

  await createJournal(database);
  const { deployments } = ports;
  const id = await deployments.begin({
    request: intent.request,
    type: 'up',
    rootStackId: '',
    physicalId: '',
    oldHash: null,
    newHash: '',
    oldDigest: null,
    newDigest: world.code.digest,
    manifest: world.code.migrations,
    checksum: world.code.checksum,
    status: 'running',
  });
  const scripts = new VouchedScripts(ports, [world.code.digest]);
  const { newestMigration } = history;
  const outcome = await apply(startRun(ports, true), { id, scripts, newestMigration }, plan);
  if (outcome.kind === 'applied') {
    await deployments.end(id, { status: 'applied', answered: null, error: null });
    return { kind: 'applied', applied: outcome.applied, version: versionOf(world.code) };
  }
  const reason = outcome.kind === 'failed' ? explainOutcome(outcome) : 'the run was ended from outside';
  const isReverted = outcome.kind === 'failed' && outcome.reversal?.failure === null;
  await deployments.end(id, { status: isReverted ? 'reverted' : 'failed', answered: null, error: reason });
  return { kind: 'failed', reason };
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
