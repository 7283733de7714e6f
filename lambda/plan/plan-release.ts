import { fewNames, listNames, namesOf, plural } from '../words/explain';
import { failure } from '../words/failure';
import {
  appliedBy,
  idsOf,
  isLeaving,
  isOwed,
  isSettled,
  isStanding,
  sameConstruct,
  splitAt,
  standingOf,
  standingReleases,
  statusesOf,
  type DeploymentRow,
  type History,
  type HistoryRow,
  type OtherRelease,
} from './history';
import type { ReleaseIntent, Resource } from './intent';
import { isRevertedEarly } from './plan-resume';
import { heldBack, planRevert, splitAtIrreversible, splitAtNeeded, revertNow, withRunsByHand } from './plan-revert';
import { pendingOf } from './plan-forward';
import { isContract } from '../manifest/manifest';
import type { Manifest, ManifestEntry } from '../manifest/types';
import { nothing, type EndReleasePlan, type Plan, type RefuseReleasePlan, type RevertPlan } from './plan-types';

/**
 * Whether the application of a release may begin. Where another release stands that is owed, this one is deployed on
 * purpose and not gone back to: going back creates no release anew.
 */
export function planBegin({ request, release: { digest } }: ReleaseIntent, code: Manifest, history: History): Plan {
  // The same request once more, after its release has ended.
  if (
    history.releases.some((row) => row.digest === digest && row.endedAt !== null && row.createdAt >= request.issuedAt)
  )
    return { kind: 'stale' };
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
  if (newest.owedUnder === 'REVERT') return { kind: 'begin-release' };
  const lacking = history.migrations
    .filter(appliedBy(owed.length > 0 ? owed : since(digest, standing)))
    .filter((row) => row.state !== 'removed' || isRevertedEarly(row))
    .toReversed();
  // Of what is owed nothing is left: another construct has it, or a run by hand.
  if (lacking.length === 0 && owed.length > 0) return { kind: 'begin-release' };
  const what =
    lacking.length === 0
      ? 'the database is at another release'
      : `the release lacks applied migration${plural(lacking)} ${listNames(namesOf(lacking))}`;
  return refuseRelease(what, owed);
}

