import type { Construct } from 'constructs';
import { describe, type MigrationProblem } from './review/migration-problem';
import { unknownCode } from './review/unknown-code';
import { WARNING_CODES } from './review/warning-codes';
import { ValidationError } from './validation-error';

/** Makes an error of the warnings with one of these codes, all of them together, so that nothing is deployed. */
export function refuseWarnings(
  scope: Construct,
  directory: string,
  failOn: readonly string[],
  warnings: readonly MigrationProblem[],
): void {
  const unknown = unknownCode(failOn, WARNING_CODES);
  if (unknown !== undefined) throw new ValidationError(scope, 'fail-on-unknown', `failOn: ${unknown}`);
  const failing = warnings.filter(({ code }) => failOn.includes(code));
  if (failing.length === 0) return;
  throw new ValidationError(
    scope,
    'review-failed',
    `of the migrations in ${directory}, failOn lets these not be deployed; change them, or write "review:ignore" and the code into a comment of the file before it is released:${failing.map((warning) => `\n  ${describe(warning)}`).join('')}`,
  );
}
