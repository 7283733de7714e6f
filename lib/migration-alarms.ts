import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { LOG } from '../lambda/contract';

/** What is watched. */
export interface MigrationAlarmsProps {
  readonly topic: sns.ITopic;
  readonly logGroup: logs.ILogGroup;
  readonly functions: readonly lambda.IFunction[];
}

/**
 * Alarms for what somebody has to look at: a deployment that was answered FAILED, a schema that a rollback did not
 * restore, and a function that died. Read from the function's own log, so that it needs no permission and no call.
 */
export class MigrationAlarms extends Construct {
  constructor(scope: Construct, id: string, { topic, logGroup, functions }: MigrationAlarmsProps) {
    super(scope, id);
    const action = new SnsAction(topic);
    const failed = logs.FilterPattern.all(
      logs.FilterPattern.stringValue('$.message', '=', LOG.answering),
      logs.FilterPattern.stringValue('$.status', '=', 'FAILED'),
    );
    const drifted = logs.FilterPattern.stringValue('$.message', '=', LOG.drift);
    const died = new cloudwatch.MathExpression({
      expression: functions.map((_, index) => `errors${index}`).join(' + '),
      usingMetrics: Object.fromEntries(
        functions.map((handler, index) => [`errors${index}`, handler.metricErrors({ period: PERIOD })]),
      ),
      period: PERIOD,
    });
    const watched = [
      this.alarm('Failed', 'A deployment of database migrations failed', this.count('FailedMetric', logGroup, failed)),
      this.alarm('Drift', 'A rollback did not restore the schema', this.count('DriftMetric', logGroup, drifted)),
      this.alarm('Died', 'The function that runs the database migrations failed', died),
    ];
    for (const alarm of watched) alarm.addAlarmAction(action);
  }

  private count(id: string, logGroup: logs.ILogGroup, filterPattern: logs.IFilterPattern): cloudwatch.IMetric {
    const filter = new logs.MetricFilter(this, id, {
      logGroup,
      filterPattern,
      metricNamespace: 'AuroraMigrations',
      // One name a construct: two of them in one account must not raise each other's alarms.
      metricName: `${this.node.addr}-${id}`,
    });
    return filter.metric({ statistic: 'sum', period: PERIOD });
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

const PERIOD = Duration.minutes(1);
