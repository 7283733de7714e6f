import { servers } from '../../servers';
import { expectRefused, invoke } from '../by-hand';
import { FIRST, PHYSICAL_ID, release, Scene, SECOND, USER } from '../scene';

/** Tables of others that have a name of the journal's. */
const FOREIGN = [
  [
    'Yii 2',
    "CREATE TABLE migration (version VARCHAR(180) NOT NULL PRIMARY KEY, apply_time INT); INSERT INTO migration VALUES ('m000000_000000_base', 1)",
    'table migration (version, apply_time)',
  ],
  [
    'TypeORM with that name',
    "CREATE TABLE migration (id INT AUTO_INCREMENT PRIMARY KEY, timestamp BIGINT NOT NULL, name VARCHAR(255) NOT NULL); INSERT INTO migration VALUES (1, 2, '0001_user')",
    'table migration (id, timestamp, name)',
  ],
  [
    'db-migrate with that name',
    'CREATE TABLE migration (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL, run_on DATETIME NOT NULL)',
    'table migration (id, name, run_on)',
  ],
  ['a table without any name', 'CREATE TABLE migration (id INT)', 'table migration (id)'],
  ['a view', "CREATE VIEW migration AS SELECT '0001_user' AS name", 'view migration (name)'],
  [
    'deployments of somebody else',
    'CREATE TABLE migration_deployment (id INT PRIMARY KEY, status VARCHAR(9)); INSERT INTO migration_deployment VALUES (1, 1)',
    'table migration_deployment (id, status)',
  ],
] as const;

describe.each(servers())('a table of somebody else with the name of the journal on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  const run = async (statements: string): Promise<void> => {
    for (const statement of statements.split('; ')) await scene.sql(statement);
  };
  const everything = async (): Promise<unknown> => {
    const tables = await scene.sql(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${scene.name}'`,
    );
    const made = tables.map(({ name }) => scene.sql(`SHOW CREATE TABLE ${scene.name}.${String(name)}`));
    const rows = tables.map(({ name }) => scene.sql(`SELECT * FROM ${scene.name}.${String(name)}`));
    return Promise.all([...made, ...rows]);
  };

  describe.each(FOREIGN)('%s', (_, statements, what) => {
    let before: unknown;
    beforeEach(async () => {
      await run(statements);
      before = await everything();
    });
    afterEach(async () => expect(await everything()).toEqual(before));

    it('is refused by name at Create, and its Delete has nothing to do', async () => {
      const create = scene.create(FIRST);
      const answer = await scene.answer(create, FIRST);
      expect(answer).toMatchObject({ status: 'FAILED', physicalId: `${PHYSICAL_ID}:nothing` });
      expect(answer.reason).toContain(`the database has a ${what} that another tool`);
      expect(answer.reason).toContain('Rename it, or migrate another database');
      expect(answer.reason).toContain('[incompatible-journal]');
      expect(await scene.answer(scene.delete(FIRST, answer.physicalId), FIRST)).toMatchObject({ status: 'SUCCESS' });
      expect(await scene.created(FIRST)).toMatchObject({ status: 'FAILED' });
    });

    it.each(['RETAIN', 'REVERT'] as const)('is no concern of a Delete with onDelete %s', async (OnDelete) => {
      const code = release({ '0001_user': USER }, { OnDelete });
      for (const physicalId of [PHYSICAL_ID, 'made-by-cloudformation']) {
        expect(await scene.answer(scene.delete(code, physicalId), code)).toMatchObject({ status: 'SUCCESS' });
      }
    });

    it('is refused by an Update and by every command', async () => {
      expect((await scene.updated(FIRST, SECOND)).reason).toContain('[incompatible-journal]');
      await expectRefused(scene, FIRST, 'incompatible-journal');
      expect(await invoke(scene, FIRST, { command: 'verify' })).toMatchObject({
        findings: [{ code: 'incompatible-journal' }],
      });
      // Told to a stack that has no journal here.
      await scene.stackIs('UPDATE_COMPLETE');
    });
  });

  it('is none that umzug made with names alone: that is adopted, and gets its times', async () => {
    await run("CREATE TABLE migration (name VARCHAR(255) PRIMARY KEY); INSERT INTO migration VALUES ('0001_user.js')");
    await scene.sql(USER.split('\n')[1]!.replace(';', ''));
    expect(await scene.created(SECOND)).toMatchObject({
      status: 'SUCCESS',
      data: { Applied: '0002_name, 0003_orders' },
    });
    expect(await scene.history()).toEqual(['0001_user.js applied', '0002_name applied', '0003_orders applied']);
  });
});
