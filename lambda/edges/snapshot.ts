import { callAws, notReached } from './call-aws';
import { endpointOf } from './endpoint';
import { TRY_MS } from './database/network-problem';
import type { Snapshots, SnapshotState } from '../ports';
import type { SnapshotWhen } from '../plan/plan-snapshot';

/** The names that RDS has for snapshots of a cluster and for those of an instance. */
const KINDS = {
  cluster: { of: 'DBClusterIdentifier', named: 'DBClusterSnapshotIdentifier', noun: 'DBClusterSnapshot' },
  db: { of: 'DBInstanceIdentifier', named: 'DBSnapshotIdentifier', noun: 'DBSnapshot' },
} as const;

/** Answers to a call that the same call may not get a minute later: the database is busy, or too many calls come. */
const PASSING = /^(InvalidDB(Cluster|Instance)State(Fault)?|Throttling(Exception)?|RequestLimitExceeded)$/;

/**
 * Takes snapshots by RDS's API, which is called with forms and answers in XML. Of an answer one element is read: the
 * status of the one snapshot that it is about, or the code of the error.
 *
 * @param of ARN of the cluster or the instance
 */
export function rdsSnapshots(of: string, when: SnapshotWhen, environment: NodeJS.ProcessEnv): Snapshots {
  const [, , , , , type, id = ''] = of.split(':');
  const kind = KINDS[type === 'cluster' ? 'cluster' : 'db'];
  const endpoint = endpointOf('rds', of, environment);

  const call = async (action: string, parameters: Readonly<Record<string, string>>): Promise<SnapshotState> => {
    if (endpoint.kind === 'unknown') return { kind: 'failed', problem: `RDS cannot be called: ${endpoint.problem}` };
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const form = new URLSearchParams({ Action: action, Version: '2014-10-31', ...parameters }).toString();
    try {
      const { status, body } = await callAws('rds', endpoint, environment, { headers, body: form }, TRY_MS);
      return status < 300 ? stateOf(body) : stateAfter(status, body, `${action} of ${of}`);
    } catch (error) {
      return { kind: 'failed', problem: notReached('RDS', endpoint, error) };
    }
  };
  return {
    when,
    look: (name) => call(`Describe${kind.noun}s`, { [kind.named]: name }),
    take: (name) => call(`Create${kind.noun}`, { [kind.of]: id, [kind.named]: name }),
  };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html */
function stateOf(body: string): SnapshotState {
  const status = elementOf('Status', body);
  if (status === null) return { kind: 'absent' };
  if (status === 'available' || status === 'creating') return { kind: status };
  return { kind: 'failed', problem: `RDS says that it is ${status}` };
}

function stateAfter(httpStatus: number, body: string, what: string): SnapshotState {
  const code = elementOf('Code', body) ?? 'no error code';
  if (/^DB(Cluster)?SnapshotNotFound(Fault)?$/.test(code)) return { kind: 'absent' };
  // Another attempt at the same request was quicker.
  if (/^DB(Cluster)?SnapshotAlreadyExists(Fault)?$/.test(code)) return { kind: 'creating' };
  const message = elementOf('Message', body) ?? 'no message';
  const problem = `RDS refused ${what} (HTTP ${httpStatus}, ${code}: ${message})`;
  return { kind: httpStatus >= 500 || PASSING.test(code) ? 'passing' : 'failed', problem };
}

/** The text of the first element of a name; null where there is none. */
function elementOf(name: string, xml: string): string | null {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1] ?? null;
}
