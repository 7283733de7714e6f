import { nameStep } from '../manifest/step-lines';
import type { ManifestEntry } from '../manifest/types';
import { describeBlockers } from '../session/sessions';
import type { Step } from '../sql/step';
import type { StepsResult } from '../steps/steps';
import { ER_LOCK_WAIT_TIMEOUT, ER_TABLE_EXISTS_ERROR } from '../words/server-error-numbers';
import type { Run } from './run';
import { runAgain, stepFailed, type Stop } from './stop';

/** What migrations are applied with. `isFirst`: no other deployment has left anything in the history. */
export type Applying = Run & { readonly isFirst: boolean };

/** A lock that was not free is explained by who holds it. */
export async function stepRefused(
  { database, isFirst }: Applying,
  entry: ManifestEntry,
  up: readonly Step[],
  { error, step }: Omit<StepsResult & { kind: 'failed' }, 'kind'>,
  doneBefore = 0,
): Promise<Stop> {
  const refused = up[step - 1];
  const isLocked = error.errno === ER_LOCK_WAIT_TIMEOUT && refused !== undefined;
  const blockers = isLocked ? await describeBlockers(database, refused) : null;
  const isOlder = error.errno === ER_TABLE_EXISTS_ERROR && isFirst;
  const more = blockers !== null ? `; the table is in use by ${blockers}` : isOlder ? RECORD_FIRST : '';
  const where = nameStep(entry, 'up', step - 1, up.length) + runAgain(step, doneBefore);
  return stepFailed(entry, where, error.summary + more);
}

/** Where nothing was ever applied, the schema may be older than its migrations. */
const RECORD_FIRST =
  `. If it was made before, by hand or by another tool, record first what the schema has already: ` +
  `{"command":"baseline","to":"NAME"}, or "adopt" for the history of that tool`;
