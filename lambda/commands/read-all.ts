import { NOBODY } from './by-hand';
import { readHistory } from '../journal/history-reader';
import type { Database } from '../ports';
import type { Manifest, ManifestEntry } from '../manifest/types';
import { explainFailure } from '../words/explain';
import { failure } from '../words/failure';
import type { History, HistoryRow } from '../plan/history';

/** What a command that only looks works with. */
export interface Looked {
  readonly history: History;
  /** Whether the journal's tables are there. */
  readonly hasJournal: boolean;
}

/** Reads history for a command that only looks. Throws where it cannot be read. */
export async function readAll(database: Database): Promise<Looked> {
  const reading = await readHistory(database, NOBODY);
  if (reading.journal === 'outdated') {
    const message =
      'an older release of the function made the journal; it is brought up to date by the next deployment';
    throw new Error(explainFailure(failure('journal-outdated', message)));
  }
  if (reading.journal === 'unusable') throw new Error(explainFailure(reading.failure));
  return { history: reading.history, hasJournal: reading.journal === 'complete' };
}

/** Migrations of a release that are not applied. */
export function pendingOf(rows: readonly HistoryRow[], code: Manifest): readonly ManifestEntry[] {
  const done = new Set(rows.filter(({ state }) => state === 'applied' || state === 'kept').map(({ name }) => name));
  return code.migrations.filter(({ name }) => !done.has(name));
}

/** What a deployment leaves for after the application. */
export function contracting(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  return entries.filter(({ phase }) => phase === 'contract');
}

export function namesOf(entries: readonly { readonly name: string }[]): readonly string[] {
  return entries.map(({ name }) => name);
}
