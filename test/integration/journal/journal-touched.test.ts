import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, Scene, USER } from '../scene';

/** A release that has another migration beside the first one's. */
const withMore = (source: string): ReturnType<typeof release> => release({ '0001_user': USER, '0002_more': source });

const sqlOf = (up: string, down = 'DO 0;'): string => `-- migrate:up\n${up}\n-- migrate:down\n${down}`;

/** A JavaScript migration whose up and down run statements. */
const moduleOf = (up: string, down = 'DO 0'): string =>
  [
    `exports.up = async ({ query }) => { ${up} };`,
    `exports.down = async ({ query }) => { await query(${JSON.stringify(down)}); };`,
  ].join('\n');

describe.each(servers())('a migration that touches the journal on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  let before: unknown;
  const state = async (): Promise<unknown> => [
    await scene.schema(),
    await scene.history(),
    await scene.sql(`SELECT id, email FROM ${scene.name}.user`),
  ];
  beforeEach(async () => {
    await scene.created(FIRST);
    await scene.sql(`INSERT INTO ${scene.name}.user (email) VALUES ('live@example.com')`);
    before = await state();
  });

  it.each([
    ['a dump of another tool', 'DROP TABLE IF EXISTS `migration`; CREATE TABLE `migration` (version INT);'],
    ['a row', "CREATE TABLE a (id INT); INSERT INTO migration (name) VALUES ('x');"],
    ['all rows', 'CREATE TABLE a (id INT); TRUNCATE TABLE migration_deployment;'],
    ['a procedure', 'CREATE TABLE a (id INT); CREATE PROCEDURE p() DELETE FROM migration;'],
    ['a temporary table', 'CREATE TEMPORARY TABLE migration (id INT);'],
  ])('%s: none of it is run, and the rollback changes nothing', async (_, up) => {
    const code = withMore(sqlOf(up));
    const answer = await scene.updated(FIRST, code);
    expect(answer).toMatchObject({ status: 'FAILED', data: { Applied: '', Drift: '' } });
    expect(answer.reason).toMatch(
      /0002_more\.sql was not run, because of step \d of \d \(line \d\): .* \[journal-touched\]/,
    );
    expect(await state()).toEqual(before);
    expect(await scene.answer(scene.update(code, FIRST), code)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '' },
    });
    expect(await state()).toEqual(before);
  });

  it('by the name of its database, which synth does not know: neither is that dropped', async () => {
    for (const up of [
      `USE ${scene.name}; DROP TABLE ${scene.name}.migration;`,
      `DROP DATABASE ${scene.name};`,
      `CREATE DATABASE IF NOT EXISTS ${scene.name}_b; USE ${scene.name}_b; DELETE FROM \`${scene.name}\`.migration;`,
    ]) {
      const code = withMore(sqlOf(up));
      const answer = await scene.updated(FIRST, code);
      expect(answer.reason).toContain('[journal-touched]');
      expect(await state()).toEqual(before);
    }
  });

  it('in its down only: is not applied, since it could not be reverted', async () => {
    const code = withMore(sqlOf('CREATE TABLE a (id INT);', 'DROP TABLE a; DELETE FROM migration;'));
    const answer = await scene.updated(FIRST, code);
    expect(answer.reason).toContain('because of step 2 of its down (line 4): DELETE migration is refused');
    expect(await state()).toEqual(before);
  });

  it('reverts what the release has applied before it', async () => {
    const code = release({
      '0001_user': USER,
      '0002_a': sqlOf('CREATE TABLE a (id INT);', 'DROP TABLE a;'),
      '0003_b': sqlOf('ALTER TABLE migration ADD COLUMN version INT;'),
    });
    expect(await scene.updated(FIRST, code)).toMatchObject({
      status: 'FAILED',
      data: { Reverted: '0002_a', Drift: '' },
    });
    expect(await state()).toEqual(before);
  });

  it('after a USE that the server refused, names mean what they meant before', async () => {
    const code = withMore(moduleOf('await query("USE nowhere").catch(() => 0); await query("DELETE FROM migration");'));
    const answer = await scene.updated(FIRST, code);
    expect(answer.reason).toContain('DELETE migration is refused');
    expect(await state()).toEqual(before);
  });

  it('as a query of JavaScript: it fails, and so it does where it catches the error', async () => {
    for (const up of [
      'await query("DELETE FROM migration");',
      'await query("INSERT INTO user (email) VALUES (?)", ["x"]); await query("UPDATE migration SET state = ?", ["x"]);',
      'try { await query("TRUNCATE migration"); } catch {}',
      'await query("CREATE TABLE a (id INT)").catch(() => {}); await query("DROP TABLE a"); await query("DROP TABLE migration");',
    ]) {
      const code = withMore(moduleOf(up));
      const answer = await scene.updated(FIRST, code);
      expect(answer).toMatchObject({ status: 'FAILED' });
      expect(answer.reason).toMatch(/0002_more\.js failed at its up: .* migration is refused/);
      // One that has left its transaction is not forgotten, but its rollback reverts it.
      await scene.answer(scene.update(code, FIRST), code);
      expect(await scene.sql(`SELECT email FROM ${scene.name}.user`)).toEqual([{ email: 'live@example.com' }]);
      expect((await scene.history())[0]).toBe('0001_user applied');
      await scene.sql(`DELETE FROM ${scene.name}.migration WHERE name = '0002_more'`);
    }
  });

  it('in a script of an older function: its rollback is refused by name and runs nothing', async () => {
    // What older code let through.
    const code = withMore(moduleOf('await query("CREATE TABLE a (id INT)");', 'DROP TABLE migration'));
    expect(await scene.updated(FIRST, code)).toMatchObject({ status: 'SUCCESS' });
    const answer = await scene.answer(scene.update(code, FIRST), code);
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toMatch(/reverting 0002_more failed at its down: .*DROP TABLE migration is refused/);
    expect(await scene.history()).toEqual(['0001_user applied', '0002_more reverting']);
  });

  it('may be read, and names like it may be used', async () => {
    const code = withMore(
      sqlOf(
        "CREATE TABLE migration_log (migration VARCHAR(255)); INSERT INTO migration_log SELECT name FROM migration; INSERT INTO migration_log VALUES ('DROP TABLE migration');",
        'DROP TABLE migration_log;',
      ),
    );
    expect(await scene.updated(FIRST, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.updated(code, FIRST)).toMatchObject({ status: 'SUCCESS' });
    expect(await state()).toEqual(before);
  });

  it('in other letters: is another table, where the server tells them apart', async () => {
    const code = withMore(sqlOf('CREATE TABLE Migration (id INT);', 'DROP TABLE Migration;'));
    expect(await scene.sql('SELECT @@lower_case_table_names AS setting')).toEqual([{ setting: 0 }]);
    expect(await scene.updated(FIRST, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.updated(code, FIRST)).toMatchObject({ status: 'SUCCESS' });
    expect(await state()).toEqual(before);
  });

  it('is refused by the command up, too', async () => {
    await scene.sql(`DROP TABLE ${scene.name}.migration, ${scene.name}.migration_deployment, ${scene.name}.user`);
    const code = withMore(sqlOf('DROP TABLE IF EXISTS migration;'));
    const result = await invoke(scene, code, { command: 'up' });
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('[journal-touched]') });
    expect(await scene.history()).toEqual([]);
  });
});
