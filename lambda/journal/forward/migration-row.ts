import { storedLines } from '../../manifest/step-lines';
import type { ManifestEntry } from '../../manifest/types';
import { compress } from '../row-values';
import { partsOf } from '../large-value';
import type { Packets } from '../../ports';
import { fragment, sql, type Fragment } from '../../sql-text';
import { markIn, type StepEvent } from '../step-journal';
import type { UnchangedSteps } from '../../look/unchanged-steps';

/** A migration whose steps are journalled. */
export interface JournalledMigration {
  readonly entry: ManifestEntry;
  readonly script: string;
  /** Whether an earlier attempt wrote its row. */
  readonly isBegun: boolean;
  /** Whether its transaction may stay open for the next migration, and be that of the one before: it is DML alone. */
  readonly mayShare: boolean;
  readonly elapsedMs: () => number;
  readonly unchanged: UnchangedSteps;
}

/** A migration all of whose steps are done, which the journal does not say yet. */
export interface Owed {
  readonly name: string;
  /** Milliseconds; null for those since its row was written. */
  readonly durationMs: number | null;
}

/** A row of the table `migration` that is to be written. */
export interface NewRow {
  readonly name: string;
  /** All that nothing else depends on, as SQL. */
  readonly values: string;
  /** What of a large script is written after the row. */
  readonly rest: readonly Buffer[];
}

/** The row of a migration that begins, or is done with its first write. */
export function newRow(migration: JournalledMigration, event: StepEvent, packets: Packets): NewRow {
  const { entry, script, unchanged } = migration;
  const { name, checksum, steps, irreversible, phase } = entry;
  const [stored, ...rest] = partsOf(compress(script), packets);
  // What cannot be reverted as long as its script is not complete must not have begun.
  const begun = rest.length > 0 ? null : markIn(event);
  const state = event.kind === 'finished' ? 'applied' : 'applying';
  const durationMs = event.kind === 'finished' ? tookMs(migration) : null;
  const values = sql`${checksum}, ${state}, ${event.done}, ${steps}, ${unchanged.count}, ${irreversible}, ${phase === 'contract'}, ${begun}, ${durationMs}, ${storedLines(entry)}, ${stored}`;
  return { name, values, rest };
}

/** What is written of a migration under way. */
export function progress(migration: JournalledMigration, event: StepEvent): string {
  const isApplied = event.kind === 'finished' ? sql`, state = 'applied', durationMs = ${tookMs(migration)}` : '';
  const { count } = migration.unchanged;
  return sql`stepsDone = ${event.done}, unchanged = ${count}, \`before\` = ${markIn(event)}` + isApplied;
}

/** Milliseconds, whole ones. */
export function tookMs({ elapsedMs }: JournalledMigration): number {
  return storedMs(elapsedMs());
}

/** As the column takes it: the clock may have been set meanwhile, back or by years. */
function storedMs(milliseconds: number): number {
  return Math.min(Math.max(0, Math.round(milliseconds)), MOST_MS);
}

const MOST_MS = 2 ** 32 - 1;

/** What is written of one that has ended. */
export function finished(owed: Owed): string {
  return sql`stepsDone = stepsTotal, \`before\` = NULL, state = 'applied', durationMs = ${durationOf(owed)}`;
}

export function durationOf({ durationMs }: Owed): Fragment {
  return fragment(durationMs === null ? SINCE_ITS_ROW : String(storedMs(durationMs)));
}

/** The server's clock may have been put back meanwhile. */
const SINCE_ITS_ROW = 'GREATEST(0, TIMESTAMPDIFF(MICROSECOND, createdAt, UTC_TIMESTAMP(3)) DIV 1000)';
