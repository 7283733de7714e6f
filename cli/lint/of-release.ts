import type { MigrationProblem } from '../../lib/review/migration-problem';
import { migrationOf } from './compare-release';

/** Codes about a migration and the one before it. */
const OF_TWO: ReadonlySet<string> = new Set(['number-twice', 'name-order', 'phase-order']);

/**
 * Whether a warning is of what is released only: whoever reads it can do nothing about it, since its file may not be edited.
 *
 * @param names of all migrations, in their order
 * @param unchanged files that are as they were released
 */
export function isOfRelease(
  { code, file }: MigrationProblem,
  names: readonly string[],
  unchanged: ReadonlySet<string>,
): boolean {
  if (!file.split(', ').every((each) => unchanged.has(each))) return false;
  if (!OF_TWO.has(code)) return true;
  const released = new Set([...unchanged].map(migrationOf));
  return released.has(names[names.indexOf(migrationOf(file) ?? '') - 1]);
}
