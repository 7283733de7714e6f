import { NOBODY } from '../../lambda/commands/by-hand';
import { manifestOf } from '../../lambda/manifest/manifest';
import type { ManifestEntry, MigrationName } from '../../lambda/manifest/types';
import { readHistory } from '../../lambda/journal/history-reader';
import type { HistoryRow } from '../../lambda/plan/history';
import type { RunnerSettings } from '../command-runner';
import { ExpectedFailure } from '../expected-failure';
import { guessNote, migrationsFolder, noFolderIn } from '../migrations-folder';
import type { UrlTarget } from '../target';
import { openSession } from './open-session';
import { releaseIn, type Release } from './release-folder';

/** What a command does to a database. */
export type Access = 'read' | 'write';

/** A release, and why nothing is known of it where no folder is there: then what is applied stands for it. */
export interface FoundRelease extends Release {
  readonly unknown: string | null;
}

/**
 * The release that a command on a server is about: the user's folder. To read, none is needed: where nobody names one and
 * none is found, what the history says is applied stands for it.
 */
export async function releaseFor(
  { url }: UrlTarget,
  access: Access,
  { root, directory, settings, terminal }: RunnerSettings,
): Promise<FoundRelease> {
  try {
    const folder = migrationsFolder(root, directory, settings);
    const release = releaseIn(folder, url.database);
    if (folder.isGuess) terminal.note(guessNote(folder));
    return { ...release, unknown: null };
  } catch (error) {
    // Only where there is no folder at all: one that is named wrongly or cannot be read must not look like "nothing pending".
    if (!(error instanceof ExpectedFailure) || error.code !== 'directory-unknown' || access === 'write') throw error;
  }
  const session = await openSession(url, url.database);
  try {
    const reading = await readHistory(session.database, NOBODY);
    const rows = reading.journal === 'complete' ? reading.history.migrations : [];
    return { ...asReleased(rows), unknown: noFolderIn(root) };
  } finally {
    session.close();
  }
}

/** What is applied, as if a release had just that. */
function asReleased(rows: readonly HistoryRow[]): Release {
  const unknown = (name: string): never => {
    throw new ExpectedFailure(
      'directory-unknown',
      `the text of ${name} is not known here: name the folder that holds it with --directory`,
    );
  };
  const entries = rows.flatMap(({ name, state, checksum, stepsTotal, irreversible }): readonly ManifestEntry[] =>
    (state !== 'applied' && state !== 'kept') || checksum === null
      ? []
      : [{ name: name as MigrationName, file: name, checksum, sha256: '', steps: stepsTotal, irreversible }],
  );
  return { code: manifestOf(entries), own: { text: unknown, largeUp: unknown, module: unknown } };
}

/** What a command has that looks at no migration. */
export const NO_RELEASE: Release = asReleased([]);
