import { checksumOf } from '../../lambda/manifest/checksum';
import { compareNames } from '../../lambda/manifest/name';
import { nameOf } from '../../lib/source/migration-files';
import type { MigrationProblem } from '../../lib/review/migration-problem';
import { ignoredCodes } from '../../lib/review/ignored-codes';
import { isFlywayName } from './flyway-name';

/** File texts by name. */
type Files = ReadonlyMap<string, string>;

/** What is released, and since when the work has gone its own way. */
export interface ReleasedFiles {
  /** As the user named it. */
  readonly ref: string;
  /** The folder of the files, as a command for git names it. */
  readonly folder: string;
  readonly tip: Files;
  /** At the commit that the work started from. What changed in the release since then is not the work's doing. */
  readonly common: Files;
}

/** What the work does to released migrations, which databases have and cannot get in another form. */
export interface ReleaseComparison {
  /** What no setting lets through. */
  readonly errors: readonly MigrationProblem[];
  /** What depends on the construct's settings (`onRemoved`, `outOfOrder`). */
  readonly warnings: readonly MigrationProblem[];
  /** Files that are as they were released. */
  readonly unchanged: ReadonlySet<string>;
}

/** Compares the files of a folder with the release. */
export function compareRelease(release: ReleasedFiles, now: Files): ReleaseComparison {
  const files = onlyMigrations(now);
  const released: ReleasedFiles = {
    ...release,
    tip: onlyMigrations(release.tip),
    common: onlyMigrations(release.common),
  };
  return {
    errors: [...edited(released, files), ...extended(released, files)],
    warnings: [...removed(released, files), ...late(released, files)],
    unchanged: new Set(
      [...files].flatMap(([file, text]) =>
        [released.common, released.tip].some((of) => isSame(of.get(file), text)) ? [file] : [],
      ),
    ),
  };
}

function onlyMigrations(files: Files): Files {
  return new Map([...files].filter(([file]) => migrationOf(file) !== undefined));
}

/** Name of the migration that a file belongs to. */
export function migrationOf(file: string): string | undefined {
  if (isFlywayName(file)) return file;
  const found = nameOf(file);
  return 'name' in found ? found.name : undefined;
}

function namesIn(files: Files): ReadonlySet<string> {
  return new Set([...files.keys()].flatMap((file) => migrationOf(file) ?? []));
}

function edited({ ref, folder, tip, common }: ReleasedFiles, now: Files): readonly MigrationProblem[] {
  return [...now].flatMap(([file, text]) => {
    const before = common.get(file) ?? tip.get(file);
    if (before === undefined || isSame(before, text) || isSame(tip.get(file), text)) return [];
    return [
      {
        code: 'checksum-changed',
        file,
        line: firstDifference(before, text),
        problem: `it is released (${ref}) and was edited: databases keep what they got from it, and the deployment is refused. Put the text back (git checkout ${ref} -- ${folder}/${file}), and make the change in a new migration`,
      },
    ];
  });
}

/** A second half that a released migration gets is part of its text. */
function extended({ ref, tip, common }: ReleasedFiles, now: Files): readonly MigrationProblem[] {
  const released = new Set([...namesIn(tip), ...namesIn(common)]);
  return [...now.keys()]
    .filter((file) => !tip.has(file) && !common.has(file) && released.has(migrationOf(file) ?? ''))
    .map((file) => ({
      code: 'checksum-changed',
      file,
      problem: `it is a new part of ${migrationOf(file)}, which is released (${ref}): databases have that without it, and the deployment is refused. Remove it, or make a new migration of it`,
    }));
}

function removed({ ref, tip, common }: ReleasedFiles, now: Files): readonly MigrationProblem[] {
  return [...common]
    .filter(([file]) => tip.has(file) && !now.has(file))
    .map(([file, text]) => {
      const [to] = [...now].filter(([other, each]) => !common.has(other) && isSame(text, each)).map(([other]) => other);
      const what = to === undefined ? 'is gone' : `is called ${to} now, which is another migration to databases`;
      return {
        code: 'removed-migration',
        file: to ?? file,
        problem: `${file} is released (${ref}) and ${what}: the deployment is refused, or reverts it (onRemoved: REVERT). Put it back under its name, unless that is meant`,
      };
    });
}

function late({ ref, tip, common }: ReleasedFiles, now: Files): readonly MigrationProblem[] {
  const released = new Set([...namesIn(tip), ...namesIn(common)]);
  // Flyway's names are sorted in another way, and renamed before anything is deployed.
  const newest = [...namesIn(tip)]
    .filter((name) => !isFlywayName(name))
    .sort(compareNames)
    .at(-1);
  if (newest === undefined) return [];
  const told = new Set<string>();
  return [...now]
    .sort(([a], [b]) => compareNames(a, b))
    .flatMap(([file, text]) => {
      const name = migrationOf(file) ?? '';
      if (ignoredCodes(text).has('out-of-order')) told.add(name);
      if (isFlywayName(file) || released.has(name) || compareNames(name, newest) > 0 || told.has(name)) return [];
      told.add(name);
      return [
        {
          code: 'out-of-order',
          file,
          problem: `it is new and sorts before ${newest}, which is released (${ref}): databases that have that get this one after it, and new ones before it (with outOfOrder: FAIL the deployment is refused). Give it a number after ${newest}`,
        },
      ];
    });
}

/** As the function compares: line ends and trailing blanks do not count. */
function isSame(a: string | undefined, b: string): boolean {
  return a !== undefined && checksumOf(a) === checksumOf(b);
}

function firstDifference(before: string, after: string): number {
  const lines = (text: string): readonly string[] => text.split(/\r\n?|\n/).map((line) => line.trimEnd());
  const [old, changed] = [lines(before), lines(after)];
  const at = changed.findIndex((line, index) => line !== old[index]);
  return at < 0 ? changed.length : at + 1;
}
