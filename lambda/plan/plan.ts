import { checkForward, checkRemovals } from './check-forward';
import type { Failure } from './failure';
import { failure } from './failure';
import type { DeploymentRow, History, HistoryRow } from './history';
import { isFresh, sameConstruct, sameResource } from './history';
import type { Intent } from './intent';
import { planDelete } from './plan-delete';
import { planRollback } from './plan-rollback';
import { revertOf } from './plan-undo';
import type { Manifest, ManifestEntry } from './types';

export { planUndo } from './plan-undo';

/** What to do, decided before anything is done. */
export type Plan = StalePlan | NothingPlan | WaitPlan | AwaitStatusPlan | RefusePlan | ForwardPlan | RevertPlan;

/** A newer request of the same resource was seen: no SQL, no answer. */
export interface StalePlan {
  readonly kind: 'stale';
}

/** All is as the request wants it. */
export interface NothingPlan {
  readonly kind: 'nothing';
  readonly because: string;
}

/** This instance of the function has not got the release's code yet: no answer, so that Lambda tries again. */
export interface WaitPlan {
  readonly kind: 'wait';
  readonly failure: Failure;
}

/** Only the stack's status can tell what is wanted, and it has not arrived yet: look again soon. */
export interface AwaitStatusPlan {
  readonly kind: 'await-status';
}

export interface RefusePlan {
  readonly kind: 'refuse';
  readonly failure: Failure;
}

/** Applies what is pending. */
export interface ForwardPlan {
  readonly kind: 'forward';
  /** The row of an earlier attempt at the same request, which this run continues. */
  readonly continues: DeploymentRow | null;
  /** Half-applied migrations, undone first, newest first. */
  readonly undo: readonly HistoryRow[];
  readonly apply: readonly ManifestEntry[];
  /** Applied migrations that the release lacks, reverted last, newest first. */
  readonly revert: readonly HistoryRow[];
  /** Removed migrations that the release contains again: their rows make room. */
  readonly forget: readonly HistoryRow[];
  /** Rows of other tools, which get this release's checksum, and kept rows that the release contains. */
  readonly adopt: readonly Adoption[];
  /** Kept rows that the release lacks: reported, not refused. */
  readonly kept: readonly HistoryRow[];
}

/** An applied migration that becomes part of a release without being run. */
export interface Adoption {
  readonly row: HistoryRow;
  readonly entry: ManifestEntry;
}

/** Takes the schema back. */
export interface RevertPlan {
  readonly kind: 'revert';
  /** The deployments that are undone, newest first. */
  readonly deployments: readonly DeploymentRow[];
  /** Newest first. */
  readonly revert: readonly HistoryRow[];
  /** What those deployments had removed, applied again from the journal, oldest first. */
  readonly reapply: readonly HistoryRow[];
  /** What an irreversible migration holds back, newest first. */
  readonly keep: readonly HistoryRow[];
  /** Digests that CloudFormation vouches for: stored scripts run only if they are part of one. */
  readonly vouchedBy: readonly string[];
  /** What the request is told once it is done; null is SUCCESS. */
  readonly failure: Failure | null;
}

/**
 * Decides what a CloudFormation request means for a database. The order of the checks is part of the design: nothing may
 * be written or cancelled for a request that turns out to be stale, and a rollback must not need the manifest.
 *
 * `mayAwait`: whether the caller would look again for a status of the stack.
 */
export function plan(intent: Intent, code: Manifest, history: History, now: number, mayAwait = false): Plan {
  const { request } = intent;
  if (history.newestRequestAt > request.issuedAt) return { kind: 'stale' };

  const ours = history.deployments.filter((row) => sameResource(row.resource, request.resource));
  // The mark of a request that there was nothing to do for is no deployment.
  const own = ours.find(
    (row) => row.newHash !== null && row.requestId === request.requestId && row.issuedAt === request.issuedAt,
  );
  if (own?.cancelled || isTakenBack(intent, own, history)) return { kind: 'stale' };
  if (own !== undefined && own.status !== 'running') return planAgain(own, intent, history, now);

  switch (intent.kind) {
    case 'delete':
      return planDelete(intent, ours, history, now, mayAwait);
    case 'update': {
      // A request with a row of its own was found to be no rollback before.
      const rollback = own === undefined ? planRollback(intent, ours, code, history, now, mayAwait) : undefined;
      return rollback ?? planForward(intent, own ?? null, ours, code, history, now);
    }
    case 'create':
      return planForward(intent, own ?? null, ours, code, history, now);
    default:
      return intent satisfies never;
  }
}

