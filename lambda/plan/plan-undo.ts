import type { DeploymentRow, History, HistoryRow } from './history';
import type { Intent } from './intent';
import type { RevertPlan } from './plan';

/** Reverts exactly what some deployments applied, and applies again what they removed. */
export function revertOf(deployments: readonly DeploymentRow[], intent: Intent, history: History): RevertPlan {
  const ids = new Set(deployments.map(({ id }) => id));
  return {
    ...planUndo(ids, history.migrations),
    kind: 'revert',
    deployments,
    vouchedBy: digestsOf(intent),
    failure: null,
  };
}

/** Reverts all that is applied, whoever applied it. */
export function revertAll(owner: DeploymentRow, intent: Intent, history: History): RevertPlan {
  return {
    ...splitAtIrreversible(newestFirst(history.migrations)),
    kind: 'revert',
    deployments: [owner],
    reapply: [],
    vouchedBy: digestsOf(intent),
    failure: null,
  };
}

/** What undoing some deployments means for the migrations. */
export function planUndo(
  deployments: ReadonlySet<number>,
  rows: readonly HistoryRow[],
): Pick<RevertPlan, 'revert' | 'keep' | 'reapply'> {
  const isTheirs = (id: number | null): boolean => id !== null && deployments.has(id);
  const reapply = rows.filter((row) => isTheirs(row.removedBy) && !isTheirs(row.deployment));
  const { revert, keep } = splitAtIrreversible(newestFirst(rows).filter((row) => isTheirs(row.deployment)));
  // A removal that was cut short is finished first: what is to be applied again then starts from its beginning.
  const cutShort = reapply.filter((row) => row.state === 'reverting' && !isStillWhole(row)).toReversed();
  return { revert: [...revert, ...cutShort], keep, reapply };
}

/** Whether a migration's down was begun and has done nothing: it failed at its first step, or never came to it. */
export function isStillWhole({ state, downStepsDone, before }: HistoryRow): boolean {
  return state === 'reverting' && downStepsDone === 0 && before === null;
}

/** The digests that a request brings: of the release that is undone, and of the one that is gone back to. */
function digestsOf(intent: Intent): readonly string[] {
  return intent.kind === 'update' ? [intent.old.digest, intent.release.digest] : [intent.release.digest];
}

function newestFirst(rows: readonly HistoryRow[]): readonly HistoryRow[] {
  return rows.toReversed().filter((row) => row.state !== 'kept' && row.state !== 'removed');
}

/** An applied irreversible migration and all below it stay: what is newer goes. */
function splitAtIrreversible(rows: readonly HistoryRow[]): Pick<RevertPlan, 'revert' | 'keep'> {
  const stop = rows.findIndex((row) => row.irreversible && row.state === 'applied');
  return stop === -1 ? { revert: rows, keep: [] } : { revert: rows.slice(0, stop), keep: rows.slice(stop) };
}
