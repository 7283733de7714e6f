import {
  isLeaving,
  isOwed,
  isSettled,
  sameConstruct,
  splitAt,
  stands,
  type DeploymentRow,
  type History,
  type HistoryRow,
} from './history';
import type { Intent, Resource } from './intent';
import { heldBack, REST_STAYS, revertAll, revertOf, withRunsByHand } from './plan-revert';
import { nothing, type Plan } from './plan-types';
import type { Manifest } from '../manifest/types';
import { failure, type Failure } from '../words/failure';

/**
 * Statuses in which a stack deletes what the operation that goes back had created. A rollback that is over is none of
 * them: it may have been a later operation's, and the Delete that comes after it is the user's.
 */
const ROLLING_BACK: ReadonlySet<string> = new Set([
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
]);

const STAYS = 'the schema stays as it is: ';
const IN_USE = 'another stack may use it';

/**
 * A Delete reverts a Create that is rolled back, and what was tried since; otherwise `onDelete` decides.
 *
 * Of a construct with two resources, the first one's Delete decides: it reverts everything in the reverse order of
 * history. The second one may also be deleted because no migration has the phase contract any more; and where several
 * releases had both phases, its migrations lie between those of the other.
 */
export function planDelete(
  intent: Intent & { kind: 'delete' },
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
  mayAwait: boolean,
): Plan {
  const { resource } = intent.request;
  const [newest] = ours;
  const isContract = resource.contractOf !== undefined;
  if (isContract && ours.some(isOwed)) return nothing('what is to be reverted is when its release ends');
  const unsettled = unsettledSinceCreate(ours);
  // Before the first deployment of all there was nothing that `down` and `up` by hand can have brought along.
  const isFirst = history.deployments.at(-1) === unsettled.at(-1);
  const past = isFirst ? withRunsByHand(history, unsettled, resource, { migrations: [] }) : history;
  // One that was answered SUCCESS may also be deleted in its own right, before the event of its settling arrived: then
  // only a status of the stack can tell, or that its reverting was begun before.
  const isUnfinished = newest?.type === 'Create' && (newest.answered !== 'SUCCESS' || newest.status !== 'applied');
  const isRolledBack = isUnfinished || statusesOf(resource, history).some((status) => ROLLING_BACK.has(status));
  const newestStanding = ours.find(stands);
  const isOfNewest = newestStanding?.physicalId === intent.physicalId;
  const leave = (because: string): Plan => ({ ...nothing(because), settles: isOfNewest && !isContract });
  if (unsettled.length > 0 && isRolledBack) {
    const back = heldBack(revertOf(unsettled, intent, past), resource, history);
    if (back.held === null) return back;
    return back.revert.length === 0 ? leave(STAYS + IN_USE) : { ...back, ...REST_STAYS, held: restStays(IN_USE) };
  }
  if (isContract) return nothing('what becomes of the schema is up to the first resource of its construct');
  if (unsettled.length > 0 && mayAwait) return { kind: 'await-status' };
  const owner = history.deployments.find((row) => stands(row) && isThere(row, resource, history));
  const isOwner = owner !== undefined && sameConstruct(owner.resource, resource) && isOfNewest;
  if (!isOwner) return leave('this resource owns nothing in this database');
  if (intent.release.onDelete === 'RETAIN') return leave('the schema stays as it is (onDelete RETAIN)');
  // Where it is not known whether it settled, what others applied before it may still be in use.
  const whole = unsettled.length > 0 ? revertOf(unsettled, intent, past) : revertAll(owner, intent, history);
  const plan = heldBack(whole, resource, history);
  // Nothing vouches for the scripts of what this release lacks: another stack has applied it, whose Delete may be to come, or it was
  // to leave and has stayed.
  const names = new Set<string>(code.migrations.map(({ name }) => name));
  const isOthers = (row: HistoryRow): boolean =>
    isLeaving(row) || (row.owner !== null && row.owner.stackId !== resource.stackId);
  const isKnown = plan.held !== null || code.digest === intent.release.digest;
  const isLacking = (row: HistoryRow): boolean => isKnown && isOthers(row) && !names.has(row.name);
  const [free, [lacking]] = splitAt(plan.revert, isLacking);
  if (lacking === undefined && plan.held === null) return plan;
  const why = lacking === undefined ? IN_USE : `it has ${lacking.name}, which this release lacks`;
  return free.length === 0 ? leave(STAYS + why) : { ...plan, ...REST_STAYS, revert: free, held: restStays(why) };
}

function restStays(why: string): Failure {
  return failure('revert-owed', `the rest of ${STAYS}${why}`);
}

/**
 * What was last heard of the stack. It is noted at the newest row of each resource, whatever has become of that, or at the one before
 * where the newest came late. What is older than the newest of these was of an operation before.
 */
export function statusesOf(construct: Resource, { deployments }: History): readonly string[] {
  const rows = deployments.filter((row) => row.newHash !== null && sameConstruct(row.resource, construct));
  const last = Math.max(rows[0]?.issuedAt ?? 0, ...rows.map(({ stackStatusAt }) => stackStatusAt ?? 0));
  return rows.filter(({ stackStatusAt }) => stackStatusAt === last).flatMap(({ stackStatus }) => stackStatus ?? []);
}

/** Whether the stack that brought a deployment may be there: this one, one of which a release stands, or one that has not settled. */
function isThere(row: DeploymentRow, { stackId }: Resource, history: History): boolean {
  const ofStack = (other: Resource): boolean => other.stackId === row.resource.stackId;
  return row.resource.stackId === stackId || !isSettled(row) || history.alsoInUseBy.some(ofStack);
}

/** What stands of an unsettled Create and the tries since, newest first; empty where any of it has settled. */
function unsettledSinceCreate(ours: readonly DeploymentRow[]): readonly DeploymentRow[] {
  const [since] = splitAt(ours, isSettled);
  // A stack that was never well may have been created more than once.
  return since.slice(0, since.findLastIndex(({ type }) => type === 'Create') + 1).filter(stands);
}
