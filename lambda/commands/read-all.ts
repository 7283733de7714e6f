import { NOBODY } from './by-hand';
import { readHistory, type UsableReading } from '../journal/history-reader';
import { readManifest } from '../journal/release-journal';
import type { Database } from '../ports';
import { versionOf } from '../manifest/manifest';
import type { Manifest } from '../manifest/types';
import { explainFailure } from '../words/explain';
import { failure } from '../words/failure';

/** Reads history for a command that only looks. Throws where it cannot be read. */
export async function readAll(database: Database): Promise<UsableReading> {
  const reading = await readHistory(database, NOBODY);
  if (reading.journal === 'outdated') {
    const message =
      'an older version of the function made the journal; it is brought up to date by the next deployment';
    throw new Error(explainFailure(failure('journal-outdated', message)));
  }
  if (reading.journal === 'unusable') throw new Error(explainFailure(reading.failure));
  return reading;
}

/** Name of the newest migration of a release; null where that is not known. */
export async function versionIn(database: Database, digest: string | null, code: Manifest): Promise<string | null> {
  if (digest === null) return null;
  if (digest === code.digest) return versionOf(code);
  return (await readManifest(database, digest))?.at(-1)?.name ?? null;
}
