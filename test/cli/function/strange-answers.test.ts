import { migrationFolder } from '../../lib/source/migration-folder';
import { type AwsEndpoint, type Invoked, startAwsEndpoint } from '../aws-endpoint';
import { startProgram } from '../remote/remote-program';
import type { Run } from '../run-program';

let endpoint: AwsEndpoint;
let answers: Invoked[] = [];
const invoke = (): Promise<Invoked> => Promise.resolve(answers.shift() ?? { kind: 'cut' });
const run = (args: string): Promise<Run> =>
  startProgram(args.split(' '), { cwd: migrationFolder({}), environment: { AWS_ENDPOINT_URL: endpoint.url } }).ended;
const returned = (payload: unknown): Invoked => ({ kind: 'returned', payload });
const page = (status: number): Invoked => ({ kind: 'raw', status, body: '<html>\nproxy</html>' });
const STATUS = {
  ...{ database: 'app', release: {}, migrations: [], pending: [], contract: [], edited: [], missing: [] },
  ...{ inDoubt: [], owed: [], deployments: [], deployment: null, lockedBy: null },
};
const PLAN = { apply: [], contract: [], refused: null, migrations: [], tables: [] };

describe('an answer that is not one of the function', () => {
  beforeAll(async () => (endpoint = await startAwsEndpoint({ resources: () => undefined, invoke })));
  afterAll(() => endpoint.close());

  const STRANGE =
    /answers \{"statusCode":200\}: that is no function of cdk-aurora-migrations.*Correct --function.*\[function-unknown\]/;
  const PROXY =
    /not AWS, but maybe a proxy on the way \(<html> proxy<\/html>\)\. Whether the function ran \w+ is not known.*HTTPS_PROXY.*\[aws-unreachable\]/;
  const DENYING = /not AWS, but maybe a proxy on the way \(HTTP 403\)\. Nothing was done\. .*\[aws-unreachable\]/;
  it.each<readonly [string, readonly Invoked[], RegExp]>([
    ...[
      'status',
      'verify',
      'plan',
      'watch',
      'up --yes',
      'down --all --yes',
      'repair',
      'dump',
      'adopt --from flyway',
      'baseline --to 1',
    ].map((command) => [command, [returned({ statusCode: 200 })], STRANGE] as const),
    ['status', [returned(null)], /answers null: that is no function/],
    ['status', [returned('ok')], /answers "ok": that is no function/],
    ['status', [page(200)], PROXY],
    ['up --yes', [returned(PLAN), page(200)], PROXY],
    ['status', [page(403)], DENYING],
    [
      'dump',
      [returned({ kind: 'schema', schema: {} })],
      /of an older version .*: its answer has no database, server, brokenViews.*\[function-outdated\]/,
    ],
    [
      'up --yes',
      [returned(PLAN), returned({ kind: 'postponed' })],
      /answers "postponed", which this version .* does not know.*\[function-newer\]/,
    ],
    [
      'down --all --yes',
      [
        returned({ ...STATUS, migrations: [{ name: '0001_a', state: 'applied', irreversible: false }] }),
        returned({ kind: 'postponed' }),
      ],
      /\[function-newer\]/,
    ],
  ])('%s: %j', async (command, given, stderr) => {
    answers = [...given];
    const result = await run(`${command} --function f`);
    expect(result).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(stderr) as string });
    expect(result.stderr).not.toMatch(/\n {4}at |fault of the program/);
  });

  const applied = (...names: readonly string[]) => ({
    ...STATUS,
    migrations: names.map((name) => ({ name, state: 'applied', irreversible: false })),
  });
  const busy = { ...applied('0001_a'), lockedBy: 'connection 8 of app@10.0.0.1:1' };

  it('down counts what is there once a run that was at work has ended', async () => {
    const undone = { kind: 'reverted', reverted: ['0002_b', '0001_a'], drift: null };
    answers = [returned(busy), returned(applied('0001_a', '0002_b')), returned(undone)];
    expect(await run('down --all --yes --function f')).toMatchObject({ code: 0 });
    expect(endpoint.invoked.at(-1)?.event).toEqual({ command: 'down', steps: 2 });
  });

  it('down is refused while a run is at work, and the function is not asked for it', async () => {
    answers = Array.from({ length: 5 }, () => returned(busy));
    const before = endpoint.invoked.length;
    expect(await run('down --all --yes --function f')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/connection 8 of app@10\.0\.0\.1:1 holds the lock .*\[lock-not-free\]/s) as string,
    });
    const asked = endpoint.invoked.slice(before).map(({ event }) => event);
    expect(asked).not.toContainEqual(expect.objectContaining({ command: 'down' }));
  });

  it('watch says what was done by hand since the newest deployment, which it tells of', async () => {
    const deployment = {
      ...{ id: 1, type: 'up', status: 'applied', version: '0001_a', applied: 0, pending: 1, attempts: 1 },
      ...{ tookMs: 0, hasEnded: true, isOwed: false, error: null },
    };
    const answer = { database: 'app', deployment, isLocked: false, current: null, statement: null, blockedBy: null };
    const byHand = [
      { id: 2, type: 'repair', error: null },
      { id: 3, type: 'down', error: '0001_a cannot be reverted [irreversible]' },
    ];
    answers = [
      returned({ ...answer, byHand: byHand.slice(1).map((each) => ({ ...each, error: null })) }),
      returned({ ...answer, byHand }),
    ];
    const see = 'See "npx aurora-migrations status --function f".';
    const line = 'up of 0001_a: applied in 00:00, 0 migrations';
    expect((await run('watch --function f')).stdout).toBe(`${line}\nSince then, by hand: down. ${see}\n`);
    expect((await run('watch --function f')).stdout.replace(/\s+/g, ' ')).toBe(
      `${line} Since then, by hand: repair and down (down failed: 0001_a cannot be reverted [irreversible]). ${see} `,
    );
  });
});

it.each([200, 403, 502])('a proxy that answers %i in the place of CloudFormation is told', async (proxy) => {
  endpoint = await startAwsEndpoint({ resources: () => undefined, invoke, proxy });
  const { code, stderr } = await run('status --stack Shop');
  await endpoint.close();
  expect(stderr).toMatch(/looking for the function in the stack Shop failed: .*\[aws-(?:unreachable|refused)\]/);
  expect([code, /fault of the program/.test(stderr)]).toEqual([1, false]);
});
