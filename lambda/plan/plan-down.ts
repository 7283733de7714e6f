import type { DownUntil } from './command';
import { listNames, namesOf, plural } from '../words/explain';
import { refuse, type Refused } from '../words/failure';
import { isDone, type HistoryRow } from './history';
import { adviseReverted } from '../words/repair-advice';

/** What of a migration decides whether going down may revert it; a status tells it too. */
export type Standing = Pick<HistoryRow, 'name' | 'state' | 'irreversible'>;

/** Reverts what was applied last, outside of a deployment. */
export interface DownPlan<Row> {
  readonly kind: 'down';
  /** Newest first. */
  readonly revert: readonly Row[];
}

/** Decides what going down reverts. Whatever stands in the way refuses all of it, before anything is run. */
export function planDown<Row extends Standing>(until: DownUntil, rows: readonly Row[]): DownPlan<Row> | Refused {
  const newestFirst = rows.filter(({ state }) => state !== 'removed').toReversed();
  if (until.kind === 'name') {
    const target = newestFirst.find((row) => row.name === until.name);
    if (target === undefined || !isDone(target)) return refuseTarget(until.name, newestFirst);
    return revertIfPossible(newestFirst.slice(0, newestFirst.indexOf(target)));
  }
  if (until.steps > newestFirst.length) {
    const there = `the history has ${newestFirst.length} migration${plural(newestFirst)}, not ${until.steps}`;
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

function revertIfPossible<Row extends Standing>(revert: readonly Row[]): DownPlan<Row> | Refused {
  const fixed = revert.filter((row) => row.irreversible);
  const [newest] = fixed;
  if (newest === undefined) return { kind: 'down', revert };
  const names = listNames(namesOf(fixed));
  return refuse(
    'irreversible',
    `${names} cannot be reverted (irreversible, adopted from another tool, or kept by a rollback); nothing was run. ${adviseAbout(newest, revert)}`,
  );
}

/** What can be done where a migration is in the way, the newest such. */
function adviseAbout(newest: Standing, revert: readonly Standing[]): string {
  const { name } = newest;
  const byHand = adviseReverted(name);
  if (newest === revert[0])
    return `${name} is the newest migration, so that "down" can revert nothing at all. To revert it, ${byHand}`;
  return `What is newer than ${name} can be reverted with ${JSON.stringify({ command: 'down', to: name })}. Or ${byHand}`;
}

function refuseTarget(name: string, newestFirst: readonly Standing[]): Refused {
  const applied = namesOf(newestFirst.filter(isDone));
  const there = applied.length === 0 ? 'Nothing is applied' : `Applied, newest first: ${listNames(applied)}`;
  return refuse(
    'bad-request',
    `${name} is not applied, so that nothing can be reverted down to it; nothing was run. ${there}`,
  );
}
