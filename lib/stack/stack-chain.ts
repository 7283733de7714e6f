import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The stack of a construct, and the stacks that it is nested in, the innermost first. */
export function stacksOf(construct: IConstruct): readonly Stack[] {
  return chain(Stack.of(construct));
}

function chain(stack: Stack): Stack[] {
  return stack.nestedStackParent === undefined ? [stack] : [stack, ...chain(stack.nestedStackParent)];
}

/**
 * The stack that waits, or is waited for, as a whole where a construct is ordered against another one: the outermost one
 * around it that is not around the other one too. Undefined where only the construct itself is ordered.
 */
export function wholeStackOf(construct: IConstruct, other: IConstruct): Stack | undefined {
  const shared = stacksOf(other);
  return stacksOf(construct).findLast((stack) => !shared.includes(stack));
}
