import { Duration, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type AuroraMigrationsProps, OnDelete, OnRemoved, OutOfOrder, SnapshotBefore } from './aurora-migrations-props';
import { MIN_TIMEOUT } from './function/kept-timeout';
import { ValidationError } from './validation-error';

/** Longest time that Lambda lets a function run. */
export const MAX_TIMEOUT = Duration.minutes(15);

/** Options with a fixed set of values. The function takes any other value for its default, without a word. */
const CHOICES = { onDelete: OnDelete, onRemoved: OnRemoved, outOfOrder: OutOfOrder, snapshotBefore: SnapshotBefore };

const SWITCHES = ['addEndpoints', 'dashboard', 'httpEndpoint', 'runOnEveryUpdate'] as const;

/** Refuses what can be seen to be wrong in the properties themselves, also where no compiler has looked at them. */
export function requireValid(scope: Construct, props: AuroraMigrationsProps): void {
  const { directory, database, logGroup, logRetention } = props;
  if (typeof (database as Partial<typeof database> | undefined)?.bind !== 'function') {
    throw new ValidationError(
      scope,
      'database-invalid',
      'database must be a DatabaseTarget, such as DatabaseTarget.cluster(cluster)',
    );
  }
  // Of an empty name Node makes the folder of the app, with all that it has.
  if (typeof directory !== 'string' || directory.trim() === '' || Token.isUnresolved(directory)) {
    throw new ValidationError(
      scope,
      'directory-missing',
      'directory must be the path of the folder that holds your migrations, and be known at synth',
    );
  }
  requireChoices(scope, props);
  requireLimits(scope, props);
  if (logGroup !== undefined && logRetention !== undefined) {
    throw new ValidationError(
      scope,
      'log-options-conflict',
      'logRetention counts for the own log group only: set it on the given logGroup, or leave logGroup out',
    );
  }
}

function requireChoices(scope: Construct, props: AuroraMigrationsProps): void {
  for (const [name, choices] of Object.entries(CHOICES)) {
    const given = props[name as keyof typeof CHOICES];
    const values: readonly string[] = Object.values(choices);
    if (given !== undefined && !values.includes(given)) {
      throw new ValidationError(
        scope,
        'option-invalid',
        `${name} is ${JSON.stringify(given)}, and must be one of ${values.join(', ')}`,
      );
    }
  }
  for (const name of SWITCHES) {
    const given: unknown = props[name];
    if (given === undefined || typeof given === 'boolean') continue;
    throw new ValidationError(
      scope,
      'option-invalid',
      `${name} is ${JSON.stringify(given)}, and must be true or false`,
    );
  }
}

/** What Lambda takes, and what a run needs. */
function requireLimits(scope: Construct, { timeout, memorySize }: AuroraMigrationsProps): void {
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
}

/** Refuses what is no construct, such as a list of them: in JavaScript no compiler has looked at it. */
export function requireConstructs(migrations: Construct, method: string, scopes: readonly unknown[]): void {
  for (const scope of scopes) {
    if (Construct.isConstruct(scope)) continue;
    throw new ValidationError(
      migrations,
      'construct-missing',
      `${method} takes constructs, one argument each, and was given ${Array.isArray(scope) ? 'a list: write ...list' : String(scope)}`,
    );
  }
}
