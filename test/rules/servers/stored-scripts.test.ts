import { sha256 } from '../../../lambda/manifest/checksum';
import { manifestOf } from '../../../lambda/manifest/manifest';
import { FIRST, NAME, PHYSICAL_ID, type Release, release, Scene, SECOND, USER } from '../../integration/scene';
import { servers } from '../../servers';
import { migration } from '../dying-process';

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  test.each(['FAIL', 'REVERT'] as const)(
    'rule 8: a Create whose release lacks what is applied is FAILED and names the owner, with onRemoved %s',
    async (onRemoved) => {
      await scene.created(SECOND);
      await scene.settle();
      const owner = scene.stackId;
      const before = await scene.schema();
      scene.renew();
      const other = release({ '0001_user': USER }, { OnRemoved: onRemoved });

      const answer = await scene.created(other);

      expect(answer).toMatchObject({ status: 'FAILED', physicalId: `${PHYSICAL_ID}:nothing` });
      expect(answer.reason).toContain('0003_orders, 0002_name');
      expect(answer.reason).toContain(owner);
      expect(await scene.schema()).toEqual(before);
    },
  );

  describe('rule 9: what a rollback kept', () => {
    const oneWay = (more: string): Release =>
      release({
        '0001_user': USER,
        '0002_one_way': `-- migrate:up\nCREATE TABLE one_way (id INT${more});\n-- migrate:irreversible`,
      });
    beforeEach(async () => {
      await scene.created(FIRST);
      await scene.settle();
      await scene.answer(scene.update(FIRST, oneWay('')), oneWay(''));
      expect(await scene.updated(oneWay(''), FIRST)).toMatchObject({
        status: 'SUCCESS',
        data: { Kept: '0002_one_way' },
      });
    });

    test('rule 9: a release that lacks it is not refused, and names it in Data.Kept', async () => {
      const next = release({ '0001_user': USER, '0003_name': NAME });
      expect(await scene.updated(FIRST, next)).toMatchObject({
        status: 'SUCCESS',
        data: { Kept: '0002_one_way', Applied: '0003_name' },
      });
    });

    test('rule 9: a release that contains it takes it over', async () => {
      expect(await scene.answer(scene.update(FIRST, oneWay('')), oneWay(''))).toMatchObject({
        status: 'SUCCESS',
        data: { Kept: '', Applied: '' },
      });
      expect(await scene.history()).toEqual(['0001_user applied', '0002_one_way applied']);
    });

    test('rule 9: a release that contains it with another text is FAILED', async () => {
      const edited = oneWay(' NOT NULL');
      const answer = await scene.updated(FIRST, edited);
      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toContain('[checksum-changed]');
      expect(await scene.history()).toEqual(['0001_user applied', '0002_one_way kept']);
    });
  });

  describe('rule 10', () => {
    const evil = '{"v":1,"up":["SELECT 1"],"down":["DROP TABLE victim"]}';
    beforeEach(async () => {
      await scene.created(FIRST);
      await scene.updated(FIRST, SECOND);
      await scene.sql('CREATE TABLE victim (id INT)');
      await scene.sql(`UPDATE ${scene.name}.migration SET script = COMPRESS('${evil}') WHERE name = '0003_orders'`);
    });

    test('rule 10: a stored script that somebody changed is not run', async () => {
      const answer = await scene.updated(SECOND, FIRST);
      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toContain('[not-vouched]');
      expect(Object.keys(await scene.schema())).toContain('table victim');
    });

    test('rule 10: nor where the stored manifest was changed to fit: its chain is not the digest of the request', async () => {
      const rows = await scene.sql(
        `SELECT UNCOMPRESS(manifest) AS m FROM ${scene.name}.migration_deployment ORDER BY id DESC LIMIT 1`,
      );
      const manifest = JSON.parse(String(rows[0]?.['m'])) as [string, string][];
      const forged = manifest.map(([name, hash]) => [name, name === '0003_orders' ? sha256(evil) : hash]);
      const text = JSON.stringify(forged);
      await scene.sql(`UPDATE ${scene.name}.migration_deployment SET manifest = COMPRESS('${text}')`);
      const answer = await scene.updated(SECOND, FIRST);
      expect(answer.reason).toContain('[not-vouched]');
      expect(Object.keys(await scene.schema())).toContain('table victim');
    });
  });

  test('rule 10: a new esbuild does not look like an edited migration, and its release is rolled back all the same', async () => {
    const source = `exports.up = async ({ query }) => { await query('CREATE TABLE made (id INT)'); };
exports.down = async ({ query }) => { await query('DROP TABLE made'); };`;
    const old = release({ '0001_made': source });
    await scene.created(old);
    await scene.settle();
    // The same file, bundled by another version.
    const bundled = release({ '0001_made': `"use strict";\n${source}`, '0002_user': USER });
    const entries = bundled.manifest.migrations.map((entry) =>
      entry.name === '0001_made' ? { ...entry, checksum: old.manifest.migrations[0]!.checksum } : entry,
    );
    const next = { ...bundled, manifest: { ...bundled.manifest, migrations: entries } };
    expect(await scene.updated(old, next)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_user' },
    });
    expect(await scene.updated(next, old)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_user' },
    });
  });

  test('rule 10: a stored statement is never split again', async () => {
    const next = release({
      '0001_user': USER,
      '0002_routine': migration('CREATE TABLE a (id INT)', 'DROP TABLE a'),
    });
    // One statement with ";" in it, which a splitter without DELIMITER would cut.
    const script = JSON.stringify({
      v: 1,
      up: ['CREATE TABLE a (id INT)'],
      down: ['CREATE PROCEDURE two() BEGIN SELECT 1; SELECT 2; END', 'DROP PROCEDURE two', 'DROP TABLE a'],
    });
    const manifest = manifestOf(
      next.manifest.migrations.map((entry) =>
        entry.name === '0002_routine' ? { ...entry, sha256: sha256(script) } : entry,
      ),
    );
    const code: Release = {
      manifest,
      scripts: new Map([...next.scripts, ['0002_routine', script]]),
      properties: { ...next.properties, Digest: manifest.digest },
    };
    await scene.created(FIRST);
    await scene.updated(FIRST, code);
    expect(await scene.updated(code, FIRST)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_routine', Drift: '' },
    });
  });
});
