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
   * Integers beyond 2^53 come as strings, and so do decimals: give them back as they are.
   *
   * @throws Error where the server refuses it, where there are not as many parameters as question marks, and where one of them is NaN,
   * infinite or an invalid date: no column can hold these
   */
  readonly query: (sql: string, parameters?: readonly unknown[]) => Promise<unknown>;
}
