import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { TOLD_STATUSES } from '../../lambda/contract';
import { outermostStack } from '../stack/outermost-stack';

/** Tells the function how its own stack is doing: see {@link TOLD_STATUSES}. */
export function settleRule(scope: Construct, id: string, target: lambda.IFunction): events.Rule {
  return new events.Rule(scope, id, {
    description: 'Tells the function that applies the database migrations how its stack is doing',
    eventPattern: {
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: { 'stack-id': [outermostStack(scope).stackId], 'status-details': { status: [...TOLD_STATUSES] } },
    },
    targets: [
      // A status that comes hours late says nothing any more.
      new targets.LambdaFunction(target, { maxEventAge: Duration.hours(2), retryAttempts: 20 }),
    ],
  });
}
