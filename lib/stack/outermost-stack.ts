import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The stack that is deployed: of a nested stack the one around all others. Only with it an operation is over. */
export function outermostStack(construct: IConstruct): Stack {
  const stack = Stack.of(construct);
  return stack.nestedStackParent === undefined ? stack : outermostStack(stack.nestedStackParent);
}
