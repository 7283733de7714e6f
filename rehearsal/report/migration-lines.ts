import type { Invocation } from '../function/function-types';

/** A line of a function's log that says what became of a migration. */
export interface MigrationLine {
  readonly time: Date;
  /** `migrated 0001_create_user in 12 ms` */
  readonly message: string;
}

/** What invocations migrated and reverted, in the words of their logs. */
export function migrationLines(invocations: readonly Invocation[]): readonly MigrationLine[] {
  return invocations
    .flatMap(({ log }) => log.split('\n'))
    .filter((line) => /"message":"(?:migrated|reverted) /.test(line))
    .map((line) => JSON.parse(line) as { readonly timestamp: string; readonly message: string })
    .map(({ timestamp, message }) => ({ time: new Date(timestamp), message }));
}
