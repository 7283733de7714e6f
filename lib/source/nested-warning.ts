import type { MigrationProblem } from '../review/migration-problem';

/** The warning of subdirectories that hold what looks like migrations, for nobody reads them; none where there are none. */
export function nestedWarning(directory: string, nested: readonly string[]): readonly MigrationProblem[] {
  if (nested.length === 0) return [];
  const problem = `subdirectories are not read, and there are migrations in ${nested.join(', ')}: move them up, or leave them where they are for another construct`;
  return [{ code: 'nested-migrations', file: directory, problem }];
}
