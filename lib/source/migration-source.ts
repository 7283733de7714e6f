import * as path from 'node:path';
import { checksumOf, sha256 } from '../../lambda/manifest/checksum';
import { manifestOf } from '../../lambda/manifest/manifest';
import { compareNames } from '../../lambda/manifest/name';
import { outlineOf } from '../../lambda/sql/up-outline';
import { saysContract } from '../script/sections';
import type { Manifest, ManifestEntry, MigrationName, Script, SqlScript } from '../../lambda/manifest/types';
import { foreignModule } from './other-tools/foreign-module';
import { listMigrations, type MigrationFiles } from './migration-files';
import type { MigrationProblem, MigrationWarning, Reading } from '../review/migration-problem';
import { type ModuleReadings, readModules } from './module-migration';
import type { ColumnDefinitions } from '../review/tables/column-definitions';
import { type ReadMigration, reviewWarnings, type UnreadMigration } from '../review/review-warnings';
import { readSourceText, type SourceText } from './source-text';
import { readPairedSql, readSectionedSql, type FoundScript } from './sql-migration';
import { toldOnce } from './told-once';

/** The migrations of a directory, ready for the function. */
export interface MigrationSet {
  readonly manifest: Manifest;
  /** What goes into the asset's folder of scripts, by file name. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** A migration in the form in which the function gets it. */
interface StoredMigration extends ReadMigration {
  readonly entry: ManifestEntry;
  /** JSON by file name. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** Bytes. Of a larger up no more is kept in the database than is needed to revert it. */
const LARGE_UP = 4 * 1024 * 1024;

/** What was found in a directory. */
export interface MigrationSetReading extends Reading<MigrationSet> {
  /** The problems, of each file its own; in `problems` what many files lack alike is one. */
  readonly ofEach: readonly MigrationProblem[];
  /** Of the migrations that could be read. */
  readonly warnings: readonly MigrationWarning[];
  /** Subdirectories that hold files which look like migrations, and are not read. */
  readonly nested: readonly string[];
}

/**
 * Reads all migrations of a directory in the order of their names, or says everything that is wrong with them. `database`:
 * name of the one that they are for, where it is known.
 */
export function readMigrations(directory: string, database?: string): MigrationSetReading {
  const folder = path.resolve(directory);
  const listing = listMigrations(folder);
  const texts = listing.migrations.flatMap(filesOf).map((file) => readSourceText(folder, file));
  const sources = new Map(texts.flatMap(({ found }) => (found === undefined ? [] : [[found.file, found]])));
  const modules = readModules(
    folder,
    listing.migrations
      .filter(isModule)
      .flatMap(filesOf)
      .filter((file) => sources.has(file)),
  );
  const readings = listing.migrations.map((files) => readScript(files, sources, modules, database));

  const ofEach = [listing, ...texts, modules, ...readings].flatMap((reading) => reading.problems).sort(byFileAndLine);
  const migrations = readings.flatMap(({ found }) => found ?? []);
  return {
    ...(ofEach.length === 0 && { found: setOf(migrations) }),
    problems: toldOnce(ofEach),
    ofEach,
    nested: listing.nested,
    get warnings() {
      return reviewWarnings(listing.migrations.map((files, at) => readings[at]?.found ?? unread(files, sources)));
    },
  };
}

/** What is known of a migration that cannot be read: its name is reviewed with the others, since all may have to be renamed. */
function unread(files: MigrationFiles, sources: ReadonlyMap<string, SourceText>): UnreadMigration {
  const own = filesOf(files);
  return {
    entry: { name: files.name, file: own[0] ?? files.name },
    sources: own.flatMap((file) => sources.get(file)?.source ?? []),
  };
}

function isModule(files: MigrationFiles): boolean {
  return files.form === 'module';
}

function filesOf(files: MigrationFiles): string[] {
  return (files.form === 'pair' ? [files.up, files.down] : [files.file]).filter((file) => file !== undefined);
}

/** A file that could not be read has its problem already, so the migration then adds none. */
function readScript(
  files: MigrationFiles,
  sources: ReadonlyMap<string, SourceText>,
  modules: ModuleReadings,
  database: string | undefined,
): Pick<Reading<StoredMigration>, 'found' | 'problems'> {
  const own = filesOf(files).flatMap((file) => sources.get(file) ?? []);
  if (own.length < filesOf(files).length) {
    return { problems: [] };
  }
  const reading = parse(files, sources, modules.scripts, database);
  const isContract =
    files.form === 'module' ? modules.contracting.has(files.file) : own.some(({ source }) => saysContract(source));
  const { found, problems } = reading;
  return { found: found && store(files.name, found, own, isContract), problems };
}

function parse(
  files: MigrationFiles,
  sources: ReadonlyMap<string, SourceText>,
  modules: ReadonlyMap<string, Script>,
  database: string | undefined,
): Reading<FoundScript> {
  const textOf = (file: string | undefined): SourceText | undefined =>
    file === undefined ? undefined : sources.get(file);
  switch (files.form) {
    case 'module': {
      const script = modules.get(files.file);
      // What a module runs cannot be told, nor what columns are afterwards.
      const review = (columns: ColumnDefinitions): readonly MigrationProblem[] => {
        columns.forget();
        return foreignModule(files.file, textOf(files.file)?.source ?? '');
      };
      return { found: script && { script, isDestructive: true, review }, problems: [], warnings: [] };
    }
    case 'pair':
      return readPairedSql(files.name, { up: textOf(files.up), down: textOf(files.down) }, database);
    case 'sections':
      return readSectionedSql({ file: files.file, source: textOf(files.file)?.source ?? '' }, database);
  }
}

function store(
  name: MigrationName,
  { script, stepLines, isDestructive, review }: FoundScript,
  files: readonly SourceText[],
  isContract: boolean,
): StoredMigration {
  const { stored, largeUp } = 'up' in script ? withoutLargeUp(script) : { stored: script };
  const json = JSON.stringify(stored);
  const sources = files.map(({ source }) => source);
  const entry: ManifestEntry = {
    name,
    file: files[0]?.file ?? name,
    checksum: checksumOf(...sources),
    sha256: sha256(json),
    steps: 'up' in script ? script.up.length : 1,
    irreversible: script.irreversible === true,
    ...(isDestructive && { destructive: true }),
    ...(stepLines !== undefined && { stepLines }),
    ...(isContract && { phase: 'contract' }),
  };
  const scripts = { [`${name}.json`]: json, ...(largeUp !== undefined && { [`${name}.up.json`]: largeUp }) };
  return { entry, scripts, sources, review };
}

/** The order of the keys is part of the script's hash. */
function withoutLargeUp(script: SqlScript): { readonly stored: SqlScript; readonly largeUp?: string } {
  const largeUp = JSON.stringify(script.up);
  if (Buffer.byteLength(largeUp) <= LARGE_UP) {
    return { stored: script };
  }
  const { v, down, irreversible } = script;
  // Of a row for each statement, the short ones are what is large.
  const outlines = [outlineOf(script.up), outlineOf(script.up, 0)];
  const upOutline = outlines.find((outline) => Buffer.byteLength(JSON.stringify(outline)) <= LARGE_UP);
  const stored: SqlScript = {
    v,
    up: [],
    upSha256: sha256(largeUp),
    ...(upOutline !== undefined && { upOutline }),
    down,
    ...(irreversible && { irreversible }),
  };
  return { stored, largeUp };
}

function setOf(migrations: readonly StoredMigration[]): MigrationSet {
  return {
    manifest: manifestOf(migrations.map(({ entry }) => entry)),
    scripts: new Map(migrations.flatMap(({ scripts }) => Object.entries(scripts))),
  };
}

function byFileAndLine(a: MigrationProblem, b: MigrationProblem): number {
  return compareNames(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0);
}
