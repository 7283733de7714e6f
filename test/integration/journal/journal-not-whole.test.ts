import { servers } from '../../servers';
import { expectRefused, invoke } from '../by-hand';
import { PHYSICAL_ID, release, Scene, USER } from '../scene';

/** As a dump of mysqldump is: applied again, it would take the rows. */
const DUMPED = USER.replace('CREATE TABLE user', 'DROP TABLE IF EXISTS user;\nCREATE TABLE user');
const A = release({ '0001_user': DUMPED });
const tableOf = (name: string): string =>
  `-- migrate:up\nCREATE TABLE ${name} (id INT);\n-- migrate:down\nDROP TABLE ${name};`;
const B = release({ '0001_user': DUMPED, '0002_b': tableOf('b') });
const C = release({ '0001_user': DUMPED, '0002_b': tableOf('b'), '0003_c': tableOf('c') });
const A_REVERTED = release({ '0001_user': DUMPED }, { OnDelete: 'REVERT' });

/** What somebody does to the journal of a database that has one migration. */
const LOSSES = [
  ['migration is dropped', 'DROP TABLE migration', 'there is no table migration'],
  ['migration is emptied', 'TRUNCATE migration', 'left 1 applied in the table migration, which has 0'],
  ['a row of migration is deleted', "DELETE FROM migration WHERE name = '0001_user'", 'which has 0'],
  [
    'migration is another table',
    'DROP TABLE migration; CREATE TABLE migration (version VARCHAR(180) PRIMARY KEY, apply_time INT)',
    'another than the one',
  ],
  [
    'migration is one as umzug makes it',
    'DROP TABLE migration; CREATE TABLE migration (name VARCHAR(255) PRIMARY KEY)',
    'another than the one',
  ],
  ['migration_deployment is dropped', 'DROP TABLE migration_deployment', 'there is no such table migration_deployment'],
  ['migration_deployment is emptied', 'TRUNCATE migration_deployment', 'which the table migration_deployment lacks'],
  [
    'migration_deployment is another table',
    'DROP TABLE migration_deployment; CREATE TABLE migration_deployment (id INT)',
    'there is no such table migration_deployment',
  ],
] as const;

