import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { LambdaFunction, type FunctionSettings } from '../../rehearsal/function/function';
import type { FunctionConfiguration, Invocation } from '../../rehearsal/function/function-types';
import { UsedProcesses } from '../../rehearsal/function/used-processes';
import { nodes } from '../servers';

const running: LambdaFunction[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

function start(
  configuration: Partial<FunctionConfiguration> = {},
  settings: Partial<FunctionSettings> = {},
): { readonly fn: LambdaFunction; readonly ended: Invocation[] } {
  const ended: Invocation[] = [];
  const fn = new LambdaFunction(configurationOf(configuration), {
    nodePath: process.execPath,
    region: 'eu-central-1',
    variables: {},
    retryDelaysMs: [1, 1],
    onInvocation: (invocation) => ended.push(invocation),
    ...settings,
  });
  running.push(fn);
  return { fn, ended };
}

function configurationOf(configuration: Partial<FunctionConfiguration>): FunctionConfiguration {
  return {
    name: 'fixture',
    arn: 'arn:aws:lambda:eu-central-1:111122223333:function:fixture',
    codeFolder: path.join(__dirname, 'fixtures/handler'),
    handler: 'index.handler',
    variables: { OWN: 'variable' },
    timeoutMs: 30_000,
    memoryMb: 256,
    ...configuration,
  };
}

describe.each(nodes())('on $name', ({ path: nodePath }) => {
  test('a handler finds what it finds in Lambda, and nothing of this process', async () => {
    process.env.REHEARSAL_SECRET_OF_THE_TESTS = 'must not be seen';
    const { fn } = start({}, { nodePath, variables: { ABOVE: 'the template' } });
    const { outcome } = await fn.invoke({ command: 'environment' });

    expect(outcome).toEqual({
      kind: 'returned',
      payload: {
        variables: {
          OWN: 'variable',
          ABOVE: 'the template',
          AWS_REGION: 'eu-central-1',
          AWS_LAMBDA_FUNCTION_NAME: 'fixture',
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
          AWS_ACCESS_KEY_ID: expect.any(String),
          AWS_SECRET_ACCESS_KEY: expect.any(String),
          AWS_SESSION_TOKEN: expect.any(String),
          LAMBDA_TASK_ROOT: path.join(__dirname, 'fixtures/handler'),
          TZ: ':UTC',
        },
        // No callback, no done, succeed and fail: Node 24's runtime has none.
        context: [
          'awsRequestId',
          'functionName',
          'functionVersion',
          'getRemainingTimeInMillis',
          'invokedFunctionArn',
          'logGroupName',
          'logStreamName',
          'memoryLimitInMB',
        ],
        memory: '256',
      },
    });
  });

  test('the log is whole, with what Lambda writes around it', async () => {
    const { fn } = start({}, { nodePath });
    const { log, requestId } = await fn.invoke({ command: 'write' });
    const [first, ...rest] = log.split('\n');
    expect(first).toBe(`START RequestId: ${requestId} Version: $LATEST`);
    expect(log).toContain('out '.repeat(50_000));
    expect(log).toContain('err');
    expect(rest.at(-2)).toBe(`END RequestId: ${requestId}`);
    expect(rest.at(-1)).toMatch(/^REPORT RequestId: .*\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: /);
  });

  test('a process is frozen as soon as the promise settles, and used again', async () => {
    const { fn } = start({}, { nodePath });
    await fn.invoke({ command: 'leave-timer' });
    // Long enough for the timer of one millisecond, if anything ran.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await fn.invoke({ command: 'timer-ran' })).outcome).toEqual({ kind: 'returned', payload: { ran: false } });
    expect((await fn.invoke({ command: 'count' })).outcome).toMatchObject({ payload: { count: 3 } });
  });
});

test('a busy environment is joined by another one', async () => {
  const { fn } = start();
  const results = await Promise.all([fn.invoke({ command: 'count' }), fn.invoke({ command: 'count' })]);
  expect(results.map(({ outcome }) => outcome)).toEqual(
    Array(2).fill({ kind: 'returned', payload: { count: 1, release: '1' } }),
  );
});

test('new code serves the next event in a new environment, and the old one ends', async () => {
  const { fn } = start();
  const { outcome } = await fn.invoke({ command: 'pid' });
  const { pid } = (outcome as { readonly payload: { readonly pid: number } }).payload;
  fn.configure(configurationOf({ codeFolder: path.join(__dirname, 'fixtures/handler-2') }), {
    nodePath: process.execPath,
    region: 'eu-central-1',
    variables: {},
    retryDelaysMs: [],
    onInvocation: () => undefined,
  });
  expect((await fn.invoke({ command: 'count' })).outcome).toMatchObject({ payload: { count: 1, release: '2' } });
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('the remaining time counts down from the time-out', async () => {
  const { fn } = start({ timeoutMs: 20_000 });
  const { outcome } = await fn.invoke({ command: 'tell-time' });
  const { remaining } = (outcome as { readonly payload: { readonly remaining: number } }).payload;
  expect(remaining).toBeGreaterThan(0);
  expect(remaining).toBeLessThanOrEqual(20_000);
});

test.each([
  { command: 'throw', kind: 'failed', error: { errorType: 'TypeError', errorMessage: 'told to throw' } },
  { command: 'exit', kind: 'crashed', error: { errorMessage: 'Runtime exited: exit code 7' } },
  { command: 'wait-for-nothing', kind: 'crashed', error: { errorMessage: 'Runtime exited: exit code 0' } },
  { command: 'reject-later', kind: 'crashed', error: { errorMessage: 'nobody waits for this' } },
])('$command ends as $kind, and the next event is served', async ({ command, kind, error }) => {
  const { fn } = start();
  expect((await fn.invoke({ command })).outcome).toMatchObject({ kind, error });
  expect((await fn.invoke({ command: 'nothing' })).outcome).toEqual({ kind: 'returned', payload: null });
});

test('a handler is killed at the time-out, and its log says so', async () => {
  const { fn } = start({ timeoutMs: 300 });
  const { outcome, log } = await fn.invoke({ command: 'hang' });
  expect(outcome).toMatchObject({ kind: 'timed-out', error: { errorMessage: 'Task timed out after 0.30 seconds' } });
  expect(log).toContain('Task timed out after 0.30 seconds');
});

test('code that cannot be loaded fails the invocation', async () => {
  const { fn } = start({ handler: 'index.missing' });
  expect((await fn.invoke({})).outcome).toMatchObject({
    kind: 'crashed',
    error: { errorMessage: 'index.missing is undefined or not exported' },
  });
});

test('a Node that is not there fails the invocation', async () => {
  const { fn } = start({}, { nodePath: '/nonexistent/node' });
  expect((await fn.invoke({})).outcome).toMatchObject({ kind: 'crashed' });
});

test('an asynchronous event is tried three times under one request id', async () => {
  const { fn, ended } = start();
  const { requestId, lastAttempt } = fn.invokeAsync({ command: 'throw' });
  expect(await lastAttempt).toMatchObject({ attempt: 3, outcome: { kind: 'failed' } });
  expect(ended.map(({ attempt, requestId: id }) => [attempt, id])).toEqual([1, 2, 3].map((each) => [each, requestId]));
});

test('an asynchronous event is not tried again where it is not to be', async () => {
  const { fn, ended } = start();
  await fn.invokeAsync({ command: 'throw' }, 0).lastAttempt;
  expect(ended).toHaveLength(1);
});

test('an attempt that is killed from outside is a crash, and is tried again', async () => {
  const { fn, ended } = start();
  const { lastAttempt } = fn.invokeAsync({ command: 'hang' }, 1);
  // Nobody can tell when the second attempt has begun: what runs is killed until both are over.
  while (ended.length < 2) {
    await fn.crash();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await lastAttempt).toMatchObject({ attempt: 2, outcome: { kind: 'crashed' } });
});

test('stopping ends what runs, and what waits for another attempt', async () => {
  const { fn } = start({}, { retryDelaysMs: [3_600_000] });
  const hanging = fn.invoke({ command: 'hang' });
  const waiting = fn.invokeAsync({ command: 'throw' }).lastAttempt;
  await fn.stop();
  expect((await hanging).outcome).toEqual({ kind: 'stopped' });
  expect((await waiting).outcome).toEqual({ kind: 'stopped' });
  expect((await fn.invoke({ command: 'nothing' })).outcome).toEqual({ kind: 'stopped' });
});

describe('in the process of an environment that ended', () => {
  const usedProcesses = new UsedProcesses();
  afterAll(() => usedProcesses.stop());

  /** Runs commands in one environment, and ends it. Gives the results, and where they were made. */
  async function play(
    commands: readonly string[],
    more: Parameters<typeof start>[0] = {},
  ): Promise<readonly Record<string, unknown>[]> {
    const { fn } = start(more, { usedProcesses });
    const results: Record<string, unknown>[] = [];
    for (const command of ['pid', ...commands]) {
      const { outcome } = await fn.invoke({ command });
      results.push(outcome.kind === 'returned' ? ((outcome.payload ?? {}) as Record<string, unknown>) : outcome);
    }
    await fn.stop();
    return results;
  }

  test('another one begins anew: its code, its variables, its log', async () => {
    const [first] = await play(['count', 'write'], { variables: { OWN: 'variable', GONE: 'with it' } });
    const codeFolder = path.join(__dirname, 'fixtures/handler-2');
    const [second, counted, environment] = await play(['count', 'environment'], { codeFolder, variables: {} });
    expect(second).toEqual(first);
    expect(counted).toEqual({ count: 2, release: '2' });
    const variables = environment?.['variables'] as Readonly<Record<string, string>>;
    expect(variables).toMatchObject({ LAMBDA_TASK_ROOT: codeFolder });
    expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(['OWN']));
    expect(Object.keys(variables)).not.toEqual(expect.arrayContaining(['GONE']));
  });

  test.each(['leave-timer', 'exit', 'reject-later'])('no other one begins after %s', async (command) => {
    const [first] = await play([command], { timeoutMs: 300 });
    const [second] = await play([]);
    expect(second).not.toEqual(first);
  });

  test.each(nodes())('another one begins after a fetch too, on $name', async ({ path: nodePath }) => {
    const server = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pids: unknown[] = [];
    for (const release of ['first', 'second']) {
      const { fn } = start({ variables: { RELEASE: release } }, { usedProcesses, nodePath });
      const { outcome } = await fn.invoke({
        command: 'fetch',
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      });
      expect(outcome).toMatchObject({ payload: { status: 200 } });
      pids.push((await fn.invoke({ command: 'pid' })).outcome);
      await fn.stop();
    }
    server.close();
    expect(pids[1]).toEqual(pids[0]);
  });

  test('two that run at once have a process each', async () => {
    const [[first], [second]] = await Promise.all([play(['count']), play(['count'])]);
    expect(second).not.toEqual(first);
  });

  test('one with another amount of memory begins in a process of its own', async () => {
    const [first] = await play([]);
    const [second] = await play([], { memoryMb: 512 });
    expect(second).not.toEqual(first);
  });

  test('an environment that ended is not killed with the one that came after it', async () => {
    const before = start({}, { usedProcesses });
    await before.fn.invoke({ command: 'count' });
    await before.fn.stop();
    const after = start({}, { usedProcesses });
    const hanging = after.fn.invoke({ command: 'hang' });
    await before.fn.crash();
    await before.fn.stop();
    const outcome = await Promise.race([hanging, new Promise((resolve) => setTimeout(resolve, 50, 'runs'))]);
    expect(outcome).toBe('runs');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
