import type { HistoryRow } from '../plan/history';
import { isLosslessThereAndBack } from '../schema/lossless';
import type { Reverted } from './revert';
import { revertRows } from './revert';
import type { Run } from './run';
import type { VouchedScripts } from '../journal/vouched-scripts';

/**
 * Reverts what contracts while code of its release is still live: the older code needs it before it is live again. Only
 * as far as it can be applied again without losing a row, should the older release turn out to be deployed on purpose; the
 * rest waits, and so does all below it. The rows of history are kept for that.
 */
export async function revertEarly(run: Run, rows: readonly HistoryRow[], scripts: VouchedScripts): Promise<Reverted> {
  const reverted: string[] = [];
  for (const row of rows) {
    if (!(await isLossless(row, scripts))) break;
    const result = await revertRows(run, [row], scripts, row.deployment);
    reverted.push(...result.reverted);
    if (result.failure !== null) return { reverted, failure: result.failure };
  }
  return { reverted, failure: null };
}

/** What is not vouched for is refused later, where it is to be run. */
async function isLossless(row: HistoryRow, scripts: VouchedScripts): Promise<boolean> {
  if (row.state === 'reverting') return true;
  const loaded = await scripts.load(row);
  if (loaded.kind === 'refused' || 'module' in loaded.script || loaded.script.upSha256 !== undefined) return false;
  return isLosslessThereAndBack(loaded.script.up, loaded.script.down);
}
