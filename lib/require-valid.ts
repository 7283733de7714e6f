import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AuroraMigrationsProps } from './aurora-migrations-props';
import { ValidationError } from './validation-error';

const MIN_TIMEOUT = Duration.seconds(30);
/** Longest time that Lambda lets a function run. */
export const MAX_TIMEOUT = Duration.minutes(15);

/** Refuses what can be seen to be wrong in the properties themselves. */
export function requireValid(
  scope: Construct,
  { directory, timeout, memorySize, logGroup, logRetention }: AuroraMigrationsProps,
): void {
  // Of an empty name Node makes the folder of the app, with all that it has.
  if (directory.trim() === '' || Token.isUnresolved(directory)) {
    throw new ValidationError(
      scope,
      'directory-missing',
      'directory must be the path of the folder that holds your migrations, and be known at synth',
    );
  }
  if (timeout !== undefined && !timeout.isUnresolved() && timeout.toMilliseconds() > MAX_TIMEOUT.toMilliseconds()) {
    throw new ValidationError(
      scope,
      'timeout-too-long',
      `timeout is ${timeout.toSeconds()} seconds, Lambda allows at most ${MAX_TIMEOUT.toSeconds()}: a run that needs longer goes on in two more attempts by itself`,
    );
  }
  if (timeout !== undefined && !timeout.isUnresolved() && timeout.toMilliseconds() < MIN_TIMEOUT.toMilliseconds()) {
    throw new ValidationError(
      scope,
      'timeout-too-short',
      `timeout is ${timeout.toHumanString()}, a run needs at least ${MIN_TIMEOUT.toSeconds()} seconds: connecting, a table's lock and the journal take their part of it`,
    );
  }
  if (memorySize !== undefined && !Token.isUnresolved(memorySize) && !(memorySize >= 128 && memorySize <= 10240)) {
    throw new ValidationError(
      scope,
      'memory-size-invalid',
      `memorySize is ${memorySize} mebibytes, Lambda allows 128 to 10240: a run of small files takes at most 200`,
    );
  }
  if (logGroup !== undefined && logRetention !== undefined) {
    throw new ValidationError(
      scope,
      'log-options-conflict',
      'logRetention counts for the own log group only: set it on the given logGroup, or leave logGroup out',
    );
  }
}
