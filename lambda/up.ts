import { startRun } from './carry-out';
import { apply } from './engine/apply';
import { DeploymentJournal } from './engine/deployment-journal';
import { readUpToDate } from './engine/history-reader';
import { createJournal } from './engine/journal-tables';
import { lockName, takeLock } from './engine/lock';
import { MigrationJournal } from './engine/migration-journal';
import type { Database } from './engine/ports';
import { VouchedScripts } from './engine/vouched-scripts';
import { checkForward } from './plan/check-forward';
import { explainOutcome } from './plan/explain';
import type { Failure } from './plan/failure';
import { failure } from './plan/failure';
import type { DeploymentRow } from './plan/history';
import type { Intent } from './plan/intent';
import { versionOf } from './plan/manifest';
import type { World } from './world';

/** What a run by hand came to. */
export type UpResult =
  | { readonly kind: 'applied'; readonly applied: readonly string[]; readonly version: string }
  /** It may not be run now; nothing was. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** It failed and was taken back. */
  | { readonly kind: 'failed'; readonly reason: string };

/** How long it waits for a deployment that holds the lock. Milliseconds. */
const PATIENCE_MS = 10_000;

/** A run by hand belongs to no stack: no rollback undoes it, no event settles it, and it cancels nobody. */
const NOBODY = { stackId: '', logicalId: '' };

/**
 * Applies what is pending outside of a deployment, under the same lock and the same rules. Only the release that
 * CloudFormation deployed last may be applied: anything else would run ahead of the stack, whose rollback knows nothing
 * of it.
 */
export async function up(database: Database, world: World, requestId: string): Promise<UpResult> {
  const name = lockName(database.name);
  const lock = await takeLock(database, name, world.clock, PATIENCE_MS, () => Promise.resolve(true));
  if (lock.kind !== 'held')
    return refused('lock-not-free', 'a deployment holds the lock of this database; nothing was run');

  const { history } = await readUpToDate(database, NOBODY);
  await createJournal(database);
  const newest = history.deployments.find(({ type }) => type === 'Create' || type === 'Update');
  const obstacle = newest === undefined ? null : obstacleOf(newest, world);
  if (obstacle !== null) return obstacle;

  const intent = intentOf(world, requestId);
  const plan = checkForward(intent, null, [], world.code, history);
  if (plan.kind === 'refuse') return { kind: 'refused', failure: plan.failure };

  const deployments = new DeploymentJournal(database);
  const migrations = new MigrationJournal(database, name);
  const ports = { ...world, database, deployments, migrations, hasJournal: true, isNewAttempt: true };
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
    status: 'running',
  });
  const scripts = new VouchedScripts(ports, [world.code.digest]);
  const outcome = await apply(await startRun(ports, true), { id, scripts, isLastAttempt: true }, plan);
  if (outcome.kind === 'applied') {
    await deployments.end(id, { status: 'applied', answered: null, error: null, schemaAfter: outcome.schemaAfter });
    return { kind: 'applied', applied: outcome.applied, version: versionOf(world.code) };
  }
  const reason = outcome.kind === 'failed' ? explainOutcome(outcome) : 'the run was ended from outside';
  const isUndone = outcome.kind === 'failed' && outcome.undone?.failure === null;
  await deployments.end(id, {
    status: isUndone ? 'reverted' : 'failed',
    answered: null,
    error: reason,
    schemaAfter: null,
  });
  return { kind: 'failed', reason };
}

function obstacleOf(newest: DeploymentRow, { code }: World): UpResult | null {
  if (newest.status !== 'applied') {
    return refused(
      'code-not-updated',
      `the newest deployment is ${newest.status}, not applied; nothing was run. Wait for it, or deploy`,
    );
  }
  if (newest.newDigest === code.digest) return null;
  return refused(
    'code-not-updated',
    `the function's code carries ${code.digest}, the newest deployment ${newest.newDigest}; nothing was run. Deploy instead`,
  );
}

function intentOf({ code, clock }: World, requestId: string): Intent & { kind: 'create' } {
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

function refused(code: 'lock-not-free' | 'code-not-updated', message: string): UpResult {
  return { kind: 'refused', failure: failure(code, message) };
}
