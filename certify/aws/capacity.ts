import type { SignedCalls } from './signed-calls';

/** The capacity units that a cluster has now, as CloudWatch knows it; undefined where it has said nothing of late. */
export async function capacityOf(calls: SignedCalls, clusterArn: string, now: Date): Promise<number | undefined> {
  const text = await calls.query('monitoring', 'monitoring', {
    Action: 'GetMetricStatistics',
    Version: '2010-08-01',
    Namespace: 'AWS/RDS',
    MetricName: 'ServerlessDatabaseCapacity',
    'Dimensions.member.1.Name': 'DBClusterIdentifier',
    'Dimensions.member.1.Value': clusterArn.split(':').at(-1) ?? '',
    StartTime: new Date(now.getTime() - 5 * 60_000).toISOString(),
    EndTime: now.toISOString(),
    Period: '60',
    'Statistics.member.1': 'Maximum',
  });
  return newestMaximum(text);
}

/** They come in no order. */
function newestMaximum(xml: string): number | undefined {
  const points = [...xml.matchAll(/<member>.*?<\/member>/gs)].map(([point]) => ({
    time: /<Timestamp>([^<]+)</.exec(point)?.[1] ?? '',
    value: Number(/<Maximum>([^<]+)</.exec(point)?.[1]),
  }));
  return points.toSorted((a, b) => a.time.localeCompare(b.time)).at(-1)?.value;
}
