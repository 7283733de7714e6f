import { generatedPhysicalId } from '../../rehearsal/template/attributes';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { fixtureTemplate } from './fixture-template';
import { startRehearsal } from './start-rehearsal';
import { moment, requestsIn, storyOf } from './story';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ reuseProcesses: true });
});
afterEach(() => rehearsal.endStacks());
afterAll(() => rehearsal.stop());

test('a stack that is ended leaves its process to the next one, and nothing of its state', async () => {
  const invoked = async (): Promise<readonly unknown[]> => {
    const stack = rehearsal.stack('Ended');
    // Alone: with a custom resource and its rule it has several environments.
    const { Handler } = fixtureTemplate().Resources;
    await stack.deploy({ Resources: { Handler: Handler! } });
    const outcomes: unknown[] = [];
    for (const command of ['pid', 'count']) outcomes.push((await stack.invoke('Handler', { command })).outcome);
    return outcomes;
  };
  const before = await invoked();
  await rehearsal.endStacks();
  expect(await invoked()).toEqual(before);
});

describe('a creation', () => {
  test('begins each resource when what it needs is there', async () => {
    const result = await rehearsal.stack('Order').deploy(fixtureTemplate());

    expect(result).toMatchObject({ status: 'CREATE_COMPLETE', reason: undefined });
    const story = storyOf(result);
    expect(story[0]).toBe('stack CREATE_IN_PROGRESS');
    expect(story.at(-1)).toBe('stack CREATE_COMPLETE');
    expect(story.indexOf('Handler CREATE_COMPLETE')).toBeLessThan(story.indexOf('Thing CREATE_IN_PROGRESS'));
    expect(story.indexOf('Thing CREATE_COMPLETE')).toBeLessThan(story.indexOf('Application CREATE_IN_PROGRESS'));
  });

  test('sends all scalars as texts, and the service token twice', async () => {
    const stack = rehearsal.stack('Texts');
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a' } }));

    const { event } = stack.calls[0]!;
    expect(event).toEqual({
      RequestType: 'Create',
      ServiceToken: expect.stringMatching(/^arn:aws:lambda:eu-central-1:111122223333:function:Texts-Handler-/),
      ResponseURL: expect.stringMatching(
        /^https:\/\/127\.0\.0\.1:\d+\/arn%3A.*X-Amz-Date=\d{8}T\d{6}Z&.*X-Amz-Expires/,
      ),
      StackId: stack.stackId,
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ResourceType: 'Custom::Thing',
      LogicalResourceId: 'Thing',
      ResourceProperties: {
        ServiceToken: event.ServiceToken,
        ServiceTimeout: '60',
        Number: '3',
        Flags: ['true', { Deep: 'false' }],
        Value: 'a',
      },
    });
  });

  test('that fails deletes all again, with the physical id that the failed answer had', async () => {
    const stack = rehearsal.stack('Failing');
    const result = await stack.deploy(fixtureTemplate({ properties: { Value: 'a', OnCreate: 'fail', Id: 'mine' } }));

    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain('Message returned: told to fail: é 表 (RequestId: ');
    expect(requestsIn(stack.calls)).toEqual(['Create a', 'Delete a of mine']);
    const story = storyOf(result);
    expect(story).not.toContain('Application CREATE_IN_PROGRESS');
    expect(story.indexOf('Thing DELETE_COMPLETE')).toBeLessThan(story.indexOf('Handler DELETE_IN_PROGRESS'));
    expect(stack.resources.size).toBe(0);
  });

  test('whose rollback fails stays in ROLLBACK_FAILED, and can only be deleted', async () => {
    const stack = rehearsal.stack('Stuck');
    const template = fixtureTemplate({ properties: { OnCreate: 'fail', OnDelete: 'fail' } });
    expect(await stack.deploy(template)).toMatchObject({ status: 'ROLLBACK_FAILED' });
    await expect(stack.deploy(template)).rejects.toThrow('is in ROLLBACK_FAILED state and cannot be updated');
    expect([...stack.resources.keys()]).toEqual(['Handler', 'Thing']);
  });

  test('that is cancelled in flight is deleted under an id of CloudFormation, though the function still runs', async () => {
    const inFlight = moment('Thing CREATE_IN_PROGRESS');
    const stack = rehearsal.stack('Cancelled', { listener: inFlight.listener });
    const properties = { Value: 'a', OnCreate: 'hang' };
    const more = { Sibling: { Type: 'AWS::SNS::Topic' } };
    const result = await stack.deploy(fixtureTemplate({ properties, more }), {
      fail: { Sibling: { reason: 'no topic today', after: () => inFlight.come } },
    });

    expect(result).toMatchObject({ status: 'ROLLBACK_COMPLETE', reason: 'no topic today' });
    expect(result.events).toContainEqual(
      expect.objectContaining({ logicalId: 'Thing', status: 'CREATE_FAILED', reason: 'Resource creation cancelled' }),
    );
    const account = {
      stackName: 'Cancelled',
      stackId: stack.stackId,
      region: 'eu-central-1',
      accountId: '111122223333',
    };
    const generated = generatedPhysicalId(account, 'Thing');
    expect(requestsIn(stack.calls)).toEqual(['Create a', `Delete a of ${generated}`]);
    expect(stack.calls[0]!.outcome).toEqual({ kind: 'cancelled' });
  });

  test('after ROLLBACK_COMPLETE makes a new stack', async () => {
    const stack = rehearsal.stack('Again');
    await stack.deploy(fixtureTemplate({ properties: { OnCreate: 'fail' } }));
    const { stackId } = stack;
    expect(await stack.deploy(fixtureTemplate())).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(stack.stackId).not.toBe(stackId);
  });
});

