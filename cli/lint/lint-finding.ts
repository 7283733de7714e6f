/** Something that is wrong with a migration, or worth a second look. */
export interface LintFinding {
  /** An error would keep the migrations from being deployed, or is a warning that was said to count as one. */
  readonly severity: 'error' | 'warning';
  /** Stable: the code of the review, of the reader, or one of this command's own. */
  readonly code: string;
  /** Path as the working directory sees it, with slashes. */
  readonly file: string;
  /** Counted from 1, as the column is. */
  readonly line: number;
  readonly column: number;
  /** What it is, why, and what to do. */
  readonly message: string;
}

/** What was found in a folder. */
export interface LintReport {
  /** The folder, as it was named. */
  readonly folder: string;
  /** How many migrations were read. */
  readonly migrations: number;
  /** What is released, where that was asked for. */
  readonly base?: string;
  /** How many warnings are of released files and are not among the findings. */
  readonly leftOut?: number;
  /** By file and line. */
  readonly findings: readonly LintFinding[];
}
