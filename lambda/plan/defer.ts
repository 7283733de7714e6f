import { isLeaving, splitAt, type DeploymentRow, type History, type HistoryRow } from './history';
import type { Intent } from './intent';
import { isRevertedEarly } from './plan-resume';
import type { RevertPlan } from './plan-types';

/**
 * Leaves to the end of the release what its live code may use. What was never live goes at once. So does what contracts,
 * from the newest on: the old code needs it back before it is live.
 *
 * The second resource of a construct is asked after the application where an older release is deployed on purpose, and its
 * new release was begun by then: so its request surely belongs to a rollback. The first one's may be either, and takes early
 * only what can be applied again.
 */
export function defer(whole: RevertPlan, intent: Intent, history: History): RevertPlan {
  const begun = begunOf(whole.deployments, history);
  if (begun.size === 0) return whole;
  const { resource } = intent.request;
  const hasBegun = (row: HistoryRow): boolean =>
    begun.has((isLeaving(row) ? row.deployment : (row.removedBy ?? row.deployment)) ?? 0);
  const [now, later] = splitAt(
    whole.revert,
    (row) => hasBegun(row) && !(resource.contractOf !== undefined && row.contracts === true),
  );
  const [early] = splitAt(later, ({ contracts }) => contracts !== true);
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
  if (isDone && !hasTakenEarly) return whole;
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
function begunOf(rows: readonly DeploymentRow[], { releases }: History): ReadonlySet<number> {
  const hasBegun = ({ newDigest, issuedAt, resource }: DeploymentRow): boolean =>
    releases.some(
      ({ digest, createdAt, endedAt }) =>
        endedAt === null && digest === newDigest && (issuedAt <= createdAt || resource.contractOf !== undefined),
    );
  const digests = new Set(rows.filter(hasBegun).map(({ newDigest }) => newDigest));
  const newest = Math.max(0, ...rows.filter(({ newDigest }) => digests.has(newDigest)).map(({ id }) => id));
  return new Set(rows.filter(({ id }) => id <= newest).map(({ id }) => id));
}