describe('an update', () => {
  test('sends the old and the new properties, and only where they differ', async () => {
    const stack = rehearsal.stack('Changes');
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a' } }));
    const unchanged = await stack.deploy(fixtureTemplate({ properties: { Value: 'a' }, application: '2' }));
    await stack.deploy(fixtureTemplate({ properties: { Value: 'b' }, application: '2' }));

    expect(storyOf(unchanged)).toEqual([
      'stack UPDATE_IN_PROGRESS',
      'Application UPDATE_IN_PROGRESS',
      'Application UPDATE_COMPLETE',
      'stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'stack UPDATE_COMPLETE',
    ]);
    expect(requestsIn(stack.calls)).toEqual(['Create a', 'Update a to b of fixture']);
  });

  test('with the same template does nothing', async () => {
    const stack = rehearsal.stack('Same');
    await stack.deploy(fixtureTemplate());
    expect(await stack.deploy(fixtureTemplate())).toMatchObject({
      status: 'CREATE_COMPLETE',
      reason: 'No updates are to be performed.',
      events: [],
    });
  });

  test('deletes what the template does not have any more, and does not mind where that fails', async () => {
    const stack = rehearsal.stack('Removed');
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a', OnDelete: 'fail' } }));
    const result = await stack.deploy(fixtureTemplate({ resource: false }));

    expect(result.status).toBe('UPDATE_COMPLETE');
    // Three times, and then CloudFormation goes on without it.
    expect(requestsIn(stack.calls)).toEqual(['Create a', ...Array<string>(3).fill('Delete a of fixture')]);
    const story = storyOf(result);
    const cleanUp = story.slice(story.indexOf('stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'));
    const attempt = ['Thing DELETE_IN_PROGRESS', 'Thing DELETE_FAILED'];
    expect(cleanUp.slice(1)).toEqual([...attempt, ...attempt, ...attempt, 'stack UPDATE_COMPLETE']);
    expect(result.events.at(-1)).toMatchObject({
      reason: 'Update successful. One or more resources could not be deleted.',
    });
    expect([...stack.resources.keys()]).not.toContain('Thing');
  });

  test('that answers another physical id deletes the old one in the clean-up', async () => {
    const stack = rehearsal.stack('Replaced', { mayBeReplaced: ['Thing'] });
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a', Id: 'one' } }));
    const result = await stack.deploy(fixtureTemplate({ properties: { Value: 'b', Id: 'two', OnUpdate: 'replace' } }));

    expect(result.status).toBe('UPDATE_COMPLETE');
    expect(requestsIn(stack.calls)).toEqual(['Create a', 'Update a to b of one', 'Delete a of one']);
    expect(stack.resources.get('Thing')).toMatchObject({ physicalId: 'two' });
  });

  test('that answers another physical id, where none was meant, breaks the protocol', async () => {
    const stack = rehearsal.stack('NotMeant');
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a', Id: 'one' } }));
    const template = fixtureTemplate({ properties: { Value: 'b', Id: 'two', OnUpdate: 'replace' } });
    await expect(stack.deploy(template)).rejects.toThrow('PhysicalResourceId changed in Update from "one" to "two"');
    expect(stack.status).toBe('UPDATE_COMPLETE');
  });

  test('of the service token is refused without a request', async () => {
    const stack = rehearsal.stack('Token');
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a' } }));
    const { Handler: other } = fixtureTemplate({ code: 'handler-2' }).Resources;
    const properties = { Value: 'b', ServiceToken: { 'Fn::GetAtt': ['Other', 'Arn'] } };
    const result = await stack.deploy(fixtureTemplate({ properties, more: { Other: other! } }));

    expect(result).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      reason: 'Modifying service token is not allowed.',
    });
    expect(requestsIn(stack.calls)).toEqual(['Create a']);
  });

  test('fails where the answer lacks what the template reads, though the function said SUCCESS', async () => {
    const stack = rehearsal.stack('Lacking');
    const reader = {
      Reader: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::GetAtt': ['Thing', 'Value'] } } },
    };
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a' }, more: reader }));
    expect(stack.resources.get('Reader')!.properties).toEqual({ TopicName: 'a' });

    const properties = { Value: 'b', OnUpdate: 'succeed-without-data' };
    const result = await stack.deploy(fixtureTemplate({ properties, more: reader }));
    expect(result).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      reason: "CustomResource attribute error: Vendor response doesn't contain Value key in object",
    });
  });

  test('gives the outputs of the template', async () => {
    const stack = rehearsal.stack('Outputs');
    const template = fixtureTemplate({ properties: { Value: 'a' } });
    const Outputs = {
      Value: { Value: { 'Fn::Sub': 'is ${Thing.Value} in ${AWS::Region}' } },
      Id: { Value: { Ref: 'Thing' } },
    };
    const { outputs } = await stack.deploy({ ...template, Outputs });
    expect(outputs).toEqual({
      Value: 'is a in eu-central-1',
      Id: 'fixture',
    });
  });

  test('refuses a template whose resources need one another in a circle', async () => {
    const stack = rehearsal.stack('Circle');
    const topic = (needs: string) => ({ Type: 'AWS::SNS::Topic', DependsOn: needs });
    await expect(stack.deploy({ Resources: { A: topic('B'), B: topic('A') } })).rejects.toThrow(
      'Circular dependency between resources: [A, B, A]',
    );
  });

  test('refuses a fault for a resource that there is not', async () => {
    const stack = rehearsal.stack('Typo');
    await expect(stack.deploy(fixtureTemplate(), { fail: { Aplication: 'no' } })).rejects.toThrow(
      'the stack has no resource "Aplication"; it has Handler, Thing, Application, Settled',
    );
  });
});

