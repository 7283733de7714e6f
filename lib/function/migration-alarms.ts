import { Aws } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/contract';
import { type DeploymentMetrics, PERIOD } from './deployment-metrics';

/** What is watched. */
export interface MigrationAlarmsProps {
  readonly topic: sns.ITopic;
  readonly metrics: DeploymentMetrics;
  readonly handler: lambda.IFunction;
  /** Answers for it where all of its attempts have failed. */
  readonly failureAnswer: lambda.IFunction;
}

/**
 * Alarms for what somebody has to look at: a deployment that was answered FAILED, a schema that a rollback did not
 * restore, and a function that died.
 */
export class MigrationAlarms extends Construct {
  constructor(scope: Construct, id: string, { topic, metrics, handler, failureAnswer }: MigrationAlarmsProps) {
    super(scope, id);
    const action = new SnsAction(topic);
    const name = handler.functionName;
    const look =
      `What to do: npx aurora-migrations verify --function ${name} --region ${Aws.REGION} and, for what went on, ` +
      `npx aurora-migrations status --function ${name} --region ${Aws.REGION}; the log of that function says more.`;
    const watched = [
      this.alarm(
        'Failed',
        `a deployment of database migrations failed, or reverting one did when CloudFormation cleaned up: the stack may be well all the same. ${look}`,
        metrics.metric(METRICS.failures),
      ),
      this.alarm(
        'Drift',
        `a rollback did not put the schema back to what it was, or has kept an irreversible migration. ${look}`,
        metrics.metric(METRICS.schemaMismatch),
      ),
      this.alarm(
        'Died',
        `an attempt of the function that runs the database migrations ended with an error. Lambda tries again, and the next attempt goes on ` +
          `where this one ended: look whether it did. ${look}`,
        errorsOf(handler),
      ),
      this.alarm(
        'AnswerDied',
        `the function that answers CloudFormation where the migrations did not come to an end failed itself. If its further attempts do too, ` +
          `the stack waits until the hour is up. ${look}`,
        errorsOf(failureAnswer),
      ),
    ];
    for (const alarm of watched) alarm.addAlarmAction(action);
  }

  /** @param what read in a mail, at night, by somebody who has nothing but that: a sentence, without its first words */
  private alarm(id: string, what: string, metric: cloudwatch.IMetric): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      alarmDescription: `Stack ${Aws.STACK_NAME}: ${what}`,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Most of the time there is no deployment, and no data.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

/**
 * An alarm of its own for each function, and no sum of both: Lambda writes `Errors` only for minutes in which a function
 * ran, and AWS does not say what a sum is for a minute in which one of its metrics has no value.
 */
function errorsOf(handler: lambda.IFunction): cloudwatch.IMetric {
  return handler.metricErrors({ period: PERIOD });
}
