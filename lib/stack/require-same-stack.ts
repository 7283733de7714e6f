import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ValidationError } from '../validation-error';

/** The contracting resource would wait for a stack that waits for its own. */
export function requireSameStack(migrations: Construct, scope: Construct): void {
  if (Stack.of(scope).node.scopes.includes(Stack.of(migrations))) return;
  throw new ValidationError(
    migrations,
    'contract-other-stack',
    `executeBefore was given ${scope.node.path} of another stack, which cannot be waited for with migrations of the phase contract: put both into one stack, or release those migrations without "migrate:phase contract" once the new code is live everywhere`,
  );
}
