import { planForward } from './plan-forward';
import { failure, failureIn, type Failure, type Refused } from '../words/failure';
import { adviseReverted } from '../words/repair-advice';
import {
  isHalf,
  isOvertaken,
  isOwed,
  sameConstruct,
  sameResource,
  standingOf,
  stands,
  type DeploymentRow,
  type DeploymentStatus,
  type History,
  type HistoryRow,
} from './history';
import { isOfRelease, sameRequest, type Intent, type ReleaseIntent } from './intent';
import { planDelete } from './plan-delete';
import { planBegin, planEnd } from './plan-release';
import { planResume } from './plan-resume';
import { planRollback } from './plan-rollback';
import { heldBack, revertOf } from './plan-revert';
import { isContract, shippedIn } from '../manifest/manifest';
import type { Manifest } from '../manifest/types';
import { nothing, type ForwardPlan, type Plan } from './plan-types';

/**
 * Decides what a CloudFormation request means for a database. The order of the checks is part of the design: nothing may
 * be written or cancelled for a request that turns out to be stale, and a rollback must not need the manifest.
 *
 * `mayAwait`: whether the caller would look again for a status of the stack.
 */
export function plan(intent: Intent, code: Manifest, history: History, mayAwait = false): Plan {
  const { request } = intent;
  if (isOvertaken(intent, history)) return { kind: 'stale' };
  if (isOfRelease(intent))
    return intent.kind === 'release-begins' ? planBegin(intent, code, history) : planEnd(intent, code, history);

  const ours = history.deployments.filter((row) => sameResource(row.resource, request.resource));
  // The mark of a request that there was nothing to do for is no deployment.
  const own = ours.find((row) => row.newHash !== null && sameRequest(row, request));
  // A request with a row of its own was found to be no rollback before.
  const decided = own === undefined ? planBack(intent, ours, code, history) : planAgain(own, intent, history);
  if (decided !== undefined) return decided;
  return intent.kind === 'delete'
    ? planDelete(intent, ours, code, history, mayAwait)
    : planCreateOrUpdate(intent, own ?? null, ours, code, history);
}

/** What a request comes to that has no row yet, where it leads back; undefined where it does not. */
function planBack(
  intent: Exclude<Intent, ReleaseIntent>,
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
): Plan | undefined {
  // What is owed has a row: this is no late request for it, though it may be of the second in which it was reverted.
  const resume = intent.kind === 'update' ? planResume(intent, history) : undefined;
  if (resume !== undefined) return resume;
  if (isReverted(intent, history)) return { kind: 'stale' };
  if (intent.kind !== 'update') return undefined;
  return changesOptionsBehind(intent, ours, history)
    ? nothing(WITH_THE_FIRST)
    : planRollback(intent, ours, code, history);
}

const WITH_THE_FIRST = 'what was tried since is reverted with the first resource of the construct';

/**
 * Decides what a request means for a database that holds exactly the release in the function's code, whose migrations were
 * not read: what both have alike is left out on both sides. Null where there is more to do than to write a row.
 */
export function planAtRelease(intent: Intent, code: Manifest, history: History): ForwardPlan | null {
  const decided = plan(intent, { ...code, migrations: [] }, history);
  return decided.kind === 'forward' && isEmpty(decided) ? decided : null;
}

/**
 * Whether a request that has not begun was overtaken by the one that reverts it. The times of ResponseURLs have no fraction, so
 * that both may be of one second. Then the newer one's old properties are the older one's new ones.
 */
function isReverted(intent: Exclude<Intent, ReleaseIntent>, history: History): boolean {
  if (intent.kind === 'delete' || history.newestRequestAt !== intent.request.issuedAt) return false;
  const { release, request } = intent;
  const changesNothing = intent.kind === 'update' && intent.old.hash === release.hash;
  if (changesNothing) return false;
  // The second resource follows the first one, whose properties are others. If that was reverted, so is this.
  const first = history.deployments.find(
    (row) =>
      row.newHash !== null && sameConstruct(row.resource, request.resource) && row.resource.contractOf === undefined,
  );
  const isFirstBack = first !== undefined && (isOwed(first) || !stands(first));
  const brings = intent.kind === 'create' || intent.old.digest !== release.digest;
  if (request.resource.contractOf !== undefined && brings && isFirstBack && first.newDigest === release.digest)
    return true;
  return history.revertedThen.includes(release.hash);
}

/**
 * The same request once more: Lambda delivers at least once. Decided from history, never from a cache of answers; undefined where it
 * is to go on.
 */
function planAgain(own: DeploymentRow, intent: Exclude<Intent, ReleaseIntent>, history: History): Plan | undefined {
  // Where it is owed, it is to be reverted since.
  if (own.cancelled || isOwed(own)) return { kind: 'stale' };
  if (own.status === 'running') return undefined;
  if (own.status === 'applied') return nothing('this request was carried out before');
  const before = failureIn(own.error ?? 'an earlier attempt at this request failed [migration-failed]');
  if (own.status !== 'reverting') return { kind: 'refused', failure: before };
  const whole = revertOf([own], intent, history);
  return { ...heldBack(whole, history), deployments: whole.deployments, failure: before };
}

