import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRICS } from '../contract';
import type { Resource } from '../plan/intent';
import type { Reply } from './cfn-response';

/**
 * Writes the metrics of an answered request as one line of the log, in CloudWatch's embedded metric format: it takes no
 * permission, no call and no route. The dimensions are those that a template knows at synth.
 *
 * @param resource what the request was about; of the resource of a release, the first one of its construct
 * @param issuedAt when CloudFormation made the request, in epoch milliseconds; null where that cannot be told
 */
export function putMetrics({ stackId, logicalId }: Resource, { status, tally }: Reply, issuedAt: number | null): void {
  const metrics = new Metrics({ namespace: METRICS.namespace });
  // The library's own, the name of a service.
  metrics.clearDefaultDimensions();
  metrics.addDimensions({
    [METRICS.dimensions.stack]: stackId.split('/')[1] ?? '',
    [METRICS.dimensions.resource]: logicalId,
  });
  const said: string[] = [];
  const add = (name: string, unit: Parameters<Metrics['addMetric']>[1], value: number, noun = ''): void => {
    metrics.addMetric(name, unit, value);
    said.push(`${name} ${value}${noun}`);
  };
  const count = (name: string, value: number): void => add(name, MetricUnit.Count, value);
  count(METRICS.failures, status === 'FAILED' || tally?.hasFailed === true ? 1 : 0);
  count(METRICS.schemaMismatch, tally?.hasMismatch === true ? 1 : 0);
  count(METRICS.applied, tally?.applied ?? 0);
  count(METRICS.reverted, tally?.reverted ?? 0);
  if (tally?.pending !== undefined) count(METRICS.pending, tally.pending);
  if (issuedAt !== null) {
    add(METRICS.duration, MetricUnit.Milliseconds, Math.max(0, Date.now() - issuedAt), ' ms');
  }
  // What `cdk deploy` shows of the line, which it would repeat whole otherwise. No level: at a level of WARN, Lambda's own
  // filter would take an INFO line away, and the metrics with it.
  metrics.addMetadata('message', `metrics: ${said.join(', ')}`);
  metrics.publishStoredMetrics();
}
