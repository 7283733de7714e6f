import { LOG } from '../contract';
import { listNames } from '../words/explain';
import { ADVISE_DRIFT, ADVISE_KEPT } from '../words/repair-advice';
import type { Reversal } from '../plan/outcome';
import type { Log } from '../ports';

/** Says what a revert has left, though it came to its end: the answer is SUCCESS, and of that nobody reads the reason. */
export function sayLeft(log: Log, { kept, drift }: Pick<Reversal, 'kept' | 'drift'>): void {
  if (kept.length > 0)
    log.warn(`kept, since it is irreversible or below what is: ${listNames(kept)}. ${ADVISE_KEPT}`, { kept });
  if (drift !== null) log.error(`${LOG.drift}: ${drift}. ${ADVISE_DRIFT}`, { drift });
}