function planCreateOrUpdate(
  intent: Intent & { kind: 'create' | 'update' },
  own: DeploymentRow | null,
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
): Plan {
  const { release } = intent;
  const newest = ours.find(stands);
  // A Create always writes its row: it takes the history over, and rows of an earlier life of the resource prove nothing.
  const standing = intent.kind === 'update' && newest?.status === 'applied' && !isOwed(newest) ? newest : undefined;
  if (code.digest !== release.digest) {
    if (standing?.newDigest === release.digest) return nothing('the database is at this release already');
    return {
      kind: 'wait',
      failure: failure(
        'code-not-updated',
        `the function's code carries ${code.digest}, the deployment wants ${release.digest}; no migration was run. ` +
          `Deploy again; if it happens again, the function's code and the custom resource come from different builds`,
      ),
    };
  }
  const both = history.deployments.filter((row) => sameConstruct(row.resource, intent.request.resource));
  const forwardFrom = (past: History): ForwardPlan | Refused => {
    const checked = planForward(intent, own, both, code, past);
    return checked.kind === 'forward' ? inPhase(checked, intent, own, history) : checked;
  };
  if (standing?.newHash === release.hash) {
    if (isAhead(history, standing, release.digest)) return nothing(WITH_THE_FIRST);
    // No row for a release whose row stands already: a rollback that had nothing to revert would leave a row that the next
    // try of the same deployment mirrors. Nor is it refused for what it lacks: another construct has applied that, or needs it.
    const shipped = shippedIn(code);
    const migrations = history.migrations.filter(({ name }) => shipped.has(name));
    const forward = forwardFrom({ ...history, migrations });
    if (forward.kind === 'forward' && isEmpty(forward)) return nothing('the database is at this release already');
  }
  const beside = workBeside(intent, code, history);
  return beside === null ? forwardFrom(history) : { kind: 'wait', failure: beside };
}

/** An attempt may be to come. */
const IS_AT_WORK: ReadonlySet<DeploymentStatus> = new Set(['running', 'reverting']);

/** Why another construct's half of a migration, which this release lacks, is not reverted: its deployment goes on between attempts. */
function workBeside({ request }: Intent, code: Manifest, { migrations, deployments }: History): Failure | null {
  const shipped = shippedIn(code);
  const isAtWork = (row: HistoryRow): boolean =>
    deployments.some(
      ({ id, status, resource }) =>
        id === row.deployment && IS_AT_WORK.has(status) && !sameConstruct(resource, request.resource),
    );
  const half = migrations.find((row) => isHalf(row) && !shipped.has(row.name) && isAtWork(row));
  if (half === undefined || half.owner === null) return null;
  return failure(
    'deployment-unfinished',
    `${half.name} is half ${half.state === 'applying' ? 'applied' : 'reverted'} by ${half.owner.logicalId} of stack ${half.owner.stackId}, whose deployment has not ended; nothing was run. ` +
      `Deploy again once it has. Or, where that construct is gone, ${adviseReverted(half.name)}`,
  );
}

/** Whether the second resource changes options alone, while the first one has yet to go back from another release. */
function changesOptionsBehind(
  { old, release }: Intent & { kind: 'update' },
  ours: readonly DeploymentRow[],
  history: History,
): boolean {
  const standing = ours.find(stands);
  const isOfOptions = old.digest === release.digest && standing?.newDigest === release.digest;
  return isOfOptions && isAhead(history, standing, release.digest);
}

/**
 * Whether the first resource of a construct has tried another release since the second one was deployed. Then the second
 * one goes back from a try that never came here, and before the first one does.
 */
function isAhead(history: History, { resource }: DeploymentRow, digest: string): boolean {
  return resource.contractOf !== undefined && standingOf(resource, history)[0]?.newDigest !== digest;
}

/**
 * Leaves to the construct's second resource what contracts: it runs once the application was updated. Not so in a database
 * without history but that of earlier attempts: no application can need its old schema, and it gets the order of one that grew.
 */
function inPhase(forward: ForwardPlan, { request }: Intent, own: DeploymentRow | null, history: History): ForwardPlan {
  const isFresh = history.migrations.every(({ deployment }) => own !== null && deployment === own.id);
  if (request.resource.contractOf !== undefined || isFresh) return forward;
  return { ...forward, apply: forward.apply.filter((entry) => !isContract(entry)) };
}

/** Whether a forward plan has nothing to do but to write its row. */
export function isEmpty(forward: ForwardPlan): boolean {
  const { revertFirst, apply, revert, leaving, adopt, forget, takesOver } = forward;
  return [revertFirst, apply, revert, leaving, adopt, forget, takesOver].every((list) => list.length === 0);
}