/**
 * Whether a request that has not begun was overtaken by the one that takes it back. Both may have been signed in the same
 * second, and the times of ResponseURLs have no fraction; but only one of them leads away from where the other one leads.
 */
function isTakenBack(intent: Intent, own: DeploymentRow | undefined, history: History): boolean {
  if (own !== undefined || intent.kind === 'delete' || history.newestRequestAt !== intent.request.issuedAt)
    return false;
  const { release } = intent;
  const leadsNowhere = intent.kind === 'update' && intent.old.hash === release.hash;
  return !leadsNowhere && (history.takenBackThen ?? []).includes(release.hash);
}

/** The same request once more: Lambda delivers at least once. Decided from history, never from a cache of answers. */
function planAgain(own: DeploymentRow, intent: Intent, history: History, now: number): Plan {
  const before = failure('migration-failed', own.error ?? 'an earlier attempt at this request failed');
  switch (own.status) {
    case 'applied':
      return { kind: 'nothing', because: 'this request was carried out before' };
    case 'reverting':
      return { ...revertOf([own], intent, history, now), failure: before };
    case 'reverted':
    case 'failed':
    case 'running':
      return { kind: 'refuse', failure: before };
    default:
      return own.status satisfies never;
  }
}

function planForward(
  intent: Intent & { kind: 'create' | 'update' },
  own: DeploymentRow | null,
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
  now: number,
): Plan {
  const { release } = intent;
  const newest = ours.find((row) => row !== own && row.status !== 'reverted');
  // A Create always writes its row: it takes the history over, and rows of an earlier life of the resource prove nothing.
  const standing = intent.kind === 'update' && own === null && newest?.status === 'applied' ? newest : undefined;
  if (code.digest !== release.digest) {
    if (standing?.newDigest === release.digest)
      return { kind: 'nothing', because: 'the database is at this release already' };
    return {
      kind: 'wait',
      failure: failure(
        'code-not-updated',
        `the function's code carries ${code.digest}, the deployment wants ${release.digest}; no migration was run. ` +
          `Deploy again; if it happens again, the function's code and the custom resource come from different builds`,
      ),
    };
  }
  if (standing?.newHash === release.hash && isAhead(history, standing, release.digest)) {
    return { kind: 'nothing', because: 'what was tried since is taken back with the first resource of the construct' };
  }
  const both = history.deployments.filter((row) => sameConstruct(row.resource, intent.request.resource));
  const checked = checkRemovals(own, both, code, history, now) ?? checkForward(intent, own, both, code, history, now);
  const forward = checked.kind === 'forward' ? inPhase(checked, intent, own, history) : checked;
  // No row for a release whose row stands already: a rollback that had nothing to undo would leave a row that the next
  // try of the same deployment mirrors.
  if (forward.kind === 'forward' && standing?.newHash === release.hash && isEmpty(forward)) {
    return { kind: 'nothing', because: 'the database is at this release already' };
  }
  return forward;
}

/**
 * Whether the first resource of a construct has tried another release since the second one was deployed. Then the second
 * one goes back from a try that never came here, and before the first one does.
 */
function isAhead({ deployments }: History, { id, resource }: DeploymentRow, digest: string): boolean {
  const first = deployments.find(
    (row) =>
      row.status !== 'reverted' && sameConstruct(row.resource, resource) && !sameResource(row.resource, resource),
  );
  return resource.contractOf !== undefined && first !== undefined && first.id > id && first.newDigest !== digest;
}

/**
 * Leaves to the construct's second resource what contracts: it runs once the application was updated. Not so in a database
 * without history: no application can need its old schema, and so it gets the same order as one that grew.
 */
function inPhase(forward: ForwardPlan, { request }: Intent, own: DeploymentRow | null, history: History): ForwardPlan {
  if (request.resource.contractOf !== undefined || isFresh(history, own)) return forward;
  return { ...forward, apply: forward.apply.filter(({ phase }) => phase !== 'contract') };
}

/** Whether a forward plan has nothing to do but to write its row. */
export function isEmpty(forward: ForwardPlan): boolean {
  const { undo, apply, revert, adopt, forget } = forward;
  return [undo, apply, revert, adopt, forget].every((list) => list.length === 0);
}
