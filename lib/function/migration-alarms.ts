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
  readonly functions: readonly lambda.IFunction[];
}

/**
 * Alarms for what somebody has to look at: a deployment that was answered FAILED, a schema that a rollback did not
 * restore, and a function that died.
 */
export class MigrationAlarms extends Construct {
  constructor(scope: Construct, id: string, { topic, metrics, functions }: MigrationAlarmsProps) {
    super(scope, id);
    const action = new SnsAction(topic);
    const died = new cloudwatch.MathExpression({
      expression: functions.map((_, index) => `errors${index}`).join(' + '),
      usingMetrics: Object.fromEntries(
        functions.map((handler, index) => [`errors${index}`, handler.metricErrors({ period: PERIOD })]),
      ),
      period: PERIOD,
    });
    const watched = [
      this.alarm('Failed', 'A deployment of database migrations failed', metrics.metric(METRICS.failures)),
      this.alarm('Drift', 'A rollback did not restore the schema', metrics.metric(METRICS.schemaMismatch)),
      this.alarm('Died', 'The function that runs the database migrations failed', died),
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
