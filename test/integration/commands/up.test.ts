import { lockName } from '../../../lambda/session/lock';
import { parseHttpRequest, respond } from '../../../lambda/events/answer-http';
import type { World } from '../../../lambda/world';
import { servers } from '../../servers';
import { hastyClock, invoke } from '../by-hand';
import { FIRST, type Release, Scene, SECOND } from '../scene';

describe.each(servers())('the HTTP endpoint on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const call = async (method: string, path: string, code: Release): Promise<{ status: number; body: unknown }> => {
    const request = parseHttpRequest({ rawPath: path, requestContext: { http: { method } } });
    if (request === null) throw new Error('no HTTP request');
    const world: World = { ...scene.ports(code) };
    const { statusCode, body } = await respond(request, world, 'request-1');
    return { status: statusCode, body: JSON.parse(body) as unknown };
  };

  it('applies what is pending where no stack has deployed yet', async () => {
    expect(await call('POST', '/migrate', SECOND)).toEqual({
      status: 200,
      body: { applied: ['0001_user', '0002_name', '0003_orders'], version: '0003_orders' },
    });
    expect(await scene.deployments()).toEqual(['up applied']);
    expect(await call('POST', '/migrate', SECOND)).toMatchObject({ status: 200, body: { applied: [] } });
  });

  it('refuses a release that is not the one deployed last', async () => {
    await scene.created(FIRST);
    expect(await call('POST', '/migrate', SECOND)).toMatchObject({ status: 409, body: { code: 'code-not-updated' } });
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('does not come between a deployment and its rollback', async () => {
    await scene.created(FIRST);
    await scene.updated(FIRST, SECOND);
    expect(await call('POST', '/migrate', SECOND)).toMatchObject({ status: 200, body: { applied: [] } });
    expect(await scene.updated(SECOND, FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0003_orders, 0002_name' },
    });
  });

  it('refuses while a deployment holds the lock, and says who', async () => {
    const session = scene.session();
    await session.database.query(`SELECT GET_LOCK('${lockName(scene.name)}', 0)`);
    expect(await invoke(scene, SECOND, { command: 'up' }, { clock: hastyClock() })).toMatchObject({
      kind: 'refused',
      failure: { code: 'lock-not-free', message: expect.stringMatching(/^connection \d+ .*holds the lock/) },
    });
    expect(await scene.schema()).toEqual({});
  });

  it('tells the status', async () => {
    await scene.created(FIRST);
    expect(await call('GET', '/status', SECOND)).toMatchObject({
      status: 200,
      body: {
        migrations: [{ name: '0001_user', state: 'applied' }],
        pending: ['0002_name', '0003_orders'],
        deployment: { type: 'Create', status: 'applied', isSettled: false },
      },
    });
  });

  it('refuses other paths and methods without a look at the database', async () => {
    expect(await call('GET', '/', FIRST)).toMatchObject({ status: 404 });
    expect(await call('GET', '/migrate', FIRST)).toMatchObject({ status: 405 });
    expect(await call('POST', '/status', FIRST)).toMatchObject({ status: 405 });
    expect(scene.connections).toEqual([]);
  });
});