/** What a deployment found applied may be reverted before its application begins: another construct may have gone back from it. */
function refuseWithout(missing: readonly ManifestEntry[]): RefuseReleasePlan {
  const message =
    `${listNames(namesOf(missing))} ${missing.length === 1 ? 'is' : 'are'} not in the schema any more: reverted by hand, or by the rollback ` +
    `of another construct, since this release was deployed; the application was not updated. Deploy again`;
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

/**
 * What it means that CloudFormation deletes the resource of a release. It does so after all of an update has succeeded, or
 * after all else is back: what is owed is reverted now.
 */
export function planEnd(intent: ReleaseIntent, code: Manifest, before: History): Plan {
  const { issuedAt, resource } = intent.request;
  const way = wayOf(resource, before);
  const alsoInUseBy = before.alsoInUseBy.filter((other) => way === 'away' || !isBack(other, intent, before));
  const history = { ...before, alsoInUseBy };
  const { digest } = intent.release;
  if (history.releases.some((release) => release.digest === digest && release.createdAt > issuedAt)) {
    return nothing('the release was deployed again since');
  }
  const standing = standingOf(resource, history);
  const [newest] = standing.filter(isOwed);
  if (newest === undefined) return endSucceeded(intent, standing, way, history);
  const isDue = (newest.owedAt ?? 0) <= issuedAt && way !== 'away';
  if (isDue && newest.newDigest === digest) return revertOwed(intent, standing, code, history);
  // What another release lacks that is owed too goes now: nobody else vouches for it.
  const leaving = leavingWith(digest, standing, history).filter(appliedBy(standing.filter(isOwed)));
  const [free] = splitAtNeeded(leaving, history);
  const ends = isDue ? withUnwanted(free, unwantedAfter(digest, resource, history), history) : NOTHING;
  return {
    kind: 'end-release',
    settles: false,
    ...ends,
    newest,
    because: 'what is to be reverted waits for another request',
  };
}

/** Whether another construct of the stack was told to go back from a release: it was, by now, with its application. */
function isBack(other: OtherRelease, { request }: ReleaseIntent, { deployments }: History): boolean {
  const isToldOf = (row: DeploymentRow): boolean =>
    isOwed(row) &&
    (row.owedAt ?? 0) <= request.issuedAt &&
    row.newDigest === other.digest &&
    sameConstruct(row.resource, other);
  return other.stackId === request.resource.stackId && deployments.some(isToldOf);
}

/**
 * Where a stack goes, as far as was heard of it.
 * - `on`: to what was asked for last
 * - `back`: from that; the construct may go with it, where the failed update had brought it
 * - `away`: it deletes all of its resources: what becomes of the schema is up to the Delete of the first one
 */
type Way = 'on' | 'back' | 'away';

const WAYS: Readonly<Record<string, Way>> = {
  ROLLBACK_IN_PROGRESS: 'away',
  DELETE_IN_PROGRESS: 'away',
  UPDATE_ROLLBACK_IN_PROGRESS: 'back',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'back',
};

function wayOf(construct: Resource, history: History): Way {
  const ways = statusesOf(construct, history).map((status) => WAYS[status]);
  return ways.find((way) => way === 'away') ?? ways.find((way) => way === 'back') ?? 'on';
}

/** Nothing is owed: what stands in the place of the release is there to stay, and what it lacks goes. */
function endSucceeded(
  { request: { resource, issuedAt }, release: { digest } }: ReleaseIntent,
  standing: readonly DeploymentRow[],
  way: Way,
  history: History,
): EndReleasePlan {
  const [newest = null] = standing;
  // What has no application that began has not come to a good end: its update failed, and the construct goes with it.
  // Nor by the same request once more, when the next update is under way.
  const hasBegun =
    newest !== null &&
    newest.issuedAt <= issuedAt &&
    newest.newDigest !== digest &&
    isStanding(newest.newDigest, history);
  const settles = hasBegun && way === 'on';
  const leaving = settles ? leavingWith(digest, standing, history) : [];
  const [free, used] = splitAtNeeded(leaving, history);
  const ends = withUnwanted(free, unwantedAfter(digest, resource, history, settles ? issuedAt : 0), history);
  const because = settles ? 'what was deployed in its place is there to stay' : 'nothing is deployed in its place';
  const stays = used.length > 0 ? `; ${fewNames(used)} stays too, since code of another construct may use it` : '';
  return { kind: 'end-release', settles, ...ends, newest, because: because + stays };
}

/**
 * Of several releases that are owed, the newest one's digest vouches for the scripts of all; the function's own code, which is back
 * too, for what they had removed.
 */
function revertOwed(
  { request: { resource }, release: { digest } }: ReleaseIntent,
  standing: readonly DeploymentRow[],
  code: Manifest,
  history: History,
): RevertPlan {
  const reverted = vouchedDeployments(digest, standing.filter(isOwed), history);
  const ours = planRevert(idsOf(reverted), withRunsByHand(history, reverted, resource, code).migrations);
  const plan = heldBack(revertNow(reverted, ours, [digest, code.digest], history), history);
  const { revert, keep } = withUnwanted(plan.revert, unwantedAfter(digest, resource, history), history);
  return {
    ...plan,
    revert,
    keep: [...plan.keep, ...keep],
    isComparable: plan.isComparable && revert.length === plan.revert.length,
    // It is owed already. CloudFormation tries again what has failed.
    failure: plan.held,
    held: null,
  };
}

/** What is reverted, newest first, with what nobody wants any more, and what of that stays. */
function withUnwanted(rows: readonly HistoryRow[], unwanted: Ends, { migrations }: History): Ends {
  const meant = new Map([...unwanted.revert, ...rows].map((row) => [row.name, row]));
  return {
    revert: migrations.flatMap(({ name }) => meant.get(name) ?? []).toReversed(),
    keep: unwanted.keep.filter(({ name }) => !meant.has(name)),
  };
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
 * What a release contains that ends and no other release does that stands, newest first: another construct went back from it while
 * this one still had it, or has removed it since, and nobody but this request vouches for it any more. What a construct leaves that
 * goes, after it had come to a good end, is up to its `onDelete`.
 *
 * @param settlesUntil - up to when what settles with this end was asked for; 0 where nothing does
 */
function unwantedAfter(digest: string, resource: Resource, history: History, settlesUntil = 0): Ends {
  const { releases, alsoInUseBy, deployments, migrations } = history;
  const ours = standingOf(resource, history);
  // What is there to stay has no code of others beside it, though the end of one may not have been written down.
  const mayBeLive = (of: string): boolean => of !== digest && (settlesUntil === 0 || of === ours[0]?.newDigest);
  const own = standingReleases(history).filter((release) => mayBeLive(release.digest));
  if (own.length === 0 && ours.some((row) => row.newDigest === digest && isSettled(row))) return NOTHING;

  const names = releases.find((release) => release.digest === digest)?.names;
  const isInOther = (name: string): boolean =>
    [...own, ...alsoInUseBy].some((release) => release.names?.has(name) ?? true);
  const stillStands = (owner: Resource): boolean =>
    sameConstruct(owner, resource) ? own.length > 0 : alsoInUseBy.some((other) => sameConstruct(owner, other));
  const isThereToStay = (by: DeploymentRow): boolean =>
    isSettled(by) || (by.issuedAt <= settlesUntil && ours.includes(by));
  const isGivenUp = ({ deployment, owner }: HistoryRow): boolean => {
    const by = deployments.find(({ id }) => id === deployment);
    if (by === undefined || owner === null) return false;
    // What another construct left that is gone belongs to nobody.
    return isOwed(by) || (isThereToStay(by) && stillStands(owner));
  };
  return splitAtIrreversible(
    migrations,
    (row) =>
      (row.state === 'applied' || row.state === 'reverting') &&
      !isRevertedEarly(row) &&
      names?.has(row.name) === true &&
      !isInOther(row.name) &&
      isGivenUp(row),
  );
}

/** What ends with a release. */
type Ends = Pick<RevertPlan, 'revert' | 'keep'>;

const NOTHING: Ends = { revert: [], keep: [] };
