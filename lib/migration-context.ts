/**
 * What a migration in TypeScript is given:
 * `export async function up({ query }: MigrationContext): Promise<void> { … }`.
 *
 * @jsii ignore
 */
export interface MigrationContext {
  /**
   * Runs one statement and gives its rows, or of one that writes `affectedRows` and `insertId`. The values of the question marks in it
   * are the parameters. Await each call.
   *
   * What a row has can be given back as it is: integers beyond 2^53, decimals, dates and times, and JSON come as strings, bytes as
   * Buffers. `docs/migration-files.md` goes through the types.
   *
   * @throws Error where the server refuses it, where there are not as many parameters as question marks, and where one of them is
   * nothing that a column can hold, such as undefined, NaN, an invalid date, an array or a Map
   */
  readonly query: (sql: string, parameters?: readonly unknown[]) => Promise<unknown>;
}
