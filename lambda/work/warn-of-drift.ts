import type { History } from '../plan/history';
import type { SchemaSnapshot } from '../schema/inventory';
import { comparableRun, describeDriftSince } from '../journal/schema-after-last-run';
import { schemaDigest } from '../look/fingerprint';
import type { Run } from './run';

/** What somebody changed by hand is no drift any more once this run has noted the schema: so it is said before. */
export async function warnOfDrift({ database, log }: Run, history: History, now: SchemaSnapshot): Promise<void> {
  const last = comparableRun(history);
  if (last === null || last.digest === schemaDigest(now)) return;
  const drift = await describeDriftSince(database, last, now);
  if (drift !== null) log.warn(drift, { drift });
}
