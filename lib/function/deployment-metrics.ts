import { Aws, type CfnResource, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambda/contract';

/** Names of the metrics of deployments. */
export type DeploymentMetricName = (typeof METRICS)[Exclude<keyof typeof METRICS, 'namespace' | 'dimensions'>];

/** The metrics that the function writes for one custom resource. */
export class DeploymentMetrics {
  /** @param resource the custom resource: stack and logical id are all that a request tells the function of it */
  constructor(private readonly resource: CfnResource) {}

  metric(metricName: DeploymentMetricName, statistic: string = cloudwatch.Stats.SUM): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRICS.namespace,
      metricName,
      dimensionsMap: {
        [METRICS.dimensions.stack]: Aws.STACK_NAME,
        [METRICS.dimensions.resource]: this.resource.logicalId,
      },
      statistic,
      period: PERIOD,
    });
  }
}

/** Of alarms and graphs: an alarm comes as soon as there is something to look at. */
export const PERIOD = Duration.minutes(1);
