import {
  isLeaving,
  isOwed,
  isSettled,
  sameConstruct,
  splitAt,
  stands,
  statusesOf,
  type DeploymentRow,
  type History,
  type HistoryRow,
} from './history';
import type { Intent, Resource } from './intent';
import { heldBack, revertAll, revertOf, stoppedAt, withRunsByHand } from './plan-revert';
import { nothing, type Plan, type RevertPlan } from './plan-types';
import { shippedIn } from '../manifest/manifest';
import type { Manifest } from '../manifest/types';
import { failure } from '../words/failure';

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
const IN_USE = 'another construct may use it';

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
  const isContract = resource.contractOf !== undefined;
  if (isContract && ours.some(isOwed)) return nothing('what is to be reverted is when its release ends');
  const unsettled = unsettledSinceCreate(ours);
  const isOfNewest = ours.find(stands)?.physicalId === intent.physicalId;
  const leave = (because: string): Plan => ({ ...nothing(because), settles: isOfNewest && !isContract });
  if (unsettled.length > 0 && isRolledBack(ours, resource, history)) {
    const back = heldBack(revertTried(unsettled, intent, history), history);
    return back.held === null ? back : asFarAs(back, back.revert, IN_USE, leave);
  }
  if (isContract) return nothing('what becomes of the schema is up to the first resource of its construct');
  if (unsettled.length > 0 && mayAwait) return { kind: 'await-status' };
  const owner = history.deployments.find((row) => stands(row) && isThere(row, resource, history));
  const isOwner = owner !== undefined && sameConstruct(owner.resource, resource) && isOfNewest;
  if (!isOwner) return leave('this resource owns nothing in this database');
  if (intent.release.onDelete === 'RETAIN') return leave('the schema stays as it is (onDelete RETAIN)');
  // Where it is not known whether it settled, what others applied before it may still be in use.
  const whole = unsettled.length > 0 ? revertTried(unsettled, intent, history) : revertAll(owner, intent, history);
  const plan = heldBack(whole, history);
  const [free, [lacking]] = splitAt(plan.revert, lacksScript(plan, intent, code));
  if (lacking !== undefined) return asFarAs(plan, free, `it has ${lacking.name}, which this release lacks`, leave);
  return plan.held === null ? plan : asFarAs(plan, free, IN_USE, leave);
}

/**
 * Whether the stack goes back from the creation of a resource, whose deployments these are. One that was answered SUCCESS may also be
 * deleted in its own right, before the event of its settling arrived: then only a status of the stack can tell, or that its
 * reverting was begun before.
 */
function isRolledBack([newest]: readonly DeploymentRow[], construct: Resource, history: History): boolean {
  const isUnfinished = newest?.type === 'Create' && (newest.answered !== 'SUCCESS' || newest.status !== 'applied');
  return isUnfinished || statusesOf(construct, history).some((status) => ROLLING_BACK.has(status));
}

/** Reverts an unsettled Create and the tries since. */
function revertTried(unsettled: readonly DeploymentRow[], intent: Intent, history: History): RevertPlan {
  // Before the first deployment of all there was nothing that `down` and `up` by hand can have brought along.
  const isFirst = history.deployments.at(-1) === unsettled.at(-1);
  const past = isFirst ? withRunsByHand(history, unsettled, intent.request.resource, { migrations: [] }) : history;
  return revertOf(unsettled, intent, past);
}

/**
 * Tells the migrations for whose scripts nothing vouches: what this release lacks, where another construct has applied it, whose Delete
 * may be to come, or it was to leave and has stayed.
 */
function lacksScript({ held }: RevertPlan, { request, release }: Intent, code: Manifest): (row: HistoryRow) => boolean {
  const isKnown = held !== null || code.digest === release.digest;
  const shipped = shippedIn(code);
  const isOthers = ({ owner }: HistoryRow): boolean => owner !== null && !sameConstruct(owner, request.resource);
  return (row) => isKnown && (isLeaving(row) || isOthers(row)) && !shipped.has(row.name);
}

/** A plan that stops where something stays; nothing where all of it does. */
function asFarAs(plan: RevertPlan, free: readonly HistoryRow[], why: string, leave: (because: string) => Plan): Plan {
  return free.length === 0
    ? leave(STAYS + why)
    : stoppedAt(plan, free, failure('revert-owed', `the rest of ${STAYS}${why}`));
}

/** Whether the construct that brought a deployment may be there: this one, one of which a release stands, or one that has not settled. */
function isThere(row: DeploymentRow, construct: Resource, history: History): boolean {
  const isIts = (other: Resource): boolean => sameConstruct(other, row.resource);
  return isIts(construct) || !isSettled(row) || history.alsoInUseBy.some(isIts);
}

/** What stands of an unsettled Create and the tries since, newest first; empty where any of it has settled. */
function unsettledSinceCreate(ours: readonly DeploymentRow[]): readonly DeploymentRow[] {
  const [since] = splitAt(ours, isSettled);
  // A stack that was never well may have been created more than once.
  return since.slice(0, since.findLastIndex(({ type }) => type === 'Create') + 1).filter(stands);
}
