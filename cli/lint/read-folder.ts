import { warnedAfter } from '../../lib/review/review-warnings';
import { listMigrations } from '../../lib/source/migration-files';
import { readMigrations } from '../../lib/source/migration-source';
import { nestedWarning } from '../../lib/source/nested-warning';
import { readFlywayFolder } from './flyway-folder';
import type { FolderReading } from './folder-reading';

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
  const reviewed = warnedAfter(warnings, reviewAfter);
  return { names, nested, errors: problems, warnings: [...nestedWarning('', nested), ...reviewed] };
}
