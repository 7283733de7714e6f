import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/contract';
import { type DeploymentMetrics, PERIOD } from './deployment-metrics';

/** What is shown. */
export interface MigrationDashboardProps {
  readonly metrics: DeploymentMetrics;
  readonly functions: readonly lambda.IFunction[];
  readonly logGroup: logs.ILogGroup;
}

const WIDTH = 12;

/** One page for what an operator wants to know of the migrations: what was done, what failed, how long it took, and why. */
export class MigrationDashboard extends Construct {
  constructor(scope: Construct, id: string, { metrics, functions, logGroup }: MigrationDashboardProps) {
    super(scope, id);
    const dashboard = new cloudwatch.Dashboard(this, 'Resource', { defaultInterval: Duration.days(7) });
    const graph = (title: string, ...left: cloudwatch.IMetric[]): cloudwatch.GraphWidget =>
      new cloudwatch.GraphWidget({ title, left, width: WIDTH, leftYAxis: { min: 0 } });
    dashboard.addWidgets(
      graph('Migrations', ...[METRICS.applied, METRICS.reverted, METRICS.pending].map((name) => metrics.metric(name))),
      graph('Failed deployments', metrics.metric(METRICS.failures), metrics.metric(METRICS.schemaMismatch)),
      graph('From request to answer', metrics.metric(METRICS.duration, cloudwatch.Stats.MAXIMUM)),
      graph('Errors of the functions', ...functions.map((handler) => handler.metricErrors({ period: PERIOD }))),
      new cloudwatch.LogQueryWidget({
        title: 'Warnings and errors',
        logGroupNames: [logGroup.logGroupName],
        queryLines: [
          'fields @timestamp, level, message, code, problem, reason, error',
          'filter level in ["WARN", "ERROR"] or status = "FAILED"',
          'sort @timestamp desc',
          'limit 50',
        ],
        width: 2 * WIDTH,
      }),
    );
  }
}