describe.each(servers())('a journal that is not whole on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const rows = (table: string): Promise<unknown> => scene.sql(`SELECT * FROM ${scene.name}.${table}`);
  const run = async (statements: string): Promise<void> => {
    for (const statement of statements.split('; ')) await scene.sql(statement);
  };
  const users = (): Promise<unknown> => scene.sql(`SELECT email FROM ${scene.name}.user`);
  const LIVE = [{ email: 'live@example.com' }];
  beforeEach(async () => {
    await scene.created(A);
    await scene.sql(`INSERT INTO user (email) VALUES ('live@example.com')`);
  });

  describe.each(LOSSES)('where %s', (_, statements, what) => {
    beforeEach(() => run(statements));

    it('is never taken for a fresh database by a deployment, nor by its rollback', async () => {
      const before = await scene.schema();
      const update = await scene.updated(A, B);
      expect(update).toMatchObject({ status: 'FAILED', data: { Applied: '' } });
      expect(update.reason).toContain('[journal-incomplete]');
      expect(update.reason).toContain(what);
      expect(update.reason).toContain('nothing was run');
      // Of which it is not known, or known, that nothing of the deployment stands.
      expect(await scene.updated(B, A)).toMatchObject({
        status: statements.includes('migration_deployment') ? 'FAILED' : 'SUCCESS',
        data: { Applied: '', Reverted: '' },
      });
      expect(await users()).toEqual(LIVE);
      expect(await scene.schema()).toEqual(before);
    });

    it('is refused by a Create of another stack, and by one of the same name', async () => {
      scene.renew();
      const answer = await scene.created(A);
      expect(answer).toMatchObject({ status: 'FAILED', physicalId: `${PHYSICAL_ID}:nothing` });
      expect(answer.reason).toContain('[journal-incomplete]');
      expect(await users()).toEqual(LIVE);
    });

    it('does not hold up a Delete that leaves the schema, and refuses one that reverts', async () => {
      expect(await scene.answer(scene.delete(A_REVERTED), A)).toMatchObject({
        status: 'FAILED',
        data: { Reverted: '' },
      });
      expect(await scene.answer(scene.delete(A), A)).toMatchObject({ status: 'SUCCESS', data: { Reverted: '' } });
      expect(await users()).toEqual(LIVE);
    });

    it('is refused by every command, and verify says it', async () => {
      await expectRefused(scene, A, 'journal-incomplete');
      expect(await invoke(scene, A, { command: 'verify' })).toMatchObject({
        ok: false,
        findings: [{ code: 'journal-incomplete', message: expect.stringContaining(what) }],
      });
      expect(await users()).toEqual(LIVE);
    });
  });

  it('a rollback of what stands is refused, and goes on once the table is restored', async () => {
    await scene.updated(A, B);
    await run('CREATE TABLE saved LIKE migration; INSERT INTO saved SELECT * FROM migration; DROP TABLE migration');
    expect(await scene.updated(B, A)).toMatchObject({ status: 'FAILED' });
    await run('RENAME TABLE saved TO migration');
    expect(await scene.updated(B, A)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0002_b' },
    });
    expect(await users()).toEqual(LIVE);
  });

  it('one of several rows is missed, also by a deployment of the same release', async () => {
    await scene.updated(A, B);
    await scene.sql("DELETE FROM migration WHERE name = '0001_user'");
    const again = await scene.updated(A, B);
    expect(again.reason).toContain('deployment 2 left 2 applied in the table migration, which has 1');
    expect(await users()).toEqual(LIVE);
  });

  it('after a rollback the rows of the release before are missed, too', async () => {
    await scene.updated(A, B);
    await scene.updated(B, A);
    await scene.sql('TRUNCATE migration');
    expect((await scene.updated(A, B)).reason).toContain('[journal-incomplete]');
    expect(await users()).toEqual(LIVE);
  });

  it('is none where a process died between the making of its two tables', async () => {
    await run('DELETE FROM migration; DROP TABLE migration_deployment, user');
    expect(await invoke(scene, A, { command: 'plan' })).toMatchObject({ apply: ['0001_user'], contract: [] });
    scene.renew();
    expect(await scene.created(A)).toMatchObject({ status: 'SUCCESS', data: { Applied: '0001_user' } });
  });

  it('is none where only a Delete left its mark, nor after all was reverted', async () => {
    await run('DROP TABLE migration, migration_deployment, user');
    await scene.answer(scene.delete(A, 'made-by-cloudformation'), A);
    expect(await rows('migration')).toEqual([]);
    scene.renew();
    expect(await scene.answer(scene.create(A_REVERTED), A)).toMatchObject({ status: 'SUCCESS' });
    await scene.stackIs('CREATE_COMPLETE');
    const other = release({ '0001_user': DUMPED }, { OnDelete: 'REVERT', OutOfOrder: 'FAIL' });
    await scene.answer(scene.update(A_REVERTED, other), A);
    expect(await scene.answer(scene.delete(other), A)).toMatchObject({
      status: 'SUCCESS',
      data: { Reverted: '0001_user' },
    });
    expect(await rows('migration')).toEqual([]);
    expect(await invoke(scene, A, { command: 'verify' })).toMatchObject({ findings: [] });
    scene.renew();
    expect(await scene.created(A)).toMatchObject({ status: 'SUCCESS' });
  });

  it('is none after down and after a repair', async () => {
    await scene.updated(A, B);
    expect(await invoke(scene, B, { command: 'down', steps: 2 })).toMatchObject({ kind: 'reverted' });
    expect(await invoke(scene, B, { command: 'plan' })).toMatchObject({ apply: ['0001_user', '0002_b'], contract: [] });
    expect(await invoke(scene, B, { command: 'up' })).toMatchObject({ kind: 'applied' });
    await scene.sql('DROP TABLE b');
    await invoke(scene, B, { command: 'repair', migration: '0002_b', is: 'reverted' });
    expect(await invoke(scene, B, { command: 'plan' })).toMatchObject({ apply: ['0002_b'], contract: [] });
    expect(await scene.updated(B, C)).toMatchObject({ status: 'SUCCESS' });
  });
});
