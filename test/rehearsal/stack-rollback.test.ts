import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { Stack } from '../../rehearsal/stack/stack';
import { fixtureTemplate } from './fixture-template';
import { startRehearsal } from './start-rehearsal';
import { moment, requestsIn, storyOf } from './story';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ reuseProcesses: true });
});
afterEach(() => rehearsal.endStacks());
afterAll(() => rehearsal.stop());

const OLD = fixtureTemplate({ properties: { Value: 'a' } });
const NEW = fixtureTemplate({ properties: { Value: 'b' }, code: 'handler-2', application: '2' });

describe('a sibling that fails', () => {
  test.each([
    { codeRollback: 'before', release: '1' },
    { codeRollback: 'after', release: '2' },
  ] as const)(
    'makes the custom resource roll back, by the code of release $release where code goes back $codeRollback it',
    async ({ codeRollback, release }) => {
      const stack = rehearsal.stack('Sibling', { codeRollback });
      await stack.deploy(OLD);
      const result = await stack.deploy(NEW, { fail: { Application: 'no room' } });

      expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
      expect(requestsIn(stack.calls)).toEqual(['Create a', 'Update a to b of fixture', 'Update b to a of fixture']);
      expect(stack.calls.at(-1)!.outcome).toMatchObject({ kind: 'success', data: { Release: release, Value: 'a' } });
      expect((await stack.invoke('Thing', { command: 'count' })).outcome).toMatchObject({ payload: { release: '1' } });
    },
  );

  test.each([
    { neededRollback: 'first', codeRollback: 'before', order: ['Handler', 'Thing', 'Application'] },
    { neededRollback: 'last', codeRollback: 'before', order: ['Handler', 'Application', 'Thing'] },
    { neededRollback: 'last', codeRollback: 'after', order: ['Application', 'Thing', 'Handler'] },
  ] as const)(
    'rolls back with needed resources $neededRollback and code $codeRollback',
    async ({ order, ...options }) => {
      const stack = rehearsal.stack('Order', options);
      await stack.deploy(OLD);
      const after = { Afterwards: { Type: 'AWS::SNS::Topic', DependsOn: ['Application', 'Thing'] } };
      const next = fixtureTemplate({ properties: { Value: 'b' }, code: 'handler-2', application: '2', more: after });
      const { events } = await stack.deploy(next, { fail: { Afterwards: 'no room' } });
      const rolledBack = events.slice(events.findIndex(({ status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS'));
      const done = rolledBack.filter(
        ({ status, logicalId }) => status === 'UPDATE_COMPLETE' && /^(Handler|Thing|Application)$/.test(logicalId),
      );
      expect(done.map(({ logicalId }) => logicalId)).toEqual(order);
    },
  );

  test('cancels what is in flight, and the rollback does not wait for it', async () => {
    const inFlight = moment('Thing UPDATE_IN_PROGRESS');
    const stack = rehearsal.stack('InFlight', { listener: inFlight.listener });
    const topic = (name: string) => ({ Sibling: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } } });
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a' }, more: topic('one') }));
    const properties = { Value: 'b', OnUpdate: 'hang' };
    const result = await stack.deploy(fixtureTemplate({ properties, more: topic('two') }), {
      fail: { Sibling: { reason: 'no topic', after: () => inFlight.come } },
    });

    expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no topic' });
    expect(result.events).toContainEqual(
      expect.objectContaining({ logicalId: 'Thing', status: 'UPDATE_FAILED', reason: 'Resource update cancelled' }),
    );
    expect(stack.calls.map(({ outcome }) => outcome.kind)).toEqual(['success', 'cancelled', 'success']);
    expect(requestsIn(stack.calls).at(-1)).toBe('Update b to a of fixture');
  });

  test('makes it roll back to what the last update that ended well had made of it', async () => {
    const stack = rehearsal.stack('SecondUpdate');
    await stack.deploy(OLD);
    await stack.deploy(fixtureTemplate({ properties: { Value: 'b' } }));
    const third = fixtureTemplate({ properties: { Value: 'c' }, application: '3' });
    await stack.deploy(third, { fail: { Application: 'no room' } });
    await stack.deploy(third, { fail: { Application: 'no room' } });

    expect(requestsIn(stack.calls).slice(1)).toEqual([
      'Update a to b of fixture',
      ...['Update b to c of fixture', 'Update c to b of fixture'],
      ...['Update b to c of fixture', 'Update c to b of fixture'],
    ]);
  });

  test('does not reach what had not been begun', async () => {
    const stack = rehearsal.stack('NotBegun');
    await stack.deploy(OLD);
    const result = await stack.deploy(NEW, { fail: { Handler: 'code storage exceeded' } });

    expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'code storage exceeded' });
    expect(requestsIn(stack.calls)).toEqual(['Create a']);
    expect(storyOf(result).filter((line) => line.startsWith('Thing'))).toEqual([]);
  });
});

