import {
  appliedBy,
  idsOf,
  isLeaving,
  isSettled,
  oldestId,
  sameConstruct,
  sameResource,
  sharedWith,
  splitAt,
  standingOf,
  type DeploymentRow,
  type History,
  type HistoryRow,
} from './history';
import type { Intent, Resource } from './intent';
import { shippedIn } from '../manifest/manifest';
import type { Manifest, ManifestEntry } from '../manifest/types';
import type { RevertPlan } from './plan-types';
import { listNames, namesOf } from '../words/explain';
import { failure, type Failure } from '../words/failure';
import { adviseReverted } from '../words/repair-advice';

/**
 * Reverts exactly what some deployments of a resource applied, and applies again what they removed.
 *
 * The other resource of the construct goes back in the same operation, sooner or later. What it deployed since then stands
 * on what is reverted here, so it is reverted too, and its own request will find nothing left to do.
 */
export function revertOf(links: readonly DeploymentRow[], intent: Intent, history: History): RevertPlan {
  const { resource } = intent.request;
  const oldest = oldestId(links);
  const others = standingOf(resource, history).filter(
    (row) => row.id > oldest && !sameResource(row.resource, resource) && !isSettled(row),
  );
  const deployments = [...links, ...others];
  const newestFirst = deployments.toSorted((a, b) => b.id - a.id);
  const what = planRevert(idsOf(deployments), history.migrations);
  return revertNow(newestFirst, what, digestsOf(intent), history);
}

/**
 * History in which the rows that `up` by hand has written since some deployments belong to the oldest of them, to be reverted with
 * it: `up` applies only the release that was deployed last, of which `down` had reverted something. Where another construct has
 * deployed since, or is at the same release, they may be of that one: then they stay.
 *
 * @param stays - the release that is gone back to, whose migrations stay too; none where all goes
 */
export function withRunsByHand(
  history: History,
  of: readonly DeploymentRow[],
  resource: Resource,
  stays: Pick<Manifest, 'migrations'>,
): History {
  const oldest = oldestId(of);
  const mayBeTheirs = ({ id, newDigest }: DeploymentRow): boolean =>
    id > oldest || of.some((row) => row.newDigest === newDigest);
  if (history.deployments.some((row) => !sameConstruct(row.resource, resource) && mayBeTheirs(row))) return history;
  const staying = shippedIn(stays);
  const isRun = ({ owner, deployment, name }: HistoryRow): boolean =>
    owner === null && (deployment ?? 0) > oldest && !staying.has(name);
  return {
    ...history,
    migrations: history.migrations.map((row) => (isRun(row) ? { ...row, deployment: oldest } : row)),
  };
}

/** Reverts all that is applied, whoever applied it. */
export function revertAll(owner: DeploymentRow, intent: Intent, history: History): RevertPlan {
  const all = splitAtIrreversible(history.migrations, () => true);
  const plan = revertNow([owner], { ...all, reapply: [] }, digestsOf(intent), history);
  // Before a deployment of which nothing is left to revert there was what others have reverted since.
  return { ...plan, isComparable: plan.isComparable && all.revert.length > 0 };
}

/** Whether another construct has applied something since some deployments of one began: it stays, and was not there before. */
export function hasOthersSince(
  deployments: readonly Pick<DeploymentRow, 'id' | 'resource'>[],
  migrations: readonly HistoryRow[],
): boolean {
  const [one] = deployments;
  if (one === undefined) return false;
  const oldest = Math.min(...deployments.map(({ id }) => id));
  // What another deployment did between two attempts at one of these has an older row where that had begun before.
  const [before, since] = splitAt(migrations, ({ deployment }) => deployments.some(({ id }) => id === deployment));
  const isOthers = ({ owner }: HistoryRow): boolean => owner !== null && !sameConstruct(owner, one.resource);
  return since.some(isOthers) || before.some((row) => isOthers(row) && (row.deployment ?? 0) > oldest);
}

/** A plan that leaves nothing for later. */
export function revertNow(
  deployments: readonly DeploymentRow[],
  what: Pick<RevertPlan, 'revert' | 'keep' | 'reapply'>,
  vouchedBy: readonly string[],
  { migrations }: History,
): RevertPlan {
  const isComparable = what.revert.every(appliedBy(deployments)) && !hasOthersSince(deployments, migrations);
  return {
    kind: 'revert',
    ...what,
    deployments,
    vouchedBy,
    failure: null,
    early: [],
    owes: [],
    held: null,
    isComparable,
  };
}

/** A plan as far as no live release of another construct contains what it reverts. `held` says why the rest stays. */
export function heldBack(plan: RevertPlan, history: History): RevertPlan {
  const { free, held } = asFarAsFree(plan.revert, history);
  return held === null ? plan : stoppedAt(plan, free, held);
}

/**
 * A plan that reverts only the newest of what it was to revert, and why no more. Its deployments go on to stand, so that nothing is
 * applied again.
 */
