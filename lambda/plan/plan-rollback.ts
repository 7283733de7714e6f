import {
  isLeaving,
  isOwed,
  isSettled,
  isStanding,
  oldestId,
  sameConstruct,
  splitAt,
  standingOf,
  standingReleases,
  stands,
  type DeploymentRow,
  type History,
  type HistoryRow,
} from './history';
import type { Intent } from './intent';
import { heldBack, revertOf, splitAtNeeded, stoppedAt, withRunsByHand } from './plan-revert';
import type { Manifest } from '../manifest/types';
import { isRevertedEarly } from './plan-resume';
import { nothing, type Plan, type RevertPlan } from './plan-types';

/**
 * Going back to a release from all that was tried since: from the newest deployment, or from several where a stack that
 * failed was not rolled back (`--no-rollback`). Undefined where the request is no such thing.
 *
 * CloudFormation marks no request as a rollback, and this need not tell one from an older release that is deployed on
 * purpose: what live code may use waits for what CloudFormation says next. Where the older release has no resource of its
 * own, since it was deployed before there were any, nothing will be said: then it is a rollback if it goes from the release
 * that was tried last to the one before, or where a status of the stack says so.
 */
export function planRollback(
  intent: Intent & { kind: 'update' },
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
): Plan | undefined {
  const { release, request } = intent;
  const found = triedSince(release.hash, ours);
  const tried = found.tried.length > 0 ? found.tried : contractedAhead(intent, ours, history);
  if (tried.length === 0) return undefined;
  const since = { ...found, tried };
  const links = tried.filter((row) => stands(row) && !isLeftOver(row, intent, tried, history));
  if (!looksBack(intent, since, links, history)) return undefined;
  if (isOvertakenByEnd(tried, intent, history)) return { kind: 'stale' };
  if (!mayStandAgain(intent, since, links, history) || isOfOptionsAlone(links, intent, history)) return undefined;
  if (links.length === 0) return nothing('nothing of what is rolled back stands here');

  // Of another release than the code's nobody knows what it contains.
  const isOfCode = code.digest === release.digest;
  const past = isOfCode ? withRunsByHand(history, links, request.resource, code) : history;
  const whole = revertOf(links, intent, past);
  const hasEffect = [...whole.revert, ...whole.keep, ...whole.reapply].length > 0;
  // A deployment that was rolled back before it wrote its row may have left a row of its rollback, which the next try of
  // the deployment mirrors. Where the code is the release's, going forward is right for both.
  const mayBeForward = since.stood === 'unknown' && !hasEffect && links.every(({ status }) => status === 'applied');
  return mayBeForward && isOfCode ? undefined : asFarAsNow(whole, intent, past);
}

/** Whether a request looks as if it goes back from what was tried. `links`: what of that stands. */
function looksBack(
  { old, release }: Intent & { kind: 'update' },
  { tried, stood }: Tried,
  links: readonly DeploymentRow[],
  history: History,
): boolean {
  const last = tried.findIndex((row) => row.newHash === old.hash);
  // The same properties on both sides go nowhere, and surely not back.
  const isMirror =
    last !== -1 && old.hash !== release.hash && tried.slice(0, last).every((row) => !links.includes(row));
  const mayBeBack = isMirror && stood !== 'never';
  const isTold = isStanding(release.digest, history) ? stood === 'surely' : links.length > 0 && isRollingBack(tried);
  return mayBeBack || isTold;
}

/** Whether a release may be live again, as far as is known of releases that have begun and ended since. */
function mayStandAgain(
  { release }: Intent & { kind: 'update' },
  { tried, isSettled }: Tried,
  links: readonly DeploymentRow[],
  history: History,
): boolean {
  if (isStanding(release.digest, history)) return true;
  if (hasEnded(release.digest, tried, history)) return false;
  // What is noted as standing may be of before the stack settled at this one, deployed by code that cannot note an end. Else a stack
  // goes back to what has begun, and what has begun since may be live.
  const mayBeLive = isOtherStanding(tried, history) || (begunOf(links, history).size > 0 && !isRollingBack(links));
  return isSettled || !mayBeLive;
}