describe('a custom resource that fails itself', () => {
  test('gets the reverse Update all the same', async () => {
    const stack = rehearsal.stack('Itself');
    await stack.deploy(OLD);
    const result = await stack.deploy(fixtureTemplate({ properties: { Value: 'b', OnUpdate: 'fail' } }));

    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toMatch(
      /^Received response status \[FAILED] from custom resource. Message returned: told to fail/,
    );
    expect(requestsIn(stack.calls).slice(1)).toEqual(['Update a to b of fixture', 'Update b to a of fixture']);
    expect(stack.resources.get('Thing')!.properties.Value).toBe('a');
  });

  test('and answers another physical id gets a Delete of that id in place of the reverse Update', async () => {
    const stack = rehearsal.stack('Bogus', { mayBeReplaced: ['Thing'] });
    await stack.deploy(OLD);
    const properties = { Value: 'b', OnUpdate: 'fail-with-id', Id: 'bogus' };
    const result = await stack.deploy(fixtureTemplate({ properties }));

    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(requestsIn(stack.calls).slice(1)).toEqual(['Update a to b of fixture', 'Delete b of bogus']);
    expect(stack.resources.get('Thing')).toMatchObject({ physicalId: 'fixture' });
  });

  test('where it was created by the failed update is deleted in the clean-up', async () => {
    const stack = rehearsal.stack('New');
    await stack.deploy(fixtureTemplate({ resource: false }));
    const result = await stack.deploy(fixtureTemplate({ properties: { Value: 'a', OnCreate: 'fail', Id: 'new' } }));

    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(requestsIn(stack.calls)).toEqual(['Create a', 'Delete a of new']);
    const story = storyOf(result);
    expect(story.indexOf('stack UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')).toBeLessThan(
      story.indexOf('Thing DELETE_IN_PROGRESS'),
    );
  });
});

test('what cannot be deleted in the clean-up of a rollback is tried three times and given up: the rollback is complete', async () => {
  const stack = rehearsal.stack('Undeletable');
  await stack.deploy(fixtureTemplate({ resource: false }));
  const next = fixtureTemplate({ properties: { Value: 'a', OnDelete: 'fail', Id: 'new' }, application: '2' });
  const result = await stack.deploy(next, { fail: { Application: 'no room' } });

  expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: 'no room' });
  expect(requestsIn(stack.calls)).toEqual(['Create a', ...Array<string>(3).fill('Delete a of new')]);
  expect(new Set(stack.calls.map(({ event }) => event.RequestId)).size).toBe(4);
  expect(stack.resources.has('Thing')).toBe(false);
  const again = await stack.deploy(fixtureTemplate({ resource: false, application: '3' }));
  expect(again.status).toBe('UPDATE_COMPLETE');
});

