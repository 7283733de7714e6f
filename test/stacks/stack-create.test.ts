import { findFreePort } from '../../rehearsal/servers/free-port';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { stackServers } from '../servers';
import { BROKEN, PROFILE, USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { productionNode, rehearseOn, StackScene } from './stack-scene';

const RELEASES = synthesizeReleases({
  good: { migrations: { ...USER, ...PROFILE } },
  broken: { migrations: { ...USER, ...PROFILE, ...BROKEN } },
});
const JOURNAL = ['migration', 'migration_deployment'];

describe.each(stackServers())('on $name, a create', (server) => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await rehearseOn(server, { nodePath: productionNode() });
  });
  afterAll(() => rehearsal.stop());

  test('whose application fails is rolled back, and can be tried again', async () => {
    const scene = new StackScene(rehearsal);
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
    await scene.end();
  });

  test('that is rolled back before the stack said so waits for that, and is reverted', async () => {
    const rollingBack = { isDeleting: false };
    const scene = new StackScene(rehearsal, {
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
    expect(scene.stack.violations).toEqual([]);
    await scene.end();
  });

  test('whose migration fails reverts itself, and its Delete needs no database', async () => {
    const scene = new StackScene(rehearsal);
    const { stack } = scene;
    const result = await stack.deploy(RELEASES.broken, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain('0004_invoice.sql failed at step 3 of 5');
    expect(await scene.tables()).toEqual(JOURNAL);
    expect(scene.requests).toEqual(['Create failed', 'Delete success']);
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
    await scene.end();
  });

  test('that cannot connect fails with the address, and its Delete does not connect', async () => {
    const port = await findFreePort();
    const scene = new StackScene(rehearsal, {
      environment: { DATABASE_PORT: String(port), CONNECT_SECONDS: '1' },
    });
    const { stack } = scene;
    const secretsBefore = rehearsal.secrets.calls.length;
    const result = await stack.deploy(RELEASES.good, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(`127.0.0.1:${port} took no connection for`);
    expect(result.reason).toContain('ECONNREFUSED');
    expect(result.reason).toContain('nothing listens there');
    expect(scene.requests).toEqual(['Create failed', 'Delete success']);
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
    // The secret is read for a connection only.
    expect(rehearsal.secrets.calls.length - secretsBefore).toBe(1);
    expect(await scene.tables()).toEqual([]);
    await scene.end();
  });
});