/** A rollback without what live code may use: that waits for what CloudFormation says next, or for another construct. */
function asFarAsNow(whole: RevertPlan, intent: Intent, history: History): RevertPlan {
  const back = isStanding(intent.release.digest, history) ? defer(whole, intent, history) : whole;
  const { held } = heldBack(whole, history);
  if (held === null) return back;
  // Only the newest may go, and what contracts comes after what goes at once.
  const [free] = splitAtNeeded([...back.revert, ...back.early], history);
  const rest = whole.revert.filter((row) => !free.includes(row));
  const waits = ({ id }: DeploymentRow): boolean => rest.some((row) => row.deployment === id || row.removedBy === id);
  const owes = whole.deployments.filter((row) => back.owes.includes(row) || waits(row));
  return {
    ...stoppedAt(back, free.slice(0, back.revert.length), held),
    early: free.slice(back.revert.length),
    deployments: whole.deployments.filter((row) => !owes.includes(row)),
    owes,
    // Where the release has begun, its end asks again.
    held: back.owes.length > 0 ? null : held,
  };
}

/** What was tried since a resource was at a release. */
interface Tried {
  /** Unsettled deployments, newest first: also those that reverted themselves, whose hashes tell what was tried last. */
  readonly tried: readonly DeploymentRow[];
  /**
   * Whether the resource was ever at that release. `never`: what it was at before is another one, and a request that
   * named this one as its old release came after a try that left no row. `unknown`: history does not go back so far.
   */
  readonly stood: 'surely' | 'unknown' | 'never';
  /** Whether what brought it to that release has settled. */
  readonly isSettled: boolean;
}

/** Finds what going back to a release would revert. */
function triedSince(hash: string, ours: readonly DeploymentRow[]): Tried {
  // An Update goes back to nothing that was before its resource was created: rows of an earlier life prove nothing.
  const [unsettled, [base]] = splitAt(
    ours,
    (row) =>
      isSettled(row) || row.type === 'Create' || (row.newHash === hash && row.status === 'applied' && !isOwed(row)),
  );
  if (base?.newHash === hash) return { tried: unsettled, stood: 'surely', isSettled: isSettled(base) };
  const oldest = unsettled.findLastIndex((row) => row.oldHash === hash);
  const stood = base === undefined ? 'unknown' : 'never';
  return { tried: unsettled.slice(0, oldest + 1), stood, isSettled: false };
}

/**
 * Whether only options were changed since, and nothing was removed with them: what such deployments applied, as after a
 * `down` by hand, the release contains that is gone back to.
 */
function isOfOptionsAlone(
  links: readonly DeploymentRow[],
  { request, release }: Intent,
  { migrations }: History,
): boolean {
  const oldest = oldestId(links);
  // What the other resource of the construct did then is of the same change; what another construct did is not.
  const isOwn = ({ owner }: HistoryRow): boolean => owner === null || sameConstruct(owner, request.resource);
  return (
    links.every(({ newDigest }) => newDigest === release.digest) &&
    migrations.some((row) => (row.deployment ?? 0) >= oldest && isOwn(row)) &&
    migrations.every(({ removedBy }) => (removedBy ?? 0) < oldest)
  );
}

/**
 * What the second resource of a construct applied of another release, though the first one has no row of that: its Update
 * was taken for a rollback, and only then the release began.
 */
function contractedAhead(
  { request, release }: Intent,
  [newest]: readonly DeploymentRow[],
  history: History,
): readonly DeploymentRow[] {
  return standingOf(request.resource, history).filter(
    (row) =>
      row.resource.contractOf !== undefined &&
      row.id > (newest?.id ?? Infinity) &&
      row.newDigest !== release.digest &&
      !isSettled(row),
  );
}

/**
 * Whether a release is noted as ended: another one has taken its place, so that no rollback goes to it. Also where the
 * process died before it had settled that one. Not where it ended before the first try: then it lost no more than its
 * resource, with an update that was to bring that to a stack from before there were any.
 */
function hasEnded(digest: string, tried: readonly DeploymentRow[], { releases }: History): boolean {
  const first = tried.at(-1)?.startedAt ?? 0;
  return releases.some(({ digest: of, endedAt }) => of === digest && (endedAt ?? 0) >= first);
}

/** Whether this request has owed a deployment before, and CloudFormation was told of it: it has gone on to delete a release. */
function isOvertakenByEnd(tried: readonly DeploymentRow[], { request }: Intent, { releases }: History): boolean {
  const since = tried[0]?.startedAt ?? 0;
  return (
    tried.some(({ owedAt }) => owedAt === request.issuedAt) && releases.some(({ endedAt }) => (endedAt ?? 0) >= since)
  );
}

/**
 * Whether the stack was at a release that is noted as standing and was not tried since: a rollback goes to that one, and to
 * no other.
 */
