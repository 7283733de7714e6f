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
    const watched = [
      this.alarm('Failed', 'A deployment of database migrations failed', metrics.metric(METRICS.failures)),
      this.alarm('Drift', 'A rollback did not restore the schema', metrics.metric(METRICS.schemaMismatch)),
      this.alarm('Died', 'The function that runs the database migrations failed', errorsOf(handler)),
      this.alarm(
        'AnswerDied',
        'The function that answers CloudFormation for the migrations failed',
        errorsOf(failureAnswer),
      ),
    ];
    for (const alarm of watched) alarm.addAlarmAction(action);
  }

  private alarm(id: string, alarmDescription: string, metric: cloudwatch.IMetric): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      alarmDescription,
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
