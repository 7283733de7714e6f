import { stackServers } from '../servers';
import { DatabaseProxy } from './bad-days/database-proxy';
import { USER } from './small-migrations';
import { SECRET_ARN, synthesizeReleases } from './small-app';
import type { StackScene } from './stack-scene';
import { StackScenes } from './stack-scene';

const RELEASES = synthesizeReleases({
  trusting: { migrations: USER },
  untrusting: { migrations: USER, withoutCertificates: true },
});
const APPLIED = ['0001_user applied 2/2'];

/** Asking Secrets Manager and connecting give up after 8 s each; whoever does not is stopped by this. */
const ENOUGH_FOR_ONE_TIMEOUT_MS = 25_000;

describe.each(stackServers())('on $name', (server) => {
  const scenes = StackScenes.ofSuite(server);
  let proxy: DatabaseProxy;
  beforeEach(async () => {
    proxy = await DatabaseProxy.start(server);
  });
  afterEach(() => proxy.stop());

  function sceneBehindProxy(): StackScene {
    return scenes.begin({ environment: { DATABASE_PORT: String(proxy.port) } });
  }

  test('a database that is only starting is tried again until it is there', async () => {
    const scene = sceneBehindProxy();
    proxy.refuseNext(3);
    expect(await scene.stack.deploy(RELEASES.trusting)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(scene.said.match(/the database does not take the connection, trying again/g)).toHaveLength(3);
    expect(scene.attemptsAt('Create')).toEqual(['returned']);
    expect(await scene.history()).toEqual(APPLIED);
  });

  test('a password that was rotated is read anew', async () => {
    const scene = sceneBehindProxy();
    const { user: username, password } = server;
    scenes.rehearsal.secrets.set(SECRET_ARN, { username, password: 'of yesterday' });
    // The secret has been read by now, and what was read will be refused.
    proxy.onConnection = () => scenes.rehearsal.secrets.set(SECRET_ARN, { username, password });
    expect(await scene.stack.deploy(RELEASES.trusting)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await scene.history()).toEqual(APPLIED);
  });

  test('a wrong password fails with host and user, and without the password', async () => {
    const scene = sceneBehindProxy();
    const { user: username, password } = server;
    scenes.rehearsal.secrets.set(SECRET_ARN, { username, password: 'certainly-wrong' });
    const result = await scene.stack.deploy(RELEASES.trusting, { statusEvents: { hold: true } });
    scenes.rehearsal.secrets.set(SECRET_ARN, { username, password });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(
      `127.0.0.1:${proxy.port} refused the user ${username} (the secret was read anew once)`,
    );
    expect(scene.said).not.toContain('certainly-wrong');
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
  });

  test('a certificate that is not trusted fails, and nothing was sent', async () => {
    const scene = sceneBehindProxy();
    const result = await scene.stack.deploy(RELEASES.untrusting, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(`the certificate of 127.0.0.1:${proxy.port} is not trusted`);
    expect(result.reason).toContain('nothing was sent');
    expect(proxy.received.length).toBeGreaterThan(0);
    expect(Buffer.concat(proxy.received).includes(server.user)).toBe(false);
    expect(scene.requests).toEqual(['Create failed', 'Delete success']);
    expect(await scene.tables()).toEqual([]);
  });
});

describe('with endpoints of AWS that fail', () => {
  const scenes = StackScenes.ofSuite(stackServers()[0]!);
  let scene: StackScene;
  beforeEach(() => {
    scene = scenes.begin();
  });

  test.each(['status-503', 'reset'] as const)('an answer that fails twice by %s is sent again', async (fault) => {
    scenes.rehearsal.answers.failNext(2, fault);
    expect(await scene.stack.deploy(RELEASES.trusting)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(scene.attemptsAt('Create')).toEqual(['returned']);
    expect(await scene.history()).toEqual(APPLIED);
  });

  test('a secret that may not be read fails by name, and needs no database at its Delete', async () => {
    scenes.rehearsal.secrets.failNext(1, 'access-denied');
    const result = await scene.stack.deploy(RELEASES.trusting, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(
      `Secrets Manager refused to give the secret ${SECRET_ARN} (HTTP 400, AccessDeniedException)`,
    );
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
    expect(await scene.tables()).toEqual([]);
  });

  test('a Secrets Manager without a route fails by name within its time-out', async () => {
    scene = scenes.begin({ functionTimeoutMs: ENOUGH_FOR_ONE_TIMEOUT_MS });
    scenes.rehearsal.secrets.failNext(1, 'hang');
    const result = await scene.stack.deploy(RELEASES.trusting, { statusEvents: { hold: true } });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(
      `Secrets Manager at ${new URL(scenes.rehearsal.secrets.url).host} cannot be reached`,
    );
    expect(result.reason).toContain('interface endpoint for Secrets Manager, or a NAT gateway');
    expect(await scene.tables()).toEqual([]);
  });

  test('a database that lets nobody in fails with the port, after the first time-out', async () => {
    const proxy = await DatabaseProxy.start(stackServers()[0]!);
    proxy.treatment = 'hang';
    scene = scenes.begin({
      environment: { DATABASE_PORT: String(proxy.port), CONNECT_SECONDS: '1' },
      functionTimeoutMs: ENOUGH_FOR_ONE_TIMEOUT_MS,
    });
    const result = await scene.stack.deploy(RELEASES.trusting, { statusEvents: { hold: true } });
    await proxy.stop();
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toContain(`127.0.0.1:${proxy.port} took no connection for`);
    expect(proxy.connections).toBe(1);
    expect([...scene.physicalIds]).toEqual([expect.stringMatching(/:nothing$/)]);
  });

  test('a Secrets Manager that has too much to do is asked again', async () => {
    scenes.rehearsal.secrets.failNext(1, 'throttled');
    expect(await scene.stack.deploy(RELEASES.trusting)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });
});
