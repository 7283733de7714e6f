/** Names of the journal's tables, in the migrated database. */
export const JOURNAL_TABLES = ['migration', 'migration_deployment'] as const;

export type JournalTable = (typeof JOURNAL_TABLES)[number];

/** What a statement would do to the journal. */
export interface JournalTouch {
  /** In words of SQL: `DROP TABLE migration`. */
  readonly what: string;
  /** Whether it is the database that holds the journal, and not one of its tables. */
  readonly isDatabase: boolean;
  /**
   * Whether the name is written as the journal's is. In other letters it is the journal only on a server that takes names
   * of tables in any case (`lower_case_table_names` other than 0).
   */
  readonly isExact: boolean;
}

/** Why such a statement is not run, and what to do. */
export function describeTouch({ what, isDatabase }: JournalTouch): string {
  if (isDatabase) return `${what} is refused: the journal is in that database, and tells what was applied. Take it out`;
  return (
    `${what} is refused: that table is the journal, which tells what was applied and how to revert it. Take the statement out, ` +
    `or leave the table out of the dump; a table of the application's or of another tool has to be renamed or to stand in another database`
  );
}
