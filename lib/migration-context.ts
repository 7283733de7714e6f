/**
 * What a migration in TypeScript is given:
 * `export async function up({ query }: MigrationContext): Promise<void> { … }`.
 *
 * @jsii ignore
 */
export interface MigrationContext {
  /**
   * Runs one statement and gives its rows, or the server's answer to one that writes. The values of the question marks in it
   * are the parameters. Await each call.
   */
  readonly query: (sql: string, parameters?: readonly unknown[]) => Promise<unknown>;
}
