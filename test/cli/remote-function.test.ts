import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { Invocation } from '../../rehearsal/function/function-types';
import { migrationFolder } from '../lib/migration-folder';
import { stackServers } from '../servers';
import { synthesizeReleases } from '../stacks/small-app';
import { PROFILE, USER } from '../stacks/small-migrations';
import { rehearseOn, StackScene } from '../stacks/stack-scene';
import { type AwsEndpoint, type Invoked, type ListedResource, startAwsEndpoint } from './aws-endpoint';
import { type RunOptions, startProgram } from './remote-program';
import type { Run } from './run-program';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE }, application: '2' },
});

let endpoint: AwsEndpoint;
const run = (args: string, options: RunOptions = {}): Promise<Run> =>
  startProgram(args.split(' '), {
    cwd: migrationFolder({}),
    ...options,
    environment: { AWS_ENDPOINT_URL: endpoint.url, ...options.environment },
  }).ended;

describe.each(stackServers())('the deployed function, on $name', (server) => {
  let rehearsal: Rehearsal;
  let scene: StackScene;
  beforeAll(async () => {
    rehearsal = await rehearseOn(server);
    scene = new StackScene(rehearsal);
    await scene.stack.deploy(RELEASES.first);
    await scene.stack.deploy(RELEASES.second);
    const resources = (): readonly ListedResource[] =>
      [...scene.stack.resources.values()].map(({ logicalId, type, physicalId }) => ({ logicalId, type, physicalId }));
    endpoint = await startAwsEndpoint({
      resources: (stack) => (stack === 'Small' ? resources() : undefined),
      invoke: async (_, event) => invokedOf(await scene.stack.invoke('Migrations', event)),
    });
  });
  afterAll(async () => {
    await endpoint.close();
    await scene.end();
    await rehearsal.stop();
  });

  it('is found by its stack, and status, plan and verify say what it answers', async () => {
    const { code, stdout } = await run('status --stack Small');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^the function \S+ of the stack Small, schema stack_\w+:\n/);
    expect(stdout).toContain('  0003_second_user  applied  1/1\n');
    expect(stdout).toMatch(/UTC {2}Update of Small-\w+ {2}0003_second_user {2}applied {2}\d+\.\d s\n/);
    expect(stdout).toMatch(/Nothing is pending, and all is as the release says\.\n$/);
    expect((await run('plan --stack Small')).stdout).toMatch(/:\nNothing is pending\.\n$/);
    expect((await run('verify --stack Small')).stdout).toMatch(/: nothing found\n$/);
    expect((await run('watch --stack Small')).stdout).toMatch(
      /^Update of 0003_second_user: applied in 00:\d\d, 2 migrations\n$/,
    );
  });

  it('goes down and up, and plan shows the SQL of its own code with what the review says of it', async () => {
    expect(await run('down --to 0001_user --yes --stack Small')).toMatchObject({
      code: 0,
      stdout: '2 migrations reverted:\n  0003_second_user\n  0002_profile\n',
    });
    const { code, stdout } = await run('plan --stack Small');
    expect(code).toBe(2);
    expect(stdout).toContain(
      '0002_profile (0002_profile.up.sql)\n  ALTER TABLE user ADD COLUMN name VARCHAR(100) NULL;\n',
    );
    expect(stdout).toMatch(/ {2}on user: about \d+ rows?, 0\.\d MB\n/);
    expect(stdout).toMatch(/ {2}ddl-with-dml\n/);
    expect(stdout).toContain('(JavaScript: what it runs, it decides when it runs)');

    expect(await run('up --stack Small')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^This would be applied .*no terminal to ask at/s) as string,
    });
    expect(await run('up --stack Small --yes')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^2 migrations applied/) as string,
    });
  });

  it('is invoked once for what changes something', async () => {
    const before = endpoint.invoked.length;
    await run('down --steps 1 --yes --function any');
    await run('up --yes --function any');

    expect(endpoint.invoked.slice(before).map(({ event }) => event)).toEqual([
      { command: 'status' },
      { command: 'down', to: '0002_profile' },
      { command: 'plan' },
      { command: 'up' },
    ]);
  });
});

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
      /is of an older release .*\[function-outdated\]/,
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
      stderr: expect.stringMatching(/--to <name> or --steps/) as string,
    });
    expect(await run('repair 0001_a --step 1 --function f')).toMatchObject({ code: 64 });
  });
});

function invokedOf({ outcome }: Invocation): Invoked {
  if (outcome.kind === 'returned') return { kind: 'returned', payload: outcome.payload };
  return { kind: 'function-error', payload: 'error' in outcome ? outcome.error : {} };
}
