import { migrationFolder } from '../../lib/source/migration-folder';
import { type AwsEndpoint, type Invoked, type ListedResource, startAwsEndpoint } from '../aws-endpoint';
import { type RunOptions, startProgram } from '../remote/remote-program';
import type { Run } from '../run-program';

let endpoint: AwsEndpoint;
const run = (args: string, options: RunOptions = {}): Promise<Run> =>
  startProgram(args.split(' '), {
    cwd: migrationFolder({}),
    ...options,
    environment: { AWS_ENDPOINT_URL: endpoint.url, ...options.environment },
  }).ended;

describe('where AWS does not do it', () => {
  const FUNCTION = { type: 'AWS::Lambda::Function', physicalId: 'shop-function' };
  const CUSTOM = { type: 'Custom::AuroraMigrations', physicalId: 'x' };
  const TWO = [
    { logicalId: 'A23B444C5', ...CUSTOM },
    { logicalId: 'AFunction23B444C5', ...FUNCTION },
    { logicalId: 'B23B444C5', ...CUSTOM },
    { logicalId: 'BFunction23B444C5', ...FUNCTION },
  ];
  let answers: Invoked[] = [];
  beforeAll(async () => {
    const stacks: Readonly<Record<string, readonly ListedResource[] | 'denied'>> = {
      Two: TWO,
      Denied: 'denied',
      None: [],
      Outer: [{ logicalId: 'Nested', type: 'AWS::CloudFormation::Stack', physicalId: 'One' }],
      One: TWO.slice(0, 2),
    };
    endpoint = await startAwsEndpoint({
      resources: (stack) => stacks[stack],
      invoke: () => Promise.resolve(answers.shift() ?? { kind: 'returned', payload: { ok: true, findings: [] } }),
    });
  });
  afterAll(() => endpoint.close());
  beforeEach(() => (answers = []));

  const NO_CREDENTIALS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  const error = (errorMessage: string): Invoked => ({
    kind: 'function-error',
    payload: { errorType: 'Error', errorMessage },
  });
  const refused = (status: number, type: string): Invoked => ({ kind: 'refused', status, type, message: 'User: me' });

  it.each<readonly [string, string, Invoked[], NodeJS.ProcessEnv, number, RegExp]>([
    ['no such stack', '--stack Shop', [], {}, 1, /there is no stack Shop in this account.*\[no-such-stack\]/],
    ['no construct', '--stack None', [], {}, 1, /there is no AuroraMigrations .*\[no-function\]/],
    [
      'several constructs',
      '--stack Two',
      [],
      {},
      64,
      /has several AuroraMigrations: there are A, B\. Name one with --construct.*\[which-function\]/,
    ],
    ['another construct', '--stack Two --construct C', [], {}, 64, /has no AuroraMigrations C: there are A, B/],
    [
      'a stack that may not be listed',
      '--stack Denied',
      [],
      {},
      1,
      /AWS denies it .*cloudformation:ListStackResources.*\[access-denied\]/,
    ],
    [
      'no credentials',
      '--stack Two --construct A',
      [],
      NO_CREDENTIALS,
      1,
      /there are no credentials of AWS .*\[no-credentials\]/,
    ],
    ['no region', '--function f', [], { AWS_REGION: '' }, 1, /no region is known\. .*--region.*\[no-region\]/],
    [
      'no endpoint',
      '--function f',
      [],
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      1,
      /AWS cannot be reached .*\[aws-unreachable\]/,
    ],
    [
      'no such function',
      '--function f',
      [refused(404, 'ResourceNotFoundException')],
      {},
      1,
      /there is no function f .*\[no-such-function\]/,
    ],
    [
      'no permission',
      '--function f',
      [refused(403, 'AccessDeniedException')],
      {},
      1,
      /AWS denies it \(User: me\).*lambda:InvokeFunction.*\[access-denied\]/,
    ],
    [
      'a token that is over',
      '--function f',
      [refused(403, 'ExpiredTokenException')],
      {},
      1,
      /does not accept the credentials.*Log in again.*\[no-credentials\]/,
    ],
    [
      'a function that runs out of time',
      '--function f',
      [error('2026-01-01T00:00:00Z abc Task timed out after 900.00 seconds')],
      {},
      1,
      /did not end within its 900 s .*\[function-timed-out\]/,
    ],
    [
      'a function that fails with a code',
      '--function f',
      [error('db:3306 took no connection [cannot-connect]')],
      {},
      1,
      /the function f says: db:3306 took no connection \[cannot-connect\]/,
    ],
    [
      'a function that fails',
      '--function f',
      [error('boom')],
      {},
      1,
      /ended with an error \(Error: boom\)\. Its log .*\[function-failed\]/,
    ],
    [
      'an older function',
      '--function f',
      [error('{"command":"verify"} is no command; these are: …')],
      {},
      1,
      /is of an older version .*\[function-outdated\]/,
    ],
    [
      'a connection that breaks',
      '--function f',
      [{ kind: 'cut' }],
      {},
      1,
      /Whether the function ran verify is not known.*\[aws-unreachable\]/,
    ],
  ])('%s', async (_, args, given, environment, code, stderr) => {
    answers = given;

    const result = await run(`verify ${args}`, { environment });

    expect(result).toEqual({ code, stdout: '', stderr: expect.stringMatching(stderr) as string });
    expect(result.stderr).not.toMatch(/\n {4}at /);
  });

  const PLAN = { apply: [], contract: [], refused: null, migrations: [], tables: [] };
  const DEPLOYMENT = {
    ...{ id: 1, type: 'Update', status: 'running', version: '0001_a', applied: 0, pending: 1, attempts: 1 },
    ...{ tookMs: 1_000, hasEnded: false, isOwed: false, error: null },
  };

  it('tries again what Lambda did not begin, and finds a nested stack', async () => {
    answers = [refused(429, 'TooManyRequestsException'), refused(502, 'ResourceNotReadyException')];
    const before = endpoint.invoked.length;

    expect(await run('verify --stack Outer')).toEqual({
      code: 0,
      stdout: 'the function shop-function of the stack Outer: nothing found\n',
      stderr: expect.stringMatching(
        /does not call shop-function yet \(TooManyRequestsException\), trying again in 1 s/,
      ) as string,
    });
    expect(endpoint.invoked.length - before).toBe(3);
  });

  it.each<readonly [string, Invoked]>([
    ['Lambda fails', refused(500, 'ServiceException')],
    ['the connection breaks', { kind: 'cut' }],
  ])('where %s, it is not said that nothing was done', async (_, answer) => {
    answers = [{ kind: 'returned', payload: PLAN }, answer];

    expect(await run('up --yes --function f')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Whether the function ran up is not known/) as string,
    });
  });

  it('watch goes on after a look that fails, and says so', async () => {
    const going = { deployment: DEPLOYMENT, isLocked: true, current: null, statement: null };
    answers = [
      { kind: 'returned', payload: going },
      refused(500, 'ServiceException'),
      {
        kind: 'returned',
        payload: { ...going, deployment: { ...DEPLOYMENT, status: 'applied', hasEnded: true }, isLocked: false },
      },
    ];

    expect(await run('watch --function f')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('cannot look at the moment, and tries again') as string,
    });
  });

  it('watch says where a deployment stopped that waits for its next attempt, and goes on', async () => {
    const at = { direction: 'up', step: 2, steps: 3, file: '0001_a.sql', line: 7 };
    const current = { migration: '0001_a', ...at, sql: 'DO 1', isJournalled: true };
    const stopped = { deployment: DEPLOYMENT, isLocked: false, current, statement: null, blockedBy: null };
    const ended = { ...DEPLOYMENT, status: 'applied', applied: 1, hasEnded: true };
    answers = [
      { kind: 'returned', payload: stopped },
      { kind: 'returned', payload: { ...stopped, current: null, deployment: ended } },
    ];

    expect(await run('watch --function f')).toMatchObject({
      code: 0,
      stdout: `00:01  nobody is at work: the function waits for its next attempt, or has died; 0001_a, step 2 of 3 (line 7) is where it stopped
Update of 0001_a: applied in 00:01, 1 migration
`,
    });
  });

  it('a run that ended, or began, while it was looked at is not taken for dead', async () => {
    const up = { ...DEPLOYMENT, type: 'up' };
    const look = { deployment: up, isLocked: false, current: null, statement: null, blockedBy: null };
    answers = [
      { kind: 'returned', payload: look },
      { kind: 'returned', payload: { ...look, deployment: { ...up, status: 'applied', applied: 1, hasEnded: true } } },
    ];

    expect(await run('watch --function f')).toMatchObject({
      code: 0,
      stdout: 'up of 0001_a: applied in 00:01, 1 migration\n',
    });
  });

  it('a checksum that is none is wrong usage, and nothing is invoked', async () => {
    const before = endpoint.invoked.length;

    expect(await run('repair 0001_user --checksum 3f2a --function f')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('It is the 64 digits of a checksum') as string,
    });
    expect(endpoint.invoked.length).toBe(before);
  });

  it('an answer of an older function is known by what it lacks', async () => {
    answers = [{ kind: 'returned', payload: { migrations: [], pending: [] } }];

    expect(await run('status --function f')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/its answer has no deployments, edited, inDoubt.*\[function-outdated\]/) as string,
    });
  });

  it('neither stack nor server named is wrong usage', async () => {
    expect(await run('status')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/--stack NAME.*\[no-target\]/) as string,
    });
    expect(await run('status --stack A --url b')).toMatchObject({ code: 64 });
    expect(await run('down --function f')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/--to <name>, --steps <number> or --all/) as string,
    });
    expect(await run('repair 0001_a --step 1 --function f')).toMatchObject({ code: 64 });
  });
});
