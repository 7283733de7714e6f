import { checkForward } from './check-forward';
import type { Failure } from './failure';
import { failure } from './failure';
import type { DeploymentRow, History, HistoryRow } from './history';
import { chainOf, isSettled, newOperationBegan, sameResource } from './history';
import type { Intent } from './intent';
import type { Manifest, ManifestEntry } from './types';

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
  const own = ours.find((row) => row.requestId === request.requestId && row.issuedAt === request.issuedAt);
  if (own?.cancelled) return { kind: 'stale' };
  if (own !== undefined && own.status !== 'running') return planAgain(own, intent, history);

  switch (intent.kind) {
    case 'delete':
      return planDelete(intent, ours[0], history, now, mayAwait);
    case 'update': {
      // A request with a row of its own was found to be no rollback before.
      const rollback = own === undefined ? planRollback(intent, ours, code, history, now) : undefined;
      return rollback ?? planForward(intent, own ?? null, ours, code, history);
    }
    case 'create':
      return planForward(intent, own ?? null, ours, code, history);
    default:
      return intent satisfies never;
  }
}

/** The same request once more: Lambda delivers at least once. Decided from history, never from a cache of answers. */
function planAgain(own: DeploymentRow, intent: Intent, history: History): Plan {
  const before = failure('migration-failed', own.error ?? 'an earlier attempt at this request failed');
  switch (own.status) {
    case 'applied':
      return { kind: 'nothing', because: 'this request was carried out before' };
    case 'reverting':
      return { ...revertOf([own], digestsOf(intent), history), failure: before };
    case 'reverted':
    case 'failed':
    case 'running':
      return { kind: 'refuse', failure: before };
    default:
      return own.status satisfies never;
  }
}

/** The rollback of the newest deployment, or of a chain of them; undefined where the request is no rollback. */
function planRollback(
  intent: Intent & { kind: 'update' },
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
  now: number,
): Plan | undefined {
  const [newest] = ours;
  // The same properties on both sides: it goes nowhere, and surely not back.
  if (intent.old.hash === intent.release.hash) return undefined;
  const isMirror = (from: DeploymentRow, to: DeploymentRow): boolean =>
    from.newHash === intent.old.hash && to.oldHash === intent.release.hash;
  if (newest?.status === 'reverted' && isMirror(newest, newest) && !newOperationBegan(newest)) {
    return { kind: 'nothing', because: 'the deployment that is rolled back undid itself' };
  }
  const chain = chainOf(ours, now);
  const [last] = chain;
  if (last === undefined || newOperationBegan(last)) return undefined;
  const first = chain.findIndex((link) => isMirror(last, link));
  if (first === -1) return undefined;

  const links = chain.slice(0, first + 1);
  const revert = revertOf(links, digestsOf(intent), history);
  const changed = [...revert.revert, ...revert.keep, ...revert.reapply];
  // A deployment without effect needs no undoing, and where the code is the release's, going forward comes to the same.
  // Going forward is the safe side: a deployment that was rolled back before it wrote its row leaves such a mirror.
  if (changed.length > 0 || links.some(({ status }) => status !== 'applied')) return revert;
  return code.digest === intent.release.digest
    ? undefined
    : { kind: 'nothing', because: 'the deployment that is rolled back had changed nothing' };
}

/**
 * Statuses in which a stack deletes what the operation that goes back had created. A rollback that is over is none of
 * them: it may have been a later operation's, and the Delete that comes after it is the user's.
 */
const ROLLING_BACK: ReadonlySet<string> = new Set([
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
]);

