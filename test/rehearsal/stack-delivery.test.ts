import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { ResourceDefinition } from '../../rehearsal/template/template';
import { fixtureTemplate } from './fixture-template';
import { startRehearsal } from './start-rehearsal';
import { moment, requestsIn } from './story';

let rehearsal: Rehearsal;
const folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-test-'));
beforeAll(async () => {
  rehearsal = await startRehearsal();
});
afterAll(async () => {
  await rehearsal.stop();
  rmSync(folder, { recursive: true });
});

test('an error is tried again, and the answer of the later attempt counts', async () => {
  const stack = rehearsal.stack('Retried');
  const properties = { OnCreate: 'fail-first-attempt', Marker: path.join(folder, 'first-attempt') };
  expect(await stack.deploy(fixtureTemplate({ properties }))).toMatchObject({ status: 'CREATE_COMPLETE' });
  const attempts = stack.invocations.filter(
    ({ event }) => (event as { RequestType?: string }).RequestType === 'Create',
  );
  expect(attempts.map(({ attempt, outcome }) => [attempt, outcome.kind])).toEqual([
    [1, 'failed'],
    [2, 'returned'],
  ]);
});

test.each([
  { behaviour: 'throw', attempts: 3 },
  { behaviour: 'exit', attempts: 3 },
  { behaviour: 'say-nothing', attempts: 1 },
  { behaviour: 'hang', attempts: 3, functionTimeoutMs: 100 },
])('nobody answers: $behaviour, after $attempts attempts', async ({ behaviour, attempts, functionTimeoutMs }) => {
  const stack = rehearsal.stack('Silent', { functionTimeoutMs });
  const result = await stack.deploy(fixtureTemplate({ properties: { OnCreate: behaviour } }));
  expect(result.reason).toMatch(/^CloudFormation did not receive a response from your Custom Resource\. Please check/);
  expect(
    stack.invocations.filter(({ event }) => (event as { RequestType?: string }).RequestType === 'Create'),
  ).toHaveLength(attempts);
});

test('CloudFormation waits no longer than the ServiceTimeout', async () => {
  const stack = rehearsal.stack('Patience', { serviceTimeoutMs: 100 });
  const result = await stack.deploy(fixtureTemplate({ properties: { OnCreate: 'hang', OnDelete: 'hang' } }));
  expect(result.status).toBe('ROLLBACK_FAILED');
  expect(result.reason).toContain('(ServiceTimeout of 0.1 s)');
});

test('the retries are as many as the function is configured for, and then the destination gets the event', async () => {
  const stack = rehearsal.stack('Destination');
  const { Handler: handler } = fixtureTemplate().Resources;
  const destination: ResourceDefinition = {
    ...handler!,
    Properties: { ...handler!.Properties, Code: { ZipFile: ANSWERER } },
  };
  const config: ResourceDefinition = {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: { Ref: 'Handler' },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Answerer', 'Arn'] } } },
    },
  };
  const template = fixtureTemplate({
    properties: { OnCreate: 'throw' },
    more: { Answerer: destination, Config: config },
  });
  const Thing = { ...template.Resources.Thing!, DependsOn: ['Config'] };
  const result = await stack.deploy({ Resources: { ...template.Resources, Thing } });

  expect(result.status).toBe('ROLLBACK_COMPLETE');
  expect(result.reason).toContain('Message returned: RetriesExhausted: told to throw');
  expect(stack.invocations.filter(({ outcome }) => outcome.kind === 'failed')).toHaveLength(2);
});

test('a request can be delivered twice at once, and once more later', async () => {
  const stack = rehearsal.stack('Duplicate');
  await stack.deploy(fixtureTemplate({ properties: { Value: 'a' } }), { deliveries: 2 });
  expect(requestsIn(stack.calls)).toEqual(['Create a']);
  await stack.idle();
  const { answer } = await stack.redeliver(stack.calls[0]!);
  expect(answer).toMatchObject({ kind: 'success', physicalResourceId: 'fixture' });
  expect(stack.violations).toEqual([]);
});

test('an answer that fails on its way is sent again', async () => {
  const stack = rehearsal.stack('Resent');
  rehearsal.answers.failNext(1);
  rehearsal.answers.failNext(1, 'reset');
  expect(await stack.deploy(fixtureTemplate())).toMatchObject({ status: 'CREATE_COMPLETE' });
});

test('an answer that breaks the protocol makes the deployment reject, unless it is tolerated', async () => {
  const properties = { OnCreate: 'raw', Raw: '{"Status":"SUCCESS","PhysicalResourceId":"x","RequestId":"wrong"}' };
  await expect(rehearsal.stack('Strict').deploy(fixtureTemplate({ properties }))).rejects.toMatchObject({
    name: 'ProtocolViolationError',
    violations: [expect.stringContaining('RequestId is not echoed: "wrong"')],
    result: { status: 'CREATE_COMPLETE' },
  });
  const tolerant = rehearsal.stack('Tolerant');
  await tolerant.deploy(fixtureTemplate({ properties }), { tolerateViolations: true });
  expect(tolerant.violations).toHaveLength(1);
});

test('a password or a ResponseURL in the log breaks the protocol', async () => {
  const stack = rehearsal.stack('Leaking');
  const { password } = rehearsal.database;
  const code = `exports.handler = async (event) => { console.log(event); throw new Error(${JSON.stringify(password)}); };`;
  const { Handler: handler, Thing: thing } = fixtureTemplate().Resources;
  const Handler = { ...handler!, Properties: { ...handler!.Properties, Code: { ZipFile: code } } };
  await expect(stack.deploy({ Resources: { Handler, Thing: thing! } })).rejects.toMatchObject({
    violations: expect.arrayContaining([
      expect.stringMatching(/the log of Leaking-Handler-.* holds the password$/),
      expect.stringMatching(/the log of Leaking-Handler-.* holds the ResponseURL$/),
    ]),
  });
});

test('a cancelled function may go on after the operation, until nothing runs any more', async () => {
  const inFlight = moment('Thing UPDATE_IN_PROGRESS');
  const stack = rehearsal.stack('GoesOn', { listener: inFlight.listener });
  await stack.deploy(fixtureTemplate({ properties: { Value: 'a' } }));
  const marker = path.join(folder, 'goes-on');
  const properties = { Value: 'b', OnUpdate: 'wait-for-file', Marker: marker };
  const update = stack.deploy(fixtureTemplate({ properties }));
  await inFlight.come;
  stack.cancelUpdate();
  expect(await update).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(requestsIn(stack.calls)).toEqual(['Create a', 'Update a to b of fixture', 'Update b to a of fixture']);

  const ended = stack.invocations.length;
  writeFileSync(marker, '');
  await stack.idle();
  expect(stack.invocations.slice(ended).map(({ event }) => event)).toEqual([stack.calls[1]!.event]);
});

/** Code of an on-failure destination, which answers in place of the function that could not. */
const ANSWERER = `
  const https = require('node:https');
  exports.handler = async ({ requestPayload: event, responsePayload: error, requestContext: { condition } }) => {
    const { StackId, RequestId, LogicalResourceId } = event;
    const Reason = condition + ': ' + error.errorMessage;
    const body = JSON.stringify({ Status: 'FAILED', Reason, PhysicalResourceId: 'x', StackId, RequestId, LogicalResourceId });
    const headers = { 'content-type': '', 'content-length': body.length };
    await new Promise((done) => https.request(event.ResponseURL, { method: 'PUT', headers }, done).end(body));
  };`;
