import { appliedBy, isOwed, isStanding, standingOf, type History, type HistoryRow } from './history';
import type { Intent } from './intent';
import { isStillWhole } from './plan-revert';
import type { ResumePlan } from './plan-types';

/**
 * An Update to the release of which something is owed or was reverted early: an older release was deployed on purpose,
 * was refused, and the stack goes back from it. The function may have any release's code by then.
 */
export function planResume(intent: Intent & { kind: 'update' }, history: History): ResumePlan | undefined {
  const { request, release, old } = intent;
  const standing = standingOf(request.resource, history);
  const newest = standing.find(({ resource }) => resource.contractOf === undefined);
  const isTheOne = request.resource.contractOf === undefined && newest?.newHash === release.hash;
  if (!isTheOne || !isStanding(newest.newDigest, history)) return undefined;
  const owed = standing.filter(isOwed);
  // What another construct has reverted early, that one may want back.
  const isOwn = appliedBy(standing);
  const takenEarly = history.migrations.filter((row) => isRevertedEarly(row) && isOwn(row));
  if (owed.length === 0 && takenEarly.length === 0) return undefined;
  return {
    kind: 'resume',
    deployments: owed,
    revert: takenEarly.filter((row) => row.state === 'reverting' && !isStillWhole(row)).toReversed(),
    // Where nobody has refused the older release, its code may be live: then this waits for the next release, as pending.
    reapply: takenEarly.filter((row) => owed.length === 0 || row.state !== 'removed'),
    vouchedBy: [release.digest, old.digest],
  };
}

/** Reverted before it was known whether that is to stay: its row is kept, to be applied again. */
export function isRevertedEarly({ state, deployment, removedBy }: HistoryRow): boolean {
  return state !== 'applied' && state !== 'kept' && removedBy !== null && removedBy === deployment;
}