function planDelete(
  intent: Intent & { kind: 'delete' },
  newest: DeploymentRow | undefined,
  history: History,
  now: number,
  mayAwait: boolean,
): Plan {
  const unsettled =
    newest?.type === 'Create' && newest.status !== 'reverted' && !isSettled(newest, now) ? newest : null;
  // A create that is rolled back. One that was answered SUCCESS may also be deleted in its own right, before the event
  // of its settling arrived: then only a status of the stack can tell, or that its undoing was begun before.
  const isRolledBack =
    unsettled !== null &&
    (unsettled.answered !== 'SUCCESS' ||
      unsettled.status !== 'applied' ||
      ROLLING_BACK.has(unsettled.stackStatus ?? ''));
  if (isRolledBack) return revertOf([unsettled], digestsOf(intent), history);
  if (unsettled !== null && mayAwait) return { kind: 'await-status' };
  const owner = history.deployments.find((row) => row.status !== 'reverted');
  const isOwner =
    owner !== undefined &&
    sameResource(owner.resource, intent.request.resource) &&
    owner.physicalId === intent.physicalId;
  if (!isOwner) return { kind: 'nothing', because: 'this resource owns nothing in this database' };
  if (intent.release.onDelete === 'RETAIN') {
    return { kind: 'nothing', because: 'the schema stays as it is (onDelete RETAIN)' };
  }
  // Whether it settled is not known: what others applied before it may still be in use.
  if (unsettled !== null) return revertOf([unsettled], digestsOf(intent), history);
  return {
    ...splitAtIrreversible(newestFirst(history.migrations)),
    kind: 'revert',
    deployments: [owner],
    reapply: [],
    vouchedBy: digestsOf(intent),
    failure: null,
  };
}

function planForward(
  intent: Intent & { kind: 'create' | 'update' },
  own: DeploymentRow | null,
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
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
  const forward = checkForward(intent, own, ours, code, history);
  // No row for a release whose row stands already: a rollback that had nothing to undo would leave a row that the next
  // try of the same deployment mirrors.
  if (forward.kind === 'forward' && standing?.newHash === release.hash && isEmpty(forward)) {
    return { kind: 'nothing', because: 'the database is at this release already' };
  }
  return forward;
}

/** Whether a forward plan has nothing to do but to write its row. */
export function isEmpty(forward: ForwardPlan): boolean {
  const { undo, apply, revert, adopt, forget } = forward;
  return [undo, apply, revert, adopt, forget].every((list) => list.length === 0);
}

/** Reverts exactly what some deployments applied, and applies again what they removed. */
function revertOf(deployments: readonly DeploymentRow[], vouchedBy: readonly string[], history: History): RevertPlan {
  const ids = new Set(deployments.map(({ id }) => id));
  return { ...planUndo(ids, history.migrations), kind: 'revert', deployments, vouchedBy, failure: null };
}

/** What undoing some deployments means for the migrations. */
export function planUndo(
  deployments: ReadonlySet<number>,
  rows: readonly HistoryRow[],
): Pick<RevertPlan, 'revert' | 'keep' | 'reapply'> {
  const isTheirs = (id: number | null): boolean => id !== null && deployments.has(id);
  const reapply = rows.filter((row) => isTheirs(row.removedBy) && !isTheirs(row.deployment));
  // A removal that was cut short is finished first: what is to be applied again then starts from its beginning.
  const revert = newestFirst(rows).filter(
    (row) => isTheirs(row.deployment) || (row.state === 'reverting' && reapply.includes(row)),
  );
  return { ...splitAtIrreversible(revert), reapply };
}

/** The digests that a request brings: of the release that is undone, and of the one that is gone back to. */
function digestsOf(intent: Intent): readonly string[] {
  return intent.kind === 'update' ? [intent.old.digest, intent.release.digest] : [intent.release.digest];
}

function newestFirst(rows: readonly HistoryRow[]): readonly HistoryRow[] {
  return rows.toReversed().filter((row) => row.state !== 'kept' && row.state !== 'removed');
}

/** An applied irreversible migration and all below it stay: what is newer goes. */
function splitAtIrreversible(rows: readonly HistoryRow[]): Pick<RevertPlan, 'revert' | 'keep'> {
  const stop = rows.findIndex((row) => row.irreversible && row.state === 'applied');
  return stop === -1 ? { revert: rows, keep: [] } : { revert: rows.slice(0, stop), keep: rows.slice(stop) };
}
