import { databaseOf } from '../../../lambda/edges/database/database-of';
import { readDefinition } from '../../../lambda/look/definition';
import { sha256 } from '../../../lambda/manifest/checksum';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { invoke } from '../by-hand';
import { release, Scene } from '../scene';

const COLUMNS = 'id INT PRIMARY KEY, name VARCHAR(20) CHARACTER SET utf8 COLLATE utf8_bin';
const USER = migration(`CREATE TABLE user (${COLUMNS}) CHARACTER SET utf8`, 'DROP TABLE user');
const NICK = 'ALTER TABLE user ADD COLUMN nick VARCHAR(20) CHARACTER SET utf8';
const FIRST = release({ '0001_user': USER });
const SECOND = release({ '0001_user': USER, '0002_nick': migration(NICK, 'ALTER TABLE user DROP COLUMN nick') });

/** What a definition that is printed now was printed as before. */
const OLDER = [
  ['MariaDB before 10.6', 'utf8mb3', 'utf8'],
  ['MySQL before 8.0.30', 'utf8mb3_', 'utf8_'],
] as const;

describe.each(servers())('a server that was upgraded, $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  test.each(OLDER)('%s has left a schema that is printed otherwise now: that is no drift', async (_what, now, then) => {
    await scene.sql(
      `UPDATE migration_deployment SET schemaAfter = SHA2('older', 256),
         schemaAfterText = COMPRESS(REPLACE(UNCOMPRESS(schemaAfterText), '${now}', '${then}'))`,
    );
    await scene.unlocked();
    expect(await invoke(scene, FIRST, { command: 'verify' })).toEqual({ ok: true, findings: [] });

    await scene.sql('ALTER TABLE user MODIFY name VARCHAR(20) CHARACTER SET utf8mb4');
    expect(await invoke(scene, FIRST, { command: 'verify' })).toMatchObject({ findings: [{ code: 'drift' }] });
  });

  test.each(OLDER)(
    '%s was stopped in the middle of a step: it is run, and not taken for done',
    async (_what, now, then) => {
      const request = scene.update(FIRST, SECOND);
      await expect(scene.run(request, SECOND, dyingAt(scene, NICK, 'before'))).rejects.toThrow(ProcessDied);
      const database = databaseOf(scene.outside, scene.name);
      const printed = (await readDefinition(database, 'TABLE `user`'))!.text.replaceAll(now, then);
      const mark = sha256(JSON.stringify([['TABLE `user`', printed]]));
      await scene.sql(`UPDATE migration SET \`before\` = '${mark}' WHERE name = '0002_nick'`);
      await scene.unlocked();

      expect(await scene.answer(request, SECOND)).toMatchObject({ status: 'SUCCESS' });

      expect((await scene.schema())['table user']).toContain('`nick`');
    },
  );
});
