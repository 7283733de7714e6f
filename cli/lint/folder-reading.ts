import type { MigrationProblem } from '../../lib/review/migration-problem';

/** What the migrations of a folder are, and what is to be said of them. */
export interface FolderReading {
  /** Of the migrations, in their order. */
  readonly names: readonly string[];
  readonly errors: readonly MigrationProblem[];
  readonly warnings: readonly MigrationProblem[];
  /** Subdirectories that hold what looks like migrations, and are not read. */
  readonly nested: readonly string[];
}