export function stoppedAt(plan: RevertPlan, revert: readonly HistoryRow[], why: Failure): RevertPlan {
  return { ...plan, deployments: [], revert, keep: [], reapply: [], early: [], held: why };
}

/**
 * What a run reverts that fails: all that its deployment applied, but not what a live release of another construct has come to need
 * since an earlier attempt.
 *
 * @param resource - null where it is run by hand
 * @param rows - as they are now; `history` is of the attempt's beginning
 */
export function revertOfRun(
  { id, resource, history }: { readonly id: number; readonly resource: Resource | null; readonly history: History },
  rows: readonly HistoryRow[],
): Pick<RevertPlan, 'revert' | 'keep' | 'reapply' | 'held' | 'isComparable'> {
  const what = planRevert(new Set([id]), rows);
  if (resource === null) return { ...what, held: null, isComparable: true };
  const earlier = new Set<string>(namesOf(history.migrations.filter(({ deployment }) => deployment === id)));
  const [now, before] = splitAt(what.revert, ({ name }) => earlier.has(name));
  const { free, held } = asFarAsFree(before, history);
  const revert = [...now, ...free];
  if (held !== null) return { revert, keep: [], reapply: [], held, isComparable: false };
  return { ...what, revert, held, isComparable: !hasOthersSince([{ id, resource }], rows) };
}

/** What of some migrations no live release of another construct needs, and why the rest stays. */
function asFarAsFree(
  rows: readonly HistoryRow[],
  history: History,
): { readonly free: readonly HistoryRow[]; readonly held: Failure | null } {
  const [free, [first, ...below]] = splitAtNeeded(rows, history);
  const other = first && sharedWith([first], history);
  if (first === undefined || other === undefined) return { free, held: null };
  const message =
    `${listNames(namesOf([first, ...below]))} waits to be reverted and is not, since a release of ${other.logicalId} of stack ${other.stackId} ` +
    `contains ${below.length === 0 ? 'it' : first.name}, and its code may be live. Deploy the release to this stack again: what waits becomes part ` +
    `of it. Or, where that construct is gone or goes back too, ${adviseReverted(first.name)}`;
  return { free, held: failure('revert-owed', message) };
}

/** Migrations, newest first, down to the first that a live release of another construct contains; and the rest, from that one on. */
export function splitAtNeeded(
  rows: readonly HistoryRow[],
  history: History,
): readonly [free: readonly HistoryRow[], needed: readonly HistoryRow[]] {
  return splitAt(rows, (row) => sharedWith([row], history) !== undefined);
}

/** What reverting some deployments means for the migrations. */
export function planRevert(
  deployments: ReadonlySet<number>,
  rows: readonly HistoryRow[],
): Pick<RevertPlan, 'revert' | 'keep' | 'reapply'> {
  const isTheirs = (id: number | null): boolean => id !== null && deployments.has(id);
  const reapply = rows.filter((row) => isTheirs(row.removedBy) && !isTheirs(row.deployment));
  const { revert, keep } = splitAtIrreversible(rows, ({ deployment }) => isTheirs(deployment));
  // A removal that was cut short is finished first: what is to be applied again then starts from its beginning.
  const cutShort = reapply.filter((row) => row.state === 'reverting' && !isStillWhole(row)).toReversed();
  return { revert: [...revert, ...cutShort], keep, reapply };
}

/**
 * Whether all of a migration is there though its down was begun: it failed at its first step, or never came to it. One that
 * was half-applied when its down was begun is not whole.
 */
export function isStillWhole({ state, stepsDone, stepsTotal, downStepsDone, before }: HistoryRow): boolean {
  return state === 'reverting' && stepsDone === stepsTotal && downStepsDone === 0 && before === null;
}

/** Whether a migration that is to be applied again never went away: then no more than its row is written. */
export function neverLeft(row: HistoryRow): boolean {
  return isStillWhole(row) || isLeaving(row);
}

/** Whether a migration of a release is there though it was to be reverted: that was begun, and came to nothing. */
export function isIntact({ checksum }: ManifestEntry, row: HistoryRow | undefined): boolean {
  return row !== undefined && isStillWhole(row) && row.checksum === checksum;
}

/** The digests that a request brings: of the release that is reverted, and of the one that is gone back to. */
function digestsOf(intent: Intent): readonly string[] {
  return intent.kind === 'update' ? [intent.old.digest, intent.release.digest] : [intent.release.digest];
}

/**
 * What of the history goes, newest first, and what stays: an irreversible migration and all below it, which may be the only place of
 * what that took away, whoever applied it.
 */
export function splitAtIrreversible(
  rows: readonly HistoryRow[],
  isTheirs: (row: HistoryRow) => boolean,
): Pick<RevertPlan, 'revert' | 'keep'> {
  const newestFirst = rows.filter(({ state }) => state !== 'removed').toReversed();
  const stays = ({ state, irreversible }: HistoryRow): boolean =>
    state === 'kept' || (irreversible && state === 'applied');
  const [revert, keep] = splitAt(newestFirst, stays);
  return { revert: revert.filter(isTheirs), keep: keep.filter(isTheirs) };
}
