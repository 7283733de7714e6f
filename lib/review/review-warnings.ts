import type { ManifestEntry } from '../../lambda/manifest/types';
import type { MigrationProblem, MigrationWarning } from './migration-problem';
import { ignoredCodes } from './ignored-codes';
import { reviewNames } from './review-names';
import { reviewPhases } from './review-phases';
import type { Finding } from './statement-under-review';

/** A migration that was read, with what its statements gave rise to. */
export interface ReadMigration {
  readonly entry: Pick<ManifestEntry, 'name' | 'file' | 'irreversible' | 'phase'>;
  /** Of its one file or two. */
  readonly sources: readonly string[];
  readonly warnings: readonly MigrationProblem[];
}

/** A migration of which only the name is known. */
export interface UnreadMigration {
  readonly entry: Pick<ManifestEntry, 'name' | 'file'>;
  readonly sources: readonly string[];
}

/** All warnings about migrations in their order, without those that their files acknowledge. */
export function reviewWarnings(migrations: readonly (ReadMigration | UnreadMigration)[]): readonly MigrationWarning[] {
  const read = migrations.filter((each): each is ReadMigration => 'warnings' in each);
  const ofOrder = [
    ...reviewNames(migrations.map(({ entry }) => entry)),
    ...reviewPhases(read.map(({ entry }) => entry)),
  ];
  return migrations.flatMap((migration) => {
    const { entry, sources } = migration;
    const ignored = new Set(sources.flatMap((source) => [...ignoredCodes(source)]));
    const named = ofOrder.filter(({ file }) => file === entry.file);
    const own = 'warnings' in migration ? [...irreversible(migration.entry), ...migration.warnings] : [];
    return [...named, ...own]
      .filter(({ code }) => !ignored.has(code))
      .map((warning) => ({ ...warning, migration: entry.name }));
  });
}

function irreversible({ file, irreversible: isDeclared }: ReadMigration['entry']): readonly Finding[] {
  const problem =
    'it is declared irreversible: a rollback keeps it and every migration below it, and old code then runs on the new schema. Write a down, if there is one';
  return isDeclared ? [{ code: 'irreversible-migration', file, problem }] : [];
}