describe('a deletion', () => {
  test('deletes what needs others first, and keeps what is to be retained', async () => {
    const stack = rehearsal.stack('Deleted');
    const kept = { Kept: { Type: 'AWS::SNS::Topic', DeletionPolicy: 'Retain' } };
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a' }, more: kept }));
    const result = await stack.destroy();

    expect(result.status).toBe('DELETE_COMPLETE');
    const story = storyOf(result);
    expect(story.indexOf('Application DELETE_COMPLETE')).toBeLessThan(story.indexOf('Thing DELETE_IN_PROGRESS'));
    expect(story.indexOf('Thing DELETE_COMPLETE')).toBeLessThan(story.indexOf('Handler DELETE_IN_PROGRESS'));
    expect(story).toContain('Kept DELETE_SKIPPED');
  });

  test('that fails keeps what the failed one needs, and can be tried again', async () => {
    const stack = rehearsal.stack('Undeletable');
    await stack.deploy(fixtureTemplate());
    const result = await stack.destroy({ fail: { Thing: { on: 'delete', reason: 'in use' } } });

    expect(result).toMatchObject({ status: 'DELETE_FAILED', reason: 'in use' });
    expect([...stack.resources.keys()]).toEqual(['Handler', 'Thing']);
    expect(await stack.destroy()).toMatchObject({ status: 'DELETE_COMPLETE' });
  });
});
