import type { MigrationName } from '../../lambda/manifest/types';

/** What is wrong with a migration file, or worth knowing of it. */
export interface MigrationProblem {
  /** Stable, for programs. */
  readonly code: string;
  /** Name of the file in its directory. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Of the line's first character that it is about, counted from 1. */
  readonly column?: number;
  /** What it is and what to do. */
  readonly problem: string;
}

/** What is worth knowing of a migration. */
export interface MigrationWarning extends MigrationProblem {
  readonly migration: MigrationName;
}

/** What was found in the files of one migration. */
export interface Reading<Found> {
  /** Absent where there are problems. */
  readonly found?: Found;
  readonly problems: readonly MigrationProblem[];
  readonly warnings: readonly MigrationProblem[];
}

/** A reading that ended with problems. */
export function failed(...problems: readonly MigrationProblem[]): Reading<never> {
  return { problems, warnings: [] };
}

/** One line a problem: file, line, what it is and what to do. */
export function describe({ file, line, problem, code }: MigrationProblem): string {
  return `${file}${line === undefined ? '' : `:${line}`}: ${problem} (${code})`;
}
