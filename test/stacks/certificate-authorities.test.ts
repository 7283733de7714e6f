import { stackServers } from '../servers';
import { USER } from './small-migrations';
import { synthesizeReleases } from './small-app';
import { productionNode, rehearseOn, StackScene } from './stack-scene';

const OWN_CA = stackServers().filter(({ caFile }) => caFile !== undefined);

test('there is a server whose certificate is of an authority of its own', () => {
  expect(OWN_CA).not.toEqual([]);
});

describe.each(OWN_CA)('a database of a company’s own authority, on $name', (server) => {
  const releases = synthesizeReleases({
    // The authority is trusted by what is in the code alone.
    own: { migrations: USER, withoutCertificates: true, props: { certificateAuthorities: server.caFile! } },
    none: { migrations: USER, withoutCertificates: true },
  });

  test('is migrated with certificateAuthorities, and refused without', async () => {
    const rehearsal = await rehearseOn(server, { nodePath: productionNode() });
    const refused = new StackScene(rehearsal);
    const result = await refused.stack.deploy(releases.none, { statusEvents: { hold: true } });
    expect(result.reason).toContain('is not trusted');
    const scene = new StackScene(rehearsal);
    expect(await scene.stack.deploy(releases.own)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(await scene.history()).toEqual(['0001_user applied 2/2']);
    await scene.end();
    await refused.end();
    await rehearsal.stop();
  });
});
