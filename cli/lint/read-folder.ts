import { compareNames } from '../../lambda/plan/name';
import { listMigrations } from '../../lib/migration-files';
import type { MigrationProblem } from '../../lib/migration-problem';
import { readMigrations } from '../../lib/migration-source';
import { nestedWarning } from '../../lib/nested-warning';
import { readFlywayFolder } from './flyway-folder';

/** What the migrations of a folder are, and what is to be said of them. */
export interface FolderReading {
  /** Of the migrations, in their order. */
  readonly names: readonly string[];
  readonly errors: readonly MigrationProblem[];
  readonly warnings: readonly MigrationProblem[];
  /** Subdirectories that hold what looks like migrations, and are not read. */
  readonly nested: readonly string[];
}

/**
 * Reads a folder of migrations as the CDK does at synth. The migrations that can be read are reviewed also where others
 * cannot. Of those up to `reviewAfter` nothing is warned of.
 */
export function readFolder(folder: string, reviewAfter: string | undefined): FolderReading {
  const flyway = readFlywayFolder(folder);
  if (flyway !== undefined) return flyway;
  const { problems, warnings, nested } = readMigrations(folder);
  const names = problems.some(({ code }) => code.startsWith('directory-'))
    ? []
    : listMigrations(folder).migrations.map(({ name }) => name);
  const reviewed = warnings.filter(
    ({ migration }) => reviewAfter === undefined || compareNames(migration, reviewAfter) > 0,
  );
  return { names, nested, errors: problems, warnings: [...nestedWarning('', nested), ...reviewed] };
}
