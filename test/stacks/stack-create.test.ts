import { findFreePort } from '../../rehearsal/servers/free-port';
import { stackServers } from '../servers';
import { BROKEN, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  good: { migrations: { ...USER, ...PROFILE } },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN } },
});
const JOURNAL = ['migration', 'migration_deployment'];

describe.each(stackServers())('on $name, a create', (server) => {
  const scenes = StackScenes.ofSuite(server);

  test('whose application fails is rolled back, and can be tried again', async () => {
    const scene = scenes.begin();
    const { stack } = scene;
    expect(await stack.deploy(RELEASES.good, { fail: { Application: 'no room' } })).toMatchObject({
      status: 'ROLLBACK_COMPLETE',
      reason: 'no room',
    });
    expect(await scene.tables()).toEqual(JOURNAL);
    expect(await scene.history()).toEqual([]);
    expect(scene.requests).toEqual(['Create success', 'Delete success']);

    expect(await stack.deploy(RELEASES.good)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await scene.history()).toHaveLength(3);
  });

  test('that is rolled back before the stack said so waits for that, and is reverted', async () => {
    const rollingBack = { isDeleting: false };
    const scene = scenes.begin({
      listener: ({ logicalId, status }) => {
        if (!logicalId.startsWith('Migrations') || status !== 'DELETE_IN_PROGRESS' || rollingBack.isDeleting) return;
        rollingBack.isDeleting = true;
        void scene.stack.releaseStatusEvents();
      },
    });
    const result = await scene.stack.deploy(RELEASES.good, {
      fail: { Application: 'no room' },
      statusEvents: { hold: true },
    });
    expect([result.status, rollingBack.isDeleting]).toEqual(['ROLLBACK_COMPLETE', true]);
    expect(await scene.tables()).toEqual(JOURNAL);
  });

  test('whose migration fails reverts itself, and its Delete needs no database', async () => {
    const scene = scenes.begin();
    const { stack } = scene;
    const result = await stack.deploy(RELEASES.broken, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain('0004_invoice.sql failed at step 3 of 5');
    expect(await scene.tables()).toEqual(JOURNAL);
    expect(scene.requests).toEqual(['Create failed', 'Delete success']);
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
  });

  test('that cannot connect fails with the address, and its Delete does not connect', async () => {
    const port = await findFreePort();
    const scene = scenes.begin({
      environment: { DATABASE_PORT: String(port), CONNECT_SECONDS: '1' },
    });
    const { stack } = scene;
    const secretsBefore = scenes.rehearsal.secrets.calls.length;
    const result = await stack.deploy(RELEASES.good, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(`127.0.0.1:${port} took no connection for`);
    expect(result.reason).toContain('ECONNREFUSED');
    expect(result.reason).toContain('nothing listens there');
    expect(scene.requests).toEqual(['Create failed', 'Delete success']);
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
    // The secret is read for a connection only.
    expect(scenes.rehearsal.secrets.calls.length - secretsBefore).toBe(1);
    expect(await scene.tables()).toEqual([]);
  });
});
