import type { DownUntil } from './command';
import { listNames } from './explain';
import type { FailureCode } from './failure';
import { failure } from './failure';
import type { HistoryRow } from './history';
import type { RefusePlan } from './plan';
import { adviseReverted } from './repair-advice';

/** Reverts what was applied last, outside of a deployment. */
export interface DownPlan {
  readonly kind: 'down';
  /** Newest first. */
  readonly revert: readonly HistoryRow[];
}

/** Decides what going down reverts. Whatever stands in the way refuses all of it, before anything is run. */
export function planDown(until: DownUntil, rows: readonly HistoryRow[]): DownPlan | RefusePlan {
  const newestFirst = rows.filter(({ state }) => state !== 'removed').toReversed();
  if (until.kind === 'name') {
    const target = newestFirst.find((row) => row.name === until.name);
    if (target?.state !== 'applied' && target?.state !== 'kept') return refuseTarget(until.name, newestFirst);
    return revertIfPossible(newestFirst.slice(0, newestFirst.indexOf(target)));
  }
  if (until.steps > newestFirst.length) {
    const there = `there are ${newestFirst.length} migrations to revert, not ${until.steps}`;
    return refuse('bad-request', `${there}; nothing was run`);
  }
  return revertIfPossible(newestFirst.slice(0, until.steps));
}

/** The oldest deployment of some rows, where all that it and later ones applied is among them; null otherwise. */
export function comparableDeployment(revert: readonly HistoryRow[], rows: readonly HistoryRow[]): number | null {
  const ids = revert.map(({ deployment }) => deployment ?? 0);
  const oldest = Math.min(...ids);
  const isOlder = ({ deployment, removedBy }: HistoryRow): boolean =>
    (deployment ?? 0) < oldest && (removedBy ?? 0) < oldest;
  return rows.every((row) => revert.includes(row) || isOlder(row)) ? oldest : null;
}

function revertIfPossible(revert: readonly HistoryRow[]): DownPlan | RefusePlan {
  const fixed = revert.filter((row) => row.irreversible).map(({ name }) => name);
  const [newest] = fixed;
  if (newest === undefined) return { kind: 'down', revert };
  return refuse(
    'irreversible',
    `${listNames(fixed)} cannot be reverted (irreversible, adopted from another tool, or kept by a rollback); nothing was run. ` +
      `What is newer can be reverted with {"command":"down","to":${JSON.stringify(newest)}}. Or ${adviseReverted(newest)}`,
  );
}

function refuseTarget(name: string, newestFirst: readonly HistoryRow[]): RefusePlan {
  const applied = newestFirst.filter(({ state }) => state === 'applied' || state === 'kept').map((row) => row.name);
  return refuse(
    'bad-request',
    `${name} is not applied, so that nothing can be reverted down to it; nothing was run. Applied, newest first: ${listNames(applied)}`,
  );
}

function refuse(code: FailureCode, message: string): RefusePlan {
  return { kind: 'refuse', failure: failure(code, message) };
}
