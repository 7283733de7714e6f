import { statusEvent } from '../../rehearsal/stack/status-events';
import type { StackStatus } from '../../rehearsal/stack/stack-types';
import { stackServers } from '../servers';
import { BROKEN, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  second: { migrations: { ...USER, ...PROFILE }, application: '2' },
  broken: { migrations: { ...USER, ...BROKEN } },
});
const BEFORE = ['0001_user applied 2/2'];
const AFTER = [...BEFORE, '0002_profile applied 4/4', '0003_second_user applied 1/1'];

describe.each(stackServers())('on $name', (server) => {
  let scene: StackScene;
  // Before the scene ends.
  afterEach(() => scene.stack.idle());
  const scenes = StackScenes.ofSuite(server);
  beforeEach(() => {
    scene = scenes.begin();
  });

  test('each request delivered twice at once: create, update, rollback and a migration that fails', async () => {
    const { stack } = scene;
    const deliveries = 2;
    expect(await stack.deploy(RELEASES.first, { deliveries })).toMatchObject({ status: 'CREATE_COMPLETE' });
    const schema = await scene.schema();
    const fail = { Application: 'no room' };
    await stack.deploy(RELEASES.second, { deliveries, fail });
    expect([stack.status, await scene.schema(), await scene.history()]).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      schema,
      BEFORE,
    ]);
    const broken = await stack.deploy(RELEASES.broken, { deliveries });
    expect(broken.reason).toContain('0004_invoice.sql failed at step 3 of 5');
    expect([stack.status, await scene.schema(), await scene.history()]).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      schema,
      BEFORE,
    ]);
    expect(await stack.deploy(RELEASES.second, { deliveries })).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(await scene.history()).toEqual(AFTER);
    expect(scene.physicalIds.size).toBe(1);
  });

  test('both answers to a create that was delivered twice and is rolled back are the same', async () => {
    const { stack } = scene;
    const result = await stack.deploy(RELEASES.broken, { deliveries: 2 });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    await stack.idle();
    const [create] = stack.calls;
    const [first, second] = scenes.rehearsal.answers.answersTo(create!.event.ResponseURL);
    expect([first, second]).toEqual([
      expect.objectContaining({ kind: 'failed' }),
      expect.objectContaining({ kind: 'failed' }),
    ]);
    expect(first!.physicalResourceId).toBe(second!.physicalResourceId);
    expect(await scene.history()).toEqual([]);
  });

  test('stack statuses that come twice change nothing', async () => {
    const { stack } = scene;
    const statusEvents = { copies: 2 };
    await stack.deploy(RELEASES.first, { statusEvents });
    const schema = await scene.schema();
    await stack.deploy(RELEASES.second, { statusEvents, fail: { Application: 'no room' } });
    expect([await scene.schema(), await scene.history()]).toEqual([schema, BEFORE]);
    expect(await stack.deploy(RELEASES.second, { statusEvents })).toMatchObject({ status: 'UPDATE_COMPLETE' });
    expect(await scene.history()).toEqual(AFTER);
  });

  test('an update is rolled back also where no status was heard of', async () => {
    const { stack } = scene;
    const statusEvents = { hold: true };
    await stack.deploy(RELEASES.first, { statusEvents });
    const schema = await scene.schema();
    await stack.deploy(RELEASES.second, { statusEvents, fail: { Application: 'no room' } });
    expect([stack.status, await scene.schema(), await scene.history()]).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      schema,
      BEFORE,
    ]);
    expect(await stack.deploy(RELEASES.second, { statusEvents })).toMatchObject({ status: 'UPDATE_COMPLETE' });
    await stack.releaseStatusEvents();
    expect(await scene.history()).toEqual(AFTER);
  });

  test.each([60, 1])(
    'the success of an earlier operation, heard of in the middle of the next one and %i s older than it, settles nothing',
    async (seconds) => {
      const { stack } = scene;
      await stack.deploy(RELEASES.first);
      const schema = await scene.schema();
      const lateSuccess = async (): Promise<void> => {
        const heard = await tell('UPDATE_COMPLETE', new Date(newestRequestAt() - seconds * 1000));
        expect(heard.outcome).toMatchObject({ kind: 'returned' });
      };
      await stack.deploy(RELEASES.second, { fail: { Application: { reason: 'no room', after: lateSuccess } } });
      expect([stack.status, await scene.schema(), await scene.history()]).toEqual([
        'UPDATE_ROLLBACK_COMPLETE',
        schema,
        BEFORE,
      ]);
    },
  );

  test('once the stack has settled, going back to the older release is a deployment and no rollback', async () => {
    const { stack } = scene;
    await stack.deploy(RELEASES.first);
    await stack.deploy(RELEASES.second);
    const result = await stack.deploy(RELEASES.first);
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain('the release lacks applied migrations 0003_second_user, 0002_profile');
    expect(await scene.history()).toEqual(AFTER);
  });

  test('so it is where no status was ever heard of', async () => {
    const { stack } = scene;
    const statusEvents = { hold: true };
    await stack.deploy(RELEASES.first, { statusEvents });
    await stack.deploy(RELEASES.second, { statusEvents });
    const result = await stack.deploy(RELEASES.first, { statusEvents });
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(result.reason).toContain('the release lacks applied migrations 0003_second_user, 0002_profile');
    expect(await scene.history()).toEqual(AFTER);
  });

  /** When the newest request for migrations was signed, by CloudFormation's clock. Those of releases may be seconds after it. */
  function newestRequestAt(): number {
    const url = new URL(scene.calls.at(-1)!.event.ResponseURL);
    const [, date, hours, minutes, second] = /^(\d{8})T(\d\d)(\d\d)(\d\d)Z$/.exec(url.searchParams.get('X-Amz-Date')!)!;
    const day = date!.replace(/(....)(..)(..)/, '$1-$2-$3');
    return Date.parse(`${day}T${hours}:${minutes}:${second}Z`);
  }

  function tell(status: StackStatus, time: Date) {
    const { stackId } = scene.stack;
    const account = { stackName: 'Small', stackId, region: 'eu-central-1', accountId: '111122223333' };
    return scene.stack.invoke('Migrations', statusEvent(account, status, { time, token: 'late' }));
  }
});
