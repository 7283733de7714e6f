import { compareNames } from '../../lambda/manifest/name';
import type { ManifestEntry } from '../../lambda/manifest/types';
import type { MigrationProblem, MigrationWarning } from './migration-problem';
import { ignoredCodes } from './ignored-codes';
import { ColumnDefinitions } from './tables/column-definitions';
import { reviewNames } from './review-names';
import { reviewPhases } from './review-phases';
import type { Finding } from './statement-under-review';

/** A migration that was read. */
export interface ReadMigration {
  readonly entry: Pick<ManifestEntry, 'name' | 'file' | 'irreversible' | 'phase'>;
  /** Of its one file or two. */
  readonly sources: readonly string[];
  /** What its statements give rise to, the migrations before having left columns so; absent where nothing can be told. */
  readonly review?: (columns: ColumnDefinitions) => readonly MigrationProblem[];
}

/** A migration of which only the name is known. */
export interface UnreadMigration {
  readonly entry: Pick<ManifestEntry, 'name' | 'file'>;
  readonly sources: readonly string[];
}

/** All warnings about migrations in their order, without those that their files acknowledge. */
export function reviewWarnings(migrations: readonly (ReadMigration | UnreadMigration)[]): readonly MigrationWarning[] {
  const read = migrations.filter((each): each is ReadMigration => isRead(each));
  const ofOrder = [
    ...reviewNames(migrations.map(({ entry }) => entry)),
    ...reviewPhases(read.map(({ entry }) => entry)),
  ];
  const columns = new ColumnDefinitions();
  return migrations.flatMap((migration) => {
    const { entry, sources } = migration;
    const ignored = new Set(sources.flatMap((source) => [...ignoredCodes(source)]));
    const named = ofOrder.filter(({ file }) => file === entry.file);
    const own = isRead(migration) ? [...irreversible(migration.entry), ...(migration.review?.(columns) ?? [])] : [];
    if (!isRead(migration) || migration.review === undefined) columns.forget();
    return [...named, ...own]
      .filter(({ code }) => !ignored.has(code))
      .map((warning) => ({ ...warning, migration: entry.name }));
  });
}

function isRead(migration: ReadMigration | UnreadMigration): migration is ReadMigration {
  return 'irreversible' in migration.entry;
}

function irreversible({ file, irreversible: isDeclared }: ReadMigration['entry']): readonly Finding[] {
  const problem =
    'it is declared irreversible: a rollback keeps it and every migration below it, and old code then runs on the new schema. Write a down, if there is one';
  return isDeclared ? [{ code: 'irreversible-migration', file, problem }] : [];
}

/** Those of migrations that sort after a name: up to it nothing is reviewed. */
export function warnedAfter(
  warnings: readonly MigrationWarning[],
  reviewAfter: string | undefined,
): readonly MigrationWarning[] {
  return reviewAfter === undefined
    ? warnings
    : warnings.filter(({ migration }) => compareNames(migration, reviewAfter) > 0);
}

/** Why that name is none that can be meant in a folder of these, so that no migration would be reviewed without a word. */
export function reviewAfterProblem(reviewAfter: string | undefined, names: readonly string[]): string | undefined {
  const newest = names.at(-1);
  if (reviewAfter === undefined || newest === undefined || compareNames(reviewAfter, newest) <= 0) return undefined;
  return digitsOf(reviewAfter) === digitsOf(newest)
    ? undefined
    : `"${reviewAfter}" sorts after all migrations, so that none would be reviewed: names are compared by their characters. Write it as they are, such as ${newest}`;
}

function digitsOf(name: string): number {
  return name.length - name.replace(/^\d+/, '').length;
}
