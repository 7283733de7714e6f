import { METRICS } from '../contract';
import type { Resource } from '../plan/intent';
import type { Reply } from './cfn-response';

/**
 * Writes the metrics of an answered request as one line of the log, in CloudWatch's embedded metric format: it takes no
 * permission, no call and no route. The dimensions are those that a template knows at synth. Not with Powertools' metrics: the
 * format is a dozen lines, and the library 3 KB of each cold start.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param resource what the request was about; of the resource of a release, the first one of its construct
 * @param issuedAt when CloudFormation made the request, in epoch milliseconds; null where that cannot be told
 */
export function putMetrics(
  { stackId, logicalId }: Resource,
  { status, tally }: Pick<Reply, 'status' | 'tally'>,
  issuedAt: number | null,
): void {
  const dimensions = {
    [METRICS.dimensions.stack]: stackId.split('/')[1] ?? '',
    [METRICS.dimensions.resource]: logicalId,
  };
  const counts = {
    [METRICS.failures]: status === 'FAILED' || tally?.hasFailed === true ? 1 : 0,
    [METRICS.schemaMismatch]: tally?.hasMismatch === true ? 1 : 0,
    [METRICS.applied]: tally?.applied ?? 0,
    [METRICS.reverted]: tally?.reverted ?? 0,
    ...(tally?.pending !== undefined && { [METRICS.pending]: tally.pending }),
  };
  const now = Date.now();
  const times = issuedAt === null ? {} : { [METRICS.duration]: Math.max(0, now - issuedAt) };
  const metricsOf = (values: object, Unit: string) => Object.keys(values).map((Name) => ({ Name, Unit }));
  const Metrics = [...metricsOf(counts, 'Count'), ...metricsOf(times, 'Milliseconds')];
  const said = [
    ...Object.entries(counts).map(([name, value]) => `${name} ${value}`),
    ...Object.entries(times).map(([name, value]) => `${name} ${value} ms`),
  ];
  const line = {
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [{ Namespace: METRICS.namespace, Dimensions: [Object.keys(dimensions)], Metrics }],
    },
    ...dimensions,
    ...counts,
    ...times,
    // What `cdk deploy` shows of the line, which it would repeat whole otherwise.
    message: `metrics: ${said.join(', ')}`,
  };
  // Not by the console, and without a level: at a level of WARN, Lambda's own filter would take an INFO line away, and the
  // metrics with it.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
