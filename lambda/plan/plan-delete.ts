import type { DeploymentRow, History } from './history';
import { isSettled, sameResource } from './history';
import type { Intent } from './intent';
import type { Plan } from './plan';
import { revertAll, revertOf } from './plan-undo';

/**
 * Statuses in which a stack deletes what the operation that goes back had created. A rollback that is over is none of
 * them: it may have been a later operation's, and the Delete that comes after it is the user's.
 */
const ROLLING_BACK: ReadonlySet<string> = new Set([
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
]);

/** A Delete undoes a Create that is rolled back, and what was tried since; otherwise `onDelete` decides. */
export function planDelete(
  intent: Intent & { kind: 'delete' },
  ours: readonly DeploymentRow[],
  history: History,
  now: number,
  mayAwait: boolean,
): Plan {
  const [newest] = ours;
  const unsettled = unsettledSinceCreate(ours, now);
  // One that was answered SUCCESS may also be deleted in its own right, before the event of its settling arrived: then
  // only a status of the stack can tell, or that its undoing was begun before.
  const isUnfinished = newest?.type === 'Create' && (newest.answered !== 'SUCCESS' || newest.status !== 'applied');
  const isRolledBack = isUnfinished || ROLLING_BACK.has(newest?.stackStatus ?? '');
  if (unsettled.length > 0 && isRolledBack) return revertOf(unsettled, intent, history);
  if (unsettled.length > 0 && mayAwait) return { kind: 'await-status' };
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
  return unsettled.length > 0 ? revertOf(unsettled, intent, history) : revertAll(owner, intent, history);
}

/** What stands of an unsettled Create and the tries since, newest first; empty where any of it has settled. */
function unsettledSinceCreate(ours: readonly DeploymentRow[], now: number): readonly DeploymentRow[] {
  const end = ours.findIndex((row) => row.type === 'Create' || isSettled(row, now));
  const created = ours[end];
  if (created === undefined || isSettled(created, now)) return [];
  return ours.slice(0, end + 1).filter(({ status }) => status !== 'reverted');
}
