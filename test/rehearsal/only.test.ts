import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { ResourceDefinition, TemplateBody } from '../../rehearsal/template/template';
import { fixtureTemplate } from './fixture-template';
import { startRehearsal } from './start-rehearsal';
import { requestsIn, storyOf } from './story';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal();
});
afterAll(() => rehearsal.stop());

const OTHERS: Readonly<Record<string, ResourceDefinition>> = {
  Theirs: { Type: 'Custom::Theirs', Properties: { ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] } } },
  Transformed: {
    Type: 'AWS::Events::Rule',
    Properties: { EventPattern: { detail: [{ 'some-filter': 1 }] }, Targets: [{ Arn: 'a', InputPath: '$.detail' }] },
  },
  Reading: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: { 'Fn::GetAtt': ['Theirs', 'Anything'] } } },
};

test('where only some custom resources are played, all else succeeds at once, whatever it is', async () => {
  const strict = rehearsal.stack('Strict');
  expect((await strict.deploy(fixtureTemplate({ more: OTHERS }))).status).toBe('ROLLBACK_COMPLETE');

  const stack = rehearsal.stack('Only', { only: ['Custom::Thing'] });
  const result = await stack.deploy(fixtureTemplate({ more: OTHERS, properties: { Value: 'a' } }));
  expect(result).toMatchObject({ status: 'CREATE_COMPLETE', reason: undefined });
  expect(stack.calls.map(({ event }) => event.LogicalResourceId)).toEqual(['Thing']);
  // The rule for the function that serves it works.
  expect(stack.invocations.map(({ log }) => log).join()).toContain('status event CREATE_COMPLETE');
});

test('a loop of a transform is no resource', async () => {
  const body = fixtureTemplate();
  const withLoop = { ...body, Resources: { ...body.Resources, 'Fn::ForEach::X': ['A', ['b'], {}] } };
  const stack = rehearsal.stack('Loop', { only: ['Custom::Thing'] });
  const result = await stack.deploy(withLoop as unknown as TemplateBody);
  expect(result.status).toBe('CREATE_COMPLETE');
  expect(storyOf(result)).not.toContain('Fn::ForEach::X CREATE_COMPLETE');
});

test('a changed task definition is another one, and the service that refers to it is updated, and rolled back', async () => {
  const template = (image: string, more = {}): TemplateBody =>
    fixtureTemplate({
      more: {
        Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { ContainerDefinitions: [{ Image: image }] } },
        Service: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' } } },
        ...more,
      },
    });
  const stack = rehearsal.stack('Task', { only: ['Custom::Thing'] });
  await stack.deploy(template('1'));
  const service = (): unknown => stack.resources.get('Service')?.properties.TaskDefinition;
  const first = service();
  await stack.deploy(template('2'));
  const second = service();
  expect(second).not.toEqual(first);

  const failing = { Failing: { Type: 'AWS::SNS::Topic', DependsOn: ['Service'] } };
  const result = await stack.deploy(template('3', failing), { fail: { Failing: 'no' } });
  expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(storyOf(result).filter((line) => line.startsWith('Service '))).toEqual([
    ...['Service UPDATE_IN_PROGRESS', 'Service UPDATE_COMPLETE'],
    ...['Service UPDATE_IN_PROGRESS', 'Service UPDATE_COMPLETE'],
  ]);
  expect(service()).toBe(second);
});

test('the function dies in as many attempts as it is told to', async () => {
  const once = rehearsal.stack('DiesOnce');
  expect((await once.deploy(fixtureTemplate(), { deaths: { Thing: [{ kind: 'at-start' }] } })).status).toBe(
    'CREATE_COMPLETE',
  );
  const attempts = once.invocations.filter(({ event }) => 'RequestType' in (event as object));
  expect(attempts.map(({ outcome }) => outcome.kind)).toEqual(['crashed', 'returned']);

  const always = rehearsal.stack('DiesAlways');
  const atStart = { kind: 'at-start' } as const;
  const result = await always.deploy(fixtureTemplate({ properties: { Value: 'a' } }), {
    deaths: { Thing: [atStart, atStart, atStart] },
  });
  expect(result.status).toBe('ROLLBACK_COMPLETE');
  expect(requestsIn(always.calls)).toEqual(['Create a', expect.stringMatching(/^Delete a of /)]);
});
