import { fewNames, listNames, namesOf, plural } from '../words/explain';
import { failure } from '../words/failure';
import {
  appliedBy,
  idsOf,
  isLeaving,
  isOwed,
  isStanding,
  sameConstruct,
  sameResource,
  splitAt,
  standingOf,
  type DeploymentRow,
  type History,
  type HistoryRow,
} from './history';
import type { ReleaseIntent, Resource } from './intent';
import { isRevertedEarly } from './plan-resume';
import { heldBack, planRevert, REST_STAYS, splitAtNeeded, revertNow, withRunsByHand } from './plan-revert';
import { pendingOf } from './plan-forward';
import { isContract } from '../manifest/manifest';
import type { Manifest, ManifestEntry } from '../manifest/types';
import { nothing, type Plan, type RefuseReleasePlan } from './plan-types';

/**
 * Whether the application of a release may begin. Where another release stands that is owed, this one is deployed on
 * purpose and not gone back to: going back creates no release anew.
 */
export function planBegin({ request, release: { digest } }: ReleaseIntent, code: Manifest, history: History): Plan {
  const standing = standingOf(request.resource, history);
  const newest = standing.find(({ resource }) => resource.contractOf === undefined);
  if (newest === undefined) return { kind: 'begin-release' };
  const owed = standing.filter(isOwed);
  if (newest.newDigest === digest) {
    // Its own reverting was asked for since: CloudFormation does not wait for this request any more.
    if (isOwed(newest)) return { kind: 'stale' };
    if (newest.status !== 'applied')
      return refuseRelease(`the deployment of this release is ${newest.status}, not applied`, []);
    const missing =
      code.digest === digest ? pendingOf(code, history.migrations).filter((entry) => !isContract(entry)) : [];
    return missing.length === 0 ? { kind: 'begin-release' } : refuseWithout(missing);
  }
  if (newest.owedUnder === 'REVERT' && isOwed(newest)) return { kind: 'begin-release' };
  const lacking = history.migrations
    .filter(appliedBy(owed.length > 0 ? owed : since(digest, standing)))
    .filter((row) => row.state !== 'removed' || isRevertedEarly(row))
    .toReversed();
  const what =
    lacking.length === 0
      ? 'the database is at another release'
      : `the release lacks applied migration${plural(lacking)} ${listNames(namesOf(lacking))}`;
  return refuseRelease(what, owed);
}

/** What a deployment found applied may be reverted before its application begins: another stack may have gone back from it. */
function refuseWithout(missing: readonly ManifestEntry[]): RefuseReleasePlan {
  const message =
    `${listNames(namesOf(missing))} ${missing.length === 1 ? 'is' : 'are'} not in the schema any more: reverted by hand, or by the rollback ` +
    `of another stack, since this release was deployed; the application was not updated. Deploy again`;
  return { kind: 'refuse-release', failure: failure('reverted-since', message), resumes: [] };
}

/** Deployments since a release was there; none where it never was, and what it lacks is not known. */
function since(digest: string, standing: readonly DeploymentRow[]): readonly DeploymentRow[] {
  const end = standing.findIndex(({ newDigest }) => newDigest === digest);
  return standing.slice(0, Math.max(0, end));
}

function refuseRelease(what: string, resumes: readonly DeploymentRow[]): RefuseReleasePlan {
  const message =
    `${what}; nothing was dropped, and the application was not updated. ` +
    `Put the files back, or set onRemoved to REVERT to have them reverted, with the rows that their downs drop`;
  return { kind: 'refuse-release', failure: failure('removed-migration', message), resumes };
}

/** Statuses of a stack that deletes all of its resources: what becomes of the schema is up to the Delete of the first one. */
const GOING_AWAY: ReadonlySet<string> = new Set(['ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS']);

/** Statuses of a stack that goes back: the construct may go with it, where the failed update had brought it. */
const GOING_BACK: ReadonlySet<string> = new Set([
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
]);

/**
 * What was last heard of the stack. It is noted at the newest row of each resource, whatever has become of that; what is
 * older than the newest of these was of an operation before.
 */
function statusesOf(construct: Resource, { deployments }: History): readonly string[] {
  const rows = deployments.filter((row) => row.newHash !== null && sameConstruct(row.resource, construct));
  const since = rows[0]?.issuedAt ?? 0;
  return rows
    .filter((row) => rows.find(({ resource }) => sameResource(resource, row.resource)) === row)
    .filter(({ stackStatusAt }) => (stackStatusAt ?? 0) >= since)
    .flatMap(({ stackStatus }) => stackStatus ?? []);
}

/**
 * What it means that CloudFormation deletes the resource of a release. It does so after all of an update has succeeded, or
 * after all else is back: what is owed is reverted now. Of several releases that are owed, the newest one's vouches for the
 * scripts of all; the function's own code, which is back too, for what they had removed.
 */
