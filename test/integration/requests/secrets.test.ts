import { baseAndNext } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene } from '../scene';

describe.each(servers())('on $name, the password of a statement that the server cannot read', (server) => {
  const scene = Scene.ofEachTest(server);

  test.each([
    ["CREATE USER u_x IDENTIFIED BY 'hush-1' NIX 1"],
    ["CREATE USER u_x\n  IDENTIFIED NIX 'hush-1'"],
    ["SET PASSWORD NIX 'hush-1'"],
  ])('is told nowhere: %s', async (up) => {
    const [A, B] = baseAndNext('CREATE TABLE t (id INT)', up, 'DO 0');
    await scene.created(A);
    const { status, reason } = await scene.updated(A, B);
    expect([status, reason]).toEqual(['FAILED', expect.stringContaining("near '…' at line ")]);
    const stored = await scene.sql(`SELECT error FROM ${scene.name}.migration_deployment`);
    expect(JSON.stringify([reason, stored, scene.logged])).not.toContain('hush');
  });

  test('is not told of a JavaScript migration either', async () => {
    const module = 'exports.up = ({ query }) => query("CREATE USER u_x IDENTIFIED BY \'hush-1\' NIX 1");';
    const { status, reason } = await scene.created(release({ '0001_module': module }));
    expect([status, reason]).toEqual(['FAILED', expect.stringContaining("near '…' at line ")]);
    expect(JSON.stringify([reason, scene.logged])).not.toContain('hush');
  });
});
