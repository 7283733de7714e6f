import { rdsSnapshots } from '../../../lambda/edges/snapshot';
import { awaitSnapshot } from '../../../lambda/work/await-snapshot';
import type { Snapshots, SnapshotState } from '../../../lambda/ports';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates, type Authority } from '../../../rehearsal/servers/certificates';
import { SnapshotsEndpoint, type SnapshotsFault } from '../../../rehearsal/endpoints/snapshots-endpoint';

const CLUSTER = 'arn:aws:rds:eu-central-1:111122223333:cluster:orders';
const INSTANCE = 'arn:aws:rds:eu-central-1:111122223333:db:orders';
const NAME = 'aurora-migrations-0001-user-1a2b';

let authority: Authority;
let endpoint: SnapshotsEndpoint;
/** Passes on what comes: a test's own process cannot be told to trust the endpoint. */
let gateway: Server;
let url: string;
beforeAll(async () => {
  authority = (await makeCertificates()).publicAuthority;
});
beforeEach(async () => {
  endpoint = await SnapshotsEndpoint.start(authority);
  gateway = createServer((incoming, response) => {
    const { method, headers } = incoming;
    const onward = https.request(endpoint.url, { method, headers, ca: authority.ca, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  gateway.close();
  gateway.closeAllConnections();
  await endpoint.stop();
});

function of(arn: string, endpointUrl = url): Snapshots {
  return rdsSnapshots(arn, 'ALWAYS', {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secretaccesskey',
    AWS_SESSION_TOKEN: 'token',
    AWS_ENDPOINT_URL_RDS: endpointUrl,
  });
}

describe('RDS', () => {
  test.each([
    ['cluster', CLUSTER, 'DBClusterSnapshot'],
    ['instance', INSTANCE, 'DBSnapshot'],
  ])('takes a snapshot of a %s once, and tells what became of it', async (_, arn, noun) => {
    endpoint.endsAfter(2, 'available');
    const snapshots = of(arn);
    const states = [
      await snapshots.look(NAME),
      await snapshots.take(NAME),
      await snapshots.take(NAME),
      await snapshots.look(NAME),
      await snapshots.look(NAME),
    ];
    expect(states.map(({ kind }) => kind)).toEqual(['absent', 'creating', 'creating', 'creating', 'available']);
    expect(endpoint.calls.map(({ action, source, snapshot }) => ({ action, source, snapshot }))).toEqual(
      [`Describe${noun}s`, `Create${noun}`, `Create${noun}`, `Describe${noun}s`, `Describe${noun}s`].map((action) => ({
        action,
        source: action.startsWith('Create') ? 'orders' : undefined,
        snapshot: NAME,
      })),
    );
  });

  test('a snapshot that fails is told with its status', async () => {
    endpoint.endsAfter(1, 'failed');
    const snapshots = of(CLUSTER);
    await snapshots.take(NAME);
    expect(await snapshots.look(NAME)).toEqual({ kind: 'failed', problem: 'RDS says that it is failed' });
  });

  test.each<[SnapshotsFault, SnapshotState['kind'], RegExp]>([
    [
      'access-denied',
      'failed',
      /CreateDBClusterSnapshot of arn:.*:orders \(HTTP 403, AccessDenied: User is not authorized/,
    ],
    ['quota', 'failed', /HTTP 400, SnapshotQuotaExceeded/],
    ['busy', 'passing', /InvalidDBClusterStateFault: it is not in available state/],
    ['unavailable', 'passing', /HTTP 503/],
  ])('that says %s: %s', async (fault, kind, problem) => {
    endpoint.failNext(1, fault);
    expect(await of(CLUSTER).take(NAME)).toEqual({ kind, problem: expect.stringMatching(problem) });
  });

  test('that cannot be reached is told with what to look at', async () => {
    expect(await of(CLUSTER, 'http://127.0.0.1:1/').look(NAME)).toEqual({
      kind: 'failed',
      problem: expect.stringMatching(
        /^RDS at 127\.0\.0\.1:1 cannot be reached .* an interface endpoint for RDS, or a NAT gateway/,
      ),
    });
  });
});

describe('waiting for a snapshot', () => {
  /** Answers to looking, in turn; time passes only while it sleeps. */
  async function wait(states: readonly SnapshotState[], remaining: number) {
    const left = [...states];
    const taken: string[] = [];
    const slept: number[] = [];
    let now = 0;
    const result = await awaitSnapshot(
      {
        when: 'ALWAYS',
        look: async () => left.shift() ?? { kind: 'creating' },
        take: async (name) => (taken.push(name), { kind: 'creating' }),
      },
      NAME,
      {
        clock: {
          now: () => now,
          remaining: () => remaining - now,
          sleep: async (ms) => {
            slept.push(ms);
            now += ms;
          },
        },
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      },
    );
    return { result, taken, slept };
  }

  test('takes one where there is none, and looks until it is there', async () => {
    const { result, taken, slept } = await wait(
      [{ kind: 'absent' }, { kind: 'creating' }, { kind: 'passing', problem: 'busy' }, { kind: 'available' }],
      900_000,
    );
    expect(result).toEqual({ kind: 'available' });
    expect(taken).toEqual([NAME]);
    expect(slept).toEqual([1_000, 2_000, 4_000]);
  });

  test('finds the one that an earlier attempt began, and takes no other', async () => {
    const { result, taken } = await wait([{ kind: 'creating' }, { kind: 'available' }], 900_000);
    expect([result.kind, taken]).toEqual(['available', []]);
  });

  test('ends where half of the time is over: the other half is for migrating', async () => {
    const { result, slept } = await wait([], 900_000);
    expect(result).toEqual({
      kind: 'not-yet',
      failure: {
        code: 'no-snapshot',
        message: expect.stringMatching(/it is being taken, after \d+ s; no migration was run/),
      },
    });
    const total = slept.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeLessThanOrEqual(450_000);
    expect(total).toBeGreaterThan(430_000);
  });

  test('ends at once where there will be none', async () => {
    const { result, slept } = await wait([{ kind: 'failed', problem: 'RDS says no' }], 900_000);
    expect(result).toMatchObject({ kind: 'failed', failure: { code: 'no-snapshot' } });
    expect(slept).toEqual([]);
  });
});
