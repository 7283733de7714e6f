import { randomUUID } from 'node:crypto';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { Invocation } from '../../rehearsal/function/function-types';
import { stackServers } from '../servers';
import { BROKEN, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { productionNode, rehearseOn, StackScene } from './stack-scene';

const MIGRATIONS = { ...USER, ...PROFILE, ...BROKEN };
const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE }, application: '2' },
  broken: { migrations: MIGRATIONS },
});
const NAMES = ['0001_user', '0002_profile', '0003_second_user'];

describe.each(stackServers())('on $name', (server) => {
  let rehearsal: Rehearsal;
  let scene: StackScene;
  beforeAll(async () => {
    rehearsal = await rehearseOn(server, { nodePath: productionNode() });
    scene = new StackScene(rehearsal);
    await scene.stack.deploy(RELEASES.first);
    await scene.stack.deploy(RELEASES.second);
  });
  afterAll(async () => {
    await scene.end();
    await rehearsal.stop();
  });

  const invoke = (event: unknown): Promise<Invocation> => scene.stack.invoke('Migrations', event);

  test('the command status tells what is applied and what is pending, and writes nothing', async () => {
    const state = await scene.state();
    const { outcome } = await invoke({ command: 'status' });
    expect(outcome).toMatchObject({
      kind: 'returned',
      payload: {
        database: scene.database,
        release: { version: '0003_second_user', count: 3 },
        migrations: NAMES.map((name) => ({ name, state: 'applied' })),
        pending: [],
        deployment: { type: 'Update', status: 'applied', stack: scene.stack.stackId, isSettled: true, error: null },
      },
    });
    expect(await scene.state()).toEqual(state);
  });

  test('the command plan tells what would be applied', async () => {
    expect((await invoke({ command: 'plan' })).outcome).toEqual({
      kind: 'returned',
      payload: { apply: [], contract: [], refused: null, revertFirst: [], migrations: [], tables: [], lockedBy: null },
    });
  });

  test('the command verify finds nothing, in real migrations of every form', async () => {
    const state = await scene.state();
    await scene.unlocked();
    expect((await invoke({ command: 'verify' })).outcome).toEqual({
      kind: 'returned',
      payload: { ok: true, findings: [] },
    });
    expect(await scene.state()).toEqual(state);
  });

  test('the commands down and up revert migrations of every form, and apply them again', async () => {
    const schema = await scene.schema();
    const names = [...NAMES].reverse();
    const downs = await invoke({ command: 'down', steps: 3 });
    expect(downs.outcome).toEqual({ kind: 'returned', payload: { kind: 'reverted', reverted: names, drift: null } });
    expect((await scene.schema()).size).toBe(0);
    await scene.unlocked();
    expect((await invoke({ command: 'verify' })).outcome).toMatchObject({ payload: { ok: true } });
    const ups = await invoke({ command: 'up' });
    expect(ups.outcome).toMatchObject({ kind: 'returned', payload: { kind: 'applied', applied: NAMES } });
    expect(await scene.schema()).toEqual(schema);
    await scene.unlocked();
    expect((await invoke({ command: 'verify' })).outcome).toMatchObject({ payload: { ok: true } });
  });

  test.each([
    { what: 'an empty event', event: {} },
    { what: 'an unknown command', event: { command: 'nope' } },
    { what: 'a command with a field that it does not have', event: { command: 'up', to: '0001_user' } },
    { what: 'a down without an end', event: { command: 'down' } },
    { what: 'a repair of nothing', event: { command: 'repair', migration: '0003_second_user' } },
    { what: 'a command that is no text', event: { command: ['status'] } },
    { what: 'a list', event: [] },
    { what: 'a text', event: 'status' },
    { what: 'nothing', event: null },
    { what: 'an event of another service', event: { source: 'aws.s3', 'detail-type': 'Object Created', detail: {} } },
    { what: 'a request that cannot be answered', event: { RequestType: 'Create', ResourceProperties: {} } },
    {
      what: 'a request with a URL that is none',
      event: { RequestType: 'Update', RequestId: 'r', ResponseURL: 'no URL' },
    },
  ])('$what is an error, and no SQL is run', async ({ event }) => {
    const state = await scene.state();
    const secretsBefore = rehearsal.secrets.calls.length;
    const { outcome } = await invoke(event);
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { errorMessage: expect.stringContaining('no SQL was run') },
    });
    expect(rehearsal.secrets.calls.length).toBe(secretsBefore);
    expect(await scene.state()).toEqual(state);
  });

  test.each([
    { missing: 'RequestType', problem: 'RequestType is none of Create, Update and Delete' },
    { missing: 'StackId', problem: 'StackId is missing' },
    { missing: 'LogicalResourceId', problem: 'LogicalResourceId is missing' },
    { missing: 'ResourceProperties', problem: 'ResourceProperties is missing' },
  ])('a request without $missing is answered FAILED, and no SQL is run', async ({ missing, problem }) => {
    const state = await scene.state();
    const requestId = randomUUID();
    const expectation = {
      requestType: 'Create',
      stackId: missing === 'StackId' ? '' : scene.stack.stackId,
      requestId,
      logicalResourceId: missing === 'LogicalResourceId' ? '' : 'Migrations',
      replacementMeant: false,
      secrets: [],
    } as const;
    const violations: string[] = [];
    const expected = rehearsal.answers.expect(expectation, (violation) => violations.push(violation));
    const event = {
      RequestType: 'Create',
      RequestId: requestId,
      StackId: scene.stack.stackId,
      LogicalResourceId: 'Migrations',
      ResourceProperties: { Digest: 'v1:0' },
      ResponseURL: expected.url,
    };
    const { outcome } = await invoke(Object.fromEntries(Object.entries(event).filter(([name]) => name !== missing)));
    expect(outcome).toMatchObject({ kind: 'returned' });
    expect(await expected.answer).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining(problem),
    });
    expect(violations).toEqual([]);
    expect(await scene.state()).toEqual(state);
  });

  test('no log and no answer holds a secret, the URL of an answer, or the text of a migration', async () => {
    const told = new StackScene(rehearsal);
    await told.stack.deploy(RELEASES.first);
    await told.stack.deploy(RELEASES.second, { fail: { Application: 'no room' } });
    await told.stack.deploy(RELEASES.broken);
    await told.stack.deploy(RELEASES.second);
    await told.stack.invoke('Migrations', { command: 'status' });
    await told.stack.destroy();
    await told.end();

    const { said } = told;
    // It has something to say.
    expect(said).toContain('0002_profile');
    const forbidden = [
      server.password,
      'X-Amz-Signature',
      'rehearsal-session-token',
      'rehearsal/not/a/real/secret/access/key00',
      ...Object.values(MIGRATIONS).flatMap(statementsIn),
    ];
    expect(forbidden.length).toBeGreaterThan(15);
    expect(forbidden.filter((text) => said.includes(text))).toEqual([]);
  });
});

/** Lines of SQL and JavaScript that are long enough to be no coincidence. */
function statementsIn(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.length > 15 && !line.startsWith('-- '));
}
