import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OwnScripts } from '../../lambda/ports';
import type { ManifestEntry, Script } from '../../lambda/manifest/types';
import { listMigrations } from '../../lib/source/migration-files';
import type { MigrationProblem } from '../../lib/review/migration-problem';
import { readMigrations, type MigrationSet } from '../../lib/source/migration-source';
import { withFlywayOnce } from '../lint/flyway-problem';
import { ownScriptsIn } from '../database/release-folder';
import { ignoredCodes } from '../../lib/review/ignored-codes';
import { foreignModule } from '../../lib/source/other-tools/foreign-module';
import { readSourceText } from '../../lib/source/source-text';
import type { ProvedMigration } from './proved-migration';

/** The user's folder, as the function would get it. */
export interface PlayedFolder {
  readonly migrations: readonly ProvedMigration[];
  readonly own: OwnScripts;
}

export type PlayedFolderReading =
  | { readonly kind: 'read'; readonly folder: PlayedFolder }
  | {
      readonly kind: 'unreadable';
      readonly problems: readonly MigrationProblem[];
      /** Subdirectories that hold what looks like migrations, where there is none in the folder itself. */
      readonly nested: readonly string[];
    };

/**
 * Reads a folder with the reader of the constructs, so that what is proved is what they deploy. Where the only thing wrong
 * with it is that downs are missing, those are read as irreversible: much is to be said of the others all the same.
 *
 * @param database name of the schema that it is played in
 */
export function readPlayedFolder(directory: string, database: string): PlayedFolderReading {
  const { found, problems, ofEach, nested } = readMigrations(directory, database);
  if (found !== undefined) return { kind: 'read', folder: folderOf(directory, found, new Map()) };
  if (!ofEach.every(({ code }) => MISSING_DOWN.has(code))) {
    return { kind: 'unreadable', problems: withFlywayOnce(problems), nested };
  }
  const copy = mkdtempSync(path.join(tmpdir(), 'prove-'));
  try {
    cpSync(directory, copy, { recursive: true });
    for (const { file } of ofEach) appendFileSync(path.join(copy, file), '\n-- migrate:irreversible\n');
    const again = readMigrations(copy, database);
    if (again.found === undefined) {
      return { kind: 'unreadable', problems: [...problems, ...again.problems], nested };
    }
    const missing = new Map(ofEach.map(({ file, problem }) => [file, problem]));
    return { kind: 'read', folder: folderOf(copy, again.found, missing) };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const MISSING_DOWN: ReadonlySet<string> = new Set(['down-missing', 'down-empty']);

/** @param missing what is wrong with files without a down, by file */
function folderOf(directory: string, set: MigrationSet, missing: ReadonlyMap<string, string>): PlayedFolder {
  const own = ownScriptsIn(directory, set);
  const files = new Map(listMigrations(path.resolve(directory)).migrations.map((each) => [each.name, each]));
  const migrations = set.manifest.migrations.map((entry): ProvedMigration => {
    const script = JSON.parse(own.text(entry.name)) as Script;
    const listed = files.get(entry.name);
    const written = listed?.form === 'pair' ? [listed.up, listed.down] : [listed?.file];
    const sources = written.flatMap((file) => (file === undefined ? [] : sourceOf(directory, file)));
    const downFile = (listed?.form === 'pair' ? listed.down : undefined) ?? entry.file;
    const [foreign] = 'module' in script ? foreignModule(entry.file, sources.join('\n')) : [];
    return {
      entry: expanding(entry),
      script,
      up: 'module' in script ? [] : script.upSha256 === undefined ? script.up : own.largeUp(entry.name),
      downFile,
      missingDown: missing.get(entry.file) ?? missing.get(downFile) ?? null,
      acknowledged: new Set(sources.flatMap((source) => [...ignoredCodes(source)])),
      ...(foreign !== undefined && { foreign: foreign.problem }),
    };
  });
  return { migrations, own };
}

/** Each migration is played by itself, so that it does not matter on which side of the application it runs. */
function expanding(entry: ManifestEntry): ManifestEntry {
  const { phase, ...others } = entry;
  return phase === undefined ? entry : others;
}

function sourceOf(directory: string, file: string): readonly string[] {
  const { found } = readSourceText(directory, file);
  return found === undefined ? [] : [found.source];
}
