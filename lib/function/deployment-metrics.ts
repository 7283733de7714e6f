import { Aws, type CfnResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { METRICS } from '../../lambda/contract';
import { ValidationError } from '../validation-error';

/** Names of the metrics of deployments. */
export type DeploymentMetricName = (typeof METRICS)[Exclude<keyof typeof METRICS, 'namespace' | 'dimensions'>];

const NAMES: readonly DeploymentMetricName[] = [
  METRICS.applied,
  METRICS.reverted,
  METRICS.pending,
  METRICS.duration,
  METRICS.failures,
  METRICS.schemaMismatch,
];

/** Refuses a name that no metric has: an alarm on one would never go off. */
export function requireMetricName(scope: IConstruct, name: string): DeploymentMetricName {
  const found = NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  throw new ValidationError(scope, 'metric-unknown', `there is no metric ${name}: there are ${NAMES.join(', ')}`);
}

/** The metrics that the function writes for one custom resource. */
export class DeploymentMetrics {
  /** @param resource the custom resource: stack and logical id are all that a request tells the function of it */
  constructor(private readonly resource: CfnResource) {}

  metric(metricName: DeploymentMetricName, statistic: string = cloudwatch.Stats.SUM): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRICS.namespace,
      metricName,
      dimensionsMap: {
        [METRICS.dimensions.stack]: stackNameOf(this.resource),
        [METRICS.dimensions.resource]: this.resource.logicalId,
      },
      statistic,
      period: PERIOD,
      // An alarm or a dashboard elsewhere is told of which account and region it is.
    }).attachTo(this.resource);
  }
}

/**
 * The name of a resource's stack, in whichever stack it is written down: `AWS::StackName` is that of the stack in which it
 * stands. In the resource's own one it goes before the name that the app knows, since a template may be deployed under another.
 */
function stackNameOf(resource: CfnResource): string {
  return Lazy.uncachedString({
    produce: ({ scope }) => (Stack.of(scope) === resource.stack ? Aws.STACK_NAME : resource.stack.stackName),
  });
}

/** Of alarms and graphs: an alarm comes as soon as there is something to look at. */
export const PERIOD = Duration.minutes(1);
