import { compareNames } from '../manifest/name';
import { pendingOf } from './plan-forward';
import type { Repair } from './command';
import { refuse, type Refused } from '../words/failure';
import { isHalf, nameOpenStep, progressOf, type HistoryRow } from './history';
import { adviseHalf } from '../words/repair-advice';
import type { Checksum, Manifest, ManifestEntry } from '../manifest/types';

/** What is written down of a migration because a person says so. */
export type RepairPlan =
  | Refused
  /** So many of its steps are done, and none is in doubt. */
  | { readonly kind: 'resolve'; readonly row: HistoryRow; readonly done: number }
  /** Pending until now: all of it is in the schema, and none of it was run here. */
  | { readonly kind: 'record'; readonly row: ManifestEntry }
  /** `finish`: all of it is in the schema; `forget`: nothing of it is. */
  | { readonly kind: 'finish' | 'forget'; readonly row: HistoryRow }
  /** It is what this checksum stands for; `entry`: the one of the function's code, where it has that very text. */
  | {
      readonly kind: 'accept';
      readonly row: HistoryRow;
      readonly checksum: Checksum;
      readonly entry: ManifestEntry | null;
    };

/** Decides what a repair writes, or why it does not fit what the history says. */
export function planRepair(migration: string, what: Repair, rows: readonly HistoryRow[], code: Manifest): RepairPlan {
  const row = rows.find(({ name, storedName }) => name === migration || storedName === migration);
  // Somebody may have run by hand what is pending, or what a release removed and its rollback could not apply again.
  const isSaidApplied = what.kind === 'state' && what.is === 'applied';
  if (row === undefined && isSaidApplied) return recordPending(migration, rows, code);
  if (row === undefined || (row.state === 'removed' && !isSaidApplied)) {
    return badRequest(`the history has no ${migration} that is applied`);
  }
  switch (what.kind) {
    case 'step':
      return resolveStep(row, what);
    case 'state':
      if (what.is === 'reverted') return { kind: 'forget', row };
      return isHalf(row) || row.state === 'removed'
        ? { kind: 'finish', row }
        : badRequest(`${row.name} is ${row.state} already`);
    case 'checksum':
      return acceptText(row, what.checksum, code);
  }
}

/** Not before one that sorts before it: that one would be late from then on. */
function recordPending(migration: string, rows: readonly HistoryRow[], code: Manifest): RepairPlan {
  const pending = pendingOf(code, rows);
  const entry = pending.find(({ name }) => name === migration);
  if (entry === undefined) return badRequest(`neither the history nor this release, ${code.digest}, has ${migration}`);
  const earlier = pending.find(({ name }) => compareNames(name, entry.name) < 0);
  if (earlier !== undefined) return badRequest(`${earlier.name} is pending and comes before ${migration}`);
  return { kind: 'record', row: entry };
}

function resolveStep(row: HistoryRow, { step, isDone }: Repair & { kind: 'step' }): RepairPlan {
  if (!isHalf(row)) return badRequest(`${row.name} is ${row.state}; no step of it is in doubt`);
  if (row.before === null || row.before.kind === 'module') {
    return badRequest(
      `no step of ${row.name} is in doubt, or a JavaScript migration stopped half-way. ` +
        `Try again first; where that is refused: ${adviseHalf(row.name)}`,
    );
  }
  const { done } = progressOf(row);
  if (step !== done + 1) return badRequest(`of ${row.name}, ${nameOpenStep(row)} is in doubt, not step ${step}`);
  return { kind: 'resolve', row, done: isDone ? step : step - 1 };
}

function acceptText(row: HistoryRow, said: string | null, code: Manifest): RepairPlan {
  if (isHalf(row)) {
    return badRequest(
      `${row.name} is half-applied, and an edited text starts over. Where that is refused: ${adviseHalf(row.name)}`,
    );
  }
  if (row.checksum === null) return badRequest(`${row.name} is adopted with whatever text the next deployment brings`);
  const own = code.migrations.find(({ name }) => name === row.name);
  const checksum = said ?? own?.checksum;
  if (checksum === undefined)
    return badRequest(`the function's code has no ${row.name}; say the checksum in place of true`);
  if (checksum === row.checksum) return badRequest(`${row.name} has the checksum ${checksum} already`);
  return { kind: 'accept', row, checksum: checksum as Checksum, entry: own?.checksum === checksum ? own : null };
}

function badRequest(message: string): Refused {
  return refuse('bad-request', `${message}; nothing was written`);
}
