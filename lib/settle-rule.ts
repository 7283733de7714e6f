import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { outermostStack } from './outermost-stack';

/**
 * Tells the function every status of its own stack, so that it knows when a deployment has ended well (it is then
 * settled) and when the stack goes back.
 *
 * All statuses pass: the newest one decides, so a ROLLBACK must be heard as well as a COMPLETE.
 */
export function settleRule(scope: Construct, id: string, target: lambda.IFunction): events.Rule {
  return new events.Rule(scope, id, {
    description: 'Tells the function that applies the database migrations how its stack is doing',
    eventPattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: { 'stack-id': [outermostStack(scope).stackId] },
    },
    targets: [
      // A status that comes hours late says nothing any more; without one, a deployment settles after 24 hours.
      new targets.LambdaFunction(target, { maxEventAge: Duration.hours(2), retryAttempts: 20 }),
    ],
  });
}