export function planEnd({ request, release: { digest } }: ReleaseIntent, code: Manifest, history: History): Plan {
  const { issuedAt, resource } = request;
  if (history.releases.some((release) => release.digest === digest && release.createdAt > issuedAt)) {
    return nothing('the release was deployed again since');
  }
  const standing = standingOf(resource, history);
  const statuses = statusesOf(resource, history);
  const isGoingAway = statuses.some((status) => GOING_AWAY.has(status));
  const owed = standing.filter(isOwed);
  const [newestOwed] = owed;
  if (newestOwed === undefined) {
    const [newest] = standing;
    // What has no application that began has not come to a good end: its update failed, and the construct goes with it.
    const hasSucceeded = newest !== undefined && newest.newDigest !== digest && isStanding(newest.newDigest, history);
    const settles = hasSucceeded && !isGoingAway && !statuses.some((status) => GOING_BACK.has(status));
    const leaving = settles ? leavingWith(digest, standing, history) : [];
    const [removes, used] = splitAtNeeded([...leftBy(digest, resource, code, history), ...leaving], resource, history);
    const because = settles ? 'what was deployed in its place is there to stay' : 'nothing is deployed in its place';
    const stays = used.length > 0 ? `; ${fewNames(used)} stays too, since code of another stack may use it` : '';
    return { kind: 'end-release', settles, removes, newest: standing[0] ?? null, because: because + stays };
  }
  const isDue = (newestOwed.owedAt ?? 0) <= issuedAt && !isGoingAway;
  if (!isDue || newestOwed.newDigest !== digest) {
    // What another release lacks that is owed too goes now: nobody else vouches for it.
    const leaving = leavingWith(digest, standing, history).filter(appliedBy(owed));
    const removes = isDue ? splitAtNeeded(leaving, resource, history)[0] : [];
    const because = 'what is to be reverted waits for another request';
    return { kind: 'end-release', settles: false, removes, newest: newestOwed, because };
  }
  const reverted = vouchedDeployments(digest, owed, history);
  const reversal = planRevert(idsOf(reverted), withRunsByHand(history, reverted, resource, code).migrations);
  const plan = heldBack(revertNow(reverted, reversal, [digest, code.digest], history), resource, history);
  // It is owed already. CloudFormation tries again what has failed.
  return plan.held === null ? plan : { ...plan, ...REST_STAYS, failure: plan.held, held: null };
}

/**
 * Of what is owed, newest first, as much as a release vouches for: all, but where it lacks what a release before it applied.
 * That, and what is below, is left to the end of the other one.
 */
function vouchedDeployments(
  digest: string,
  owed: readonly DeploymentRow[],
  history: History,
): readonly DeploymentRow[] {
  if (!history.migrations.filter(appliedBy(owed)).some(isLeaving)) return owed;
  return splitAt(owed, ({ newDigest }) => newDigest !== digest && isStanding(newDigest, history))[0];
}

/**
 * What a release was the last to have, newest first: the one that was deployed after it lacked it. Only its own digest
 * vouches for that. Also what an earlier attempt at this began to revert.
 */
function leavingWith(digest: string, standing: readonly DeploymentRow[], history: History): readonly HistoryRow[] {
  const isRemover = (remover: DeploymentRow): boolean => {
    // Not of deployments whose code was never live: what they removed was reverted at once.
    const before = standing.filter(
      ({ id, newDigest }) =>
        id < remover.id && newDigest !== remover.newDigest && (newDigest === digest || isStanding(newDigest, history)),
    );
    const last = before.find(({ newHash }) => newHash === remover.oldHash) ?? before[0];
    return last?.newDigest === digest;
  };
  const removers = idsOf(standing.filter(isRemover));
  return history.migrations
    .filter((row) => removers.has(row.removedBy ?? 0) && (isLeaving(row) || row.state === 'reverting'))
    .toReversed();
}

/**
 * What a deployment of another stack applied of a release that is no longer live anywhere, newest first: that stack went back from it
 * while this one still had it, and nobody but this request vouches for it any more.
 */
function leftBy(digest: string, resource: Resource, code: Manifest, history: History): readonly HistoryRow[] {
  const names = new Set<string>(code.migrations.map(({ name }) => name));
  const isLeft = (row: DeploymentRow): boolean =>
    isOwed(row) && row.newDigest === digest && row.resource.stackId !== resource.stackId;
  const isTheirs = appliedBy(history.deployments.filter(isLeft));
  return history.migrations
    .filter((row) => row.state === 'applied' && isTheirs(row) && !names.has(row.name))
    .toReversed();
}
