import type { IConstruct } from 'constructs';

/**
 * Says why a finding of cdk-nag is meant, so that a user's own check is not stopped by it. Written as
 * `Validations.of(…).acknowledge(…)` does, which the oldest aws-cdk-lib that we run with has not.
 */
export function acknowledgeFinding(construct: IConstruct, rule: string, reason: string): void {
  construct.node.addMetadata('aws:cdk:acknowledged-rules', { [rule]: reason });
}