describe('a rollback that fails', () => {
  async function failedRollback(name: string): Promise<Stack> {
    const stack = rehearsal.stack(name);
    await stack.deploy(fixtureTemplate({ properties: { Value: 'a', OnUpdate: 'fail' } }));
    const result = await stack.deploy(fixtureTemplate({ properties: { Value: 'b' }, application: '2' }), {
      fail: { Application: 'no room' },
    });
    expect(result).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED', reason: 'no room' });
    return stack;
  }

  test('stays so until it is continued, with the same request', async () => {
    const stack = await failedRollback('Continued');
    await expect(stack.deploy(NEW)).rejects.toThrow('UPDATE_ROLLBACK_FAILED state and cannot be updated');
    expect(await stack.continueUpdateRollback()).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED' });

    await stack.continueUpdateRollback({ reuseRequestIds: true });
    const [first, second, third] = stack.calls.slice(-3).map(({ event }) => event);
    expect(requestsIn(stack.calls).slice(-3)).toEqual(Array(3).fill('Update b to a of fixture'));
    expect(second!.RequestId).not.toBe(first!.RequestId);
    expect(third!.RequestId).toBe(second!.RequestId);
    expect(third!.ResponseURL).not.toBe(second!.ResponseURL);
  });

  test('can skip the resource', async () => {
    const stack = await failedRollback('Skipped');
    const result = await stack.continueUpdateRollback({ skip: ['Thing'] });
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(stack.calls).toHaveLength(3);
    expect(storyOf(result)).toContain('Application UPDATE_COMPLETE');
    expect(stack.resources.get('Thing')!.properties.Value).toBe('a');
  });
});

describe('without rollback', () => {
  test('a failed custom resource rolls back by itself, the others stay', async () => {
    const stack = rehearsal.stack('Stay');
    await stack.deploy(OLD);
    const properties = { Value: 'b', OnUpdate: 'fail' };
    const result = await stack.deploy(fixtureTemplate({ properties, code: 'handler-2' }), { rollback: false });

    expect(result.status).toBe('UPDATE_FAILED');
    expect(requestsIn(stack.calls).slice(1)).toEqual(['Update a to b of fixture', 'Update b to a of fixture']);
    expect((await stack.invoke('Handler', { command: 'count' })).outcome).toMatchObject({ payload: { release: '2' } });
  });

  test('failure after failure is rolled back in one step', async () => {
    const stack = rehearsal.stack('Chain');
    await stack.deploy(OLD);
    const fail = { Application: 'no room' };
    await stack.deploy(fixtureTemplate({ properties: { Value: 'b' }, application: '2' }), { rollback: false, fail });
    await stack.deploy(fixtureTemplate({ properties: { Value: 'c' }, application: '3' }), { rollback: false, fail });
    const result = await stack.rollback();

    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(requestsIn(stack.calls).slice(1)).toEqual([
      'Update a to b of fixture',
      'Update b to c of fixture',
      'Update c to a of fixture',
    ]);
  });

  test('a creation that failed can be tried again, or rolled back', async () => {
    const stack = rehearsal.stack('Retry');
    const failing = fixtureTemplate({ properties: { Value: 'a', OnCreate: 'fail' } });
    expect(await stack.deploy(failing, { rollback: false })).toMatchObject({ status: 'CREATE_FAILED' });
    expect(await stack.rollback()).toMatchObject({ status: 'ROLLBACK_COMPLETE' });

    await stack.deploy(failing, { rollback: false });
    expect(await stack.deploy(OLD, { rollback: false })).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(requestsIn(stack.calls)).toEqual(['Create a', 'Delete a of fixture', 'Create a', 'Create a']);
  });

  test('a replacement is refused', async () => {
    const stack = rehearsal.stack('NoReplacement', { mayBeReplaced: ['Thing'] });
    await stack.deploy(OLD);
    const properties = { Value: 'b', OnUpdate: 'replace', Id: 'two' };
    expect(await stack.deploy(fixtureTemplate({ properties }), { rollback: false })).toMatchObject({
      status: 'UPDATE_FAILED',
      reason: 'Replacement type updates not supported on stack with disable-rollback.',
    });
  });
});

test('an update that is cancelled by its user rolls back', async () => {
  const inFlight = moment('Thing UPDATE_IN_PROGRESS');
  const stack = rehearsal.stack('ByUser', { listener: inFlight.listener });
  await stack.deploy(OLD);
  expect(() => {
    stack.cancelUpdate();
  }).toThrow('is in CREATE_COMPLETE state and cannot be cancelled');

  const update = stack.deploy(fixtureTemplate({ properties: { Value: 'b', OnUpdate: 'hang' } }));
  await inFlight.come;
  stack.cancelUpdate();
  expect(await update).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(requestsIn(stack.calls).at(-1)).toBe('Update b to a of fixture');
});
