import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { Stack } from '../../rehearsal/stack/stack';
import { fixtureTemplate } from './fixture-template';
import { startRehearsal } from './start-rehearsal';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal();
});
afterAll(() => rehearsal.stop());

/** The statuses of the events that reached the function, in the order in which they ended. */
function received({ invocations }: Stack): readonly unknown[] {
  return invocations
    .map(({ event }) => event as { readonly detail?: { readonly 'status-details': { readonly status: string } } })
    .flatMap(({ detail }) => (detail === undefined ? [] : [detail['status-details'].status]));
}

test('the rule gets the status changes that it matches, from when it is there', async () => {
  const stack = rehearsal.stack('Matching');
  await stack.deploy(fixtureTemplate());
  expect(received(stack)).toEqual(['CREATE_COMPLETE']);
  await stack.deploy(fixtureTemplate({ application: '2' }), { fail: { Application: 'no' } });
  expect(received(stack)).toEqual(['CREATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);
});

test('an event has the shape that EventBridge gives it', async () => {
  const stack = rehearsal.stack('Shape');
  await stack.deploy(fixtureTemplate());
  expect(stack.invocations.at(-1)!.event).toEqual({
    version: '0',
    id: expect.any(String),
    'detail-type': 'CloudFormation Stack Status Change',
    source: 'aws.cloudformation',
    account: '111122223333',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    region: 'eu-central-1',
    resources: [stack.stackId],
    detail: {
      'stack-id': stack.stackId,
      'status-details': { status: 'CREATE_COMPLETE', 'status-reason': '' },
      'client-request-token': expect.any(String),
    },
  });
});

test('events can be delivered more than once', async () => {
  const stack = rehearsal.stack('Twice');
  await stack.deploy(fixtureTemplate(), { statusEvents: { copies: 2 } });
  expect(received(stack)).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE']);
});

test('events can be kept back until another operation is over', async () => {
  const stack = rehearsal.stack('Late');
  await stack.deploy(fixtureTemplate(), { statusEvents: { hold: true } });
  expect(received(stack)).toEqual([]);
  await stack.deploy(fixtureTemplate({ application: '2' }));
  expect(received(stack)).toEqual(['UPDATE_COMPLETE']);
  await stack.releaseStatusEvents();
  expect(received(stack)).toEqual(['UPDATE_COMPLETE', 'CREATE_COMPLETE']);
});

test('a function that fails on an event three times is a violation', async () => {
  const stack = rehearsal.stack('Broken');
  const template = fixtureTemplate();
  const { Settled: rule } = template.Resources;
  const broken = {
    Targets: [{ Id: 'Target0', Arn: { 'Fn::GetAtt': ['Handler', 'Arn'] }, Input: '{"command":"throw"}' }],
  };
  const Resources = { ...template.Resources, Settled: { ...rule!, Properties: { ...rule!.Properties, ...broken } } };
  await expect(stack.deploy({ Resources })).rejects.toThrow('failed on a stack status event: told to throw');
  expect(stack.invocations.filter(({ event }) => (event as { command?: string }).command === 'throw')).toHaveLength(3);
});

test('a rule that is deleted gets nothing more', async () => {
  const stack = rehearsal.stack('Deleted');
  await stack.deploy(fixtureTemplate());
  await stack.destroy();
  expect(received(stack)).toEqual(['CREATE_COMPLETE']);
});
