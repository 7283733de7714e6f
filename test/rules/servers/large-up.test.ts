import { sha256 } from '../../../lambda/manifest/checksum';
import { manifestOf } from '../../../lambda/manifest/manifest';
import { outlineOf } from '../../../lambda/sql/up-outline';
import { FIRST, release, type Release, Scene, USER } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, ProcessDied } from '../dying-process';

const UP = [
  'CREATE TABLE b (t LONGTEXT)',
  `INSERT INTO b VALUES ('${'x'.repeat(5_000)}')`,
  'CREATE TABLE c (id INT)',
  'CREATE TABLE user (id INT)',
];
const DOWN = ['DROP TABLE user', 'DROP TABLE c', 'DELETE FROM b', 'DROP TABLE b'];

/** As the construct stores it, but for how large it is. */
function large(up: readonly string[]): { readonly code: Release; readonly up: readonly string[] } {
  const json = JSON.stringify({
    v: 1,
    up: [],
    upSha256: sha256(JSON.stringify(up)),
    upOutline: outlineOf(up),
    down: DOWN,
  });
  const { manifest, scripts, properties } = release({
    '0001_user': USER,
    '0002_big': '-- migrate:up\nDO 0;\n-- migrate:down\nDO 0;',
  });
  const both = manifestOf(
    manifest.migrations.map((entry) =>
      entry.name === '0002_big' ? { ...entry, sha256: sha256(json), steps: up.length } : entry,
    ),
  );
  const code = {
    manifest: both,
    scripts: new Map([...scripts, ['0002_big', json]]),
    properties: { ...properties, Digest: both.digest },
  };
  return { code, up };
}

describe.each(servers())('a migration that is too large for the journal, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const edited = large([...UP, 'DO 1']).code;
  const small = release({ '0001_user': USER, '0002_big': '-- migrate:up\nDO 1;\n-- migrate:down\nDO 1;' });

  test.each([
    ['old', FIRST],
    ['edited', edited],
    ['edited and no longer large', small],
  ])('is reverted half-way by %s code', async (_name, code) => {
    const { code: next, up } = large(UP);
    const own = { ...scene.ownScripts(next), largeUp: () => up };
    await scene.created(FIRST);
    const schema = await scene.schema();
    const dying = { ...dyingAt(scene, 'CREATE TABLE c', 'after'), own };
    await expect(scene.run(scene.update(FIRST, next), next, dying)).rejects.toThrow(ProcessDied);
    await scene.unlocked();

    const answer = await scene.answer(scene.update(next, FIRST), code, {
      own: {
        ...scene.ownScripts(code),
        largeUp: () => {
          throw new Error('it has none of that name');
        },
      },
    });
    expect([answer.status, answer.reason, answer.data.Reverted]).toEqual(['SUCCESS', expect.any(String), '0002_big']);
    expect(await scene.schema()).toEqual(schema);
    expect(await scene.history()).toEqual(['0001_user applied']);
  });
});