function isOtherStanding(tried: readonly DeploymentRow[], history: History): boolean {
  return standingReleases(history).some(({ digest }) => tried.every(({ newDigest }) => newDigest !== digest));
}

function isRollingBack([newest]: readonly DeploymentRow[]): boolean {
  return newest?.stackStatus === 'UPDATE_ROLLBACK_IN_PROGRESS' || newest?.stackStatus === 'UPDATE_ROLLBACK_FAILED';
}

/**
 * Owed, and its release has ended, as has every later one that is owed with it: what should have reverted it has failed,
 * and nobody vouches for it any more.
 */
function isLeftOver(
  row: DeploymentRow,
  { request, release }: Intent,
  tried: readonly DeploymentRow[],
  history: History,
): boolean {
  // By an earlier attempt at this very rollback.
  if (row.owedAt === request.issuedAt) return false;
  const holders = tried.filter((other) => isOwed(other) && other.id >= row.id);
  // The release that is gone back to stands for itself.
  const isHolding = (digest: string): boolean => digest !== release.digest && isStanding(digest, history);
  return isOwed(row) && !holders.some(({ newDigest }) => isHolding(newDigest));
}

/**
 * Leaves to the end of the release what its live code may use. What was never live goes at once. So does what contracts,
 * from the newest on: the old code needs it back before it is live.
 *
 * The second resource of a construct is asked after the application where an older release is deployed on purpose, and its
 * new release was begun by then: so its request surely belongs to a rollback. The first one's may be either, and takes early
 * only what can be applied again.
 */
function defer(whole: RevertPlan, intent: Intent, history: History): RevertPlan {
  const begun = begunOf(whole.deployments, history);
  const { resource } = intent.request;
  const hasBegun = (row: HistoryRow): boolean =>
    begun.has((isLeaving(row) ? row.deployment : (row.removedBy ?? row.deployment)) ?? 0);
  const [now, later] = splitAt(
    whole.revert,
    (row) => hasBegun(row) && !(resource.contractOf !== undefined && row.contracts),
  );
  const [early] = splitAt(later, ({ contracts }) => !contracts);
  const keepsNow = later.length === 0 && whole.keep[0] !== undefined && !hasBegun(whole.keep[0]);
  // Whoever has anything among what waits is not reverted yet.
  const waitingRows = [...later, ...(keepsNow ? [] : whole.keep)];
  const waiting = waitingRows.flatMap((row) => [row.deployment, isLeaving(row) ? null : row.removedBy]);
  const owes = whole.deployments.filter(({ id }) => begun.has(id) || waiting.includes(id));
  const isOfOwed = ({ removedBy }: HistoryRow): boolean => owes.some(({ id }) => id === removedBy);
  const reapply = whole.reapply.filter((row) => !isOfOwed(row));
  // The deployment that was to remove these is reverted now. They stay, and are marked as leaving no more.
  const stays = waitingRows.filter((row) => isLeaving(row) && !isOfOwed(row)).toReversed();
  const isDone = waitingRows.length === 0 && reapply.length === whole.reapply.length;
  // By an earlier attempt, or the same request once more: it may have to be applied again.
  const hasTakenEarly = history.migrations.some((row) => isRevertedEarly(row) && begun.has(row.deployment ?? 0));
  // What the first resource goes back from may be live though nothing of it is left to revert.
  if (isDone && !hasTakenEarly && resource.contractOf !== undefined) return whole;
  return {
    ...whole,
    revert: now,
    early,
    keep: keepsNow ? whole.keep : [],
    reapply: [...reapply, ...stays],
    deployments: whole.deployments.filter((row) => !owes.includes(row)),
    owes,
  };
}

/**
 * Ids of deployments whose code may have been live: the resource of their release was created after one of them, or before
 * the second resource was asked. If a release's code may have been live, so may that of all older deployments here: it
 * contains what they applied.
 */
function begunOf(rows: readonly DeploymentRow[], history: History): ReadonlySet<number> {
  const hasBegun = ({ newDigest, issuedAt, resource }: DeploymentRow): boolean =>
    standingReleases(history).some(
      ({ digest, createdAt }) => digest === newDigest && (issuedAt <= createdAt || resource.contractOf !== undefined),
    );
  const digests = new Set(rows.filter(hasBegun).map(({ newDigest }) => newDigest));
  const newest = Math.max(0, ...rows.filter(({ newDigest }) => digests.has(newDigest)).map(({ id }) => id));
  return new Set(rows.filter(({ id }) => id <= newest).map(({ id }) => id));
}
