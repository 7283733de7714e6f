import { baseAndNext, dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { release, Scene, type Release } from '../scene';

const BASE = 'CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE zz (id INT PRIMARY KEY)';
const ALTER = 'ALTER TABLE a ADD COLUMN z INT';

describe.each(servers())('a step that sets the session and cannot be run again, on $name', (server) => {
  let scene: Scene;
  let other: string;
  beforeEach(async () => {
    scene = await Scene.start(server);
    other = `${scene.name}_other`;
  });
  afterEach(async () => {
    await scene.sql(`DROP DATABASE IF EXISTS ${other}`);
    await scene.end();
  });

  const here = (text: string): string => text.replaceAll('{other}', other).replaceAll('{db}', scene.name);
  const releases = (up: string, down: string): readonly [Release, Release] => baseAndNext(BASE, here(up), here(down));

  /** An update dies after its ALTER; then what comes next is answered. */
  const after = async ([A, B]: readonly [Release, Release], way: 'resumed' | 'rolled back', dies = ALTER) => {
    await scene.created(A);
    const update = scene.update(A, B);
    await expect(scene.run(update, B, dyingAt(scene, dies, 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    return way === 'resumed' ? scene.answer(update, B) : scene.updated(B, A);
  };

  const VISIT = 'CREATE DATABASE {other}; USE {other}; CREATE TABLE t (id INT); USE {db}; DROP DATABASE {other}';
  const FUNCTION =
    'CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 7; SET @a = f(); INSERT INTO zz VALUES (@a); DROP FUNCTION f';
  const SETTING = 'CREATE TABLE cfg AS SELECT 1 AS v; SET foreign_key_checks = (SELECT v FROM cfg); DROP TABLE cfg';
  const DROPS = 'ALTER TABLE a DROP COLUMN z';

  test.each([
    ['a USE of a database that is gone, and of another', `${VISIT}; ${ALTER}`, DROPS],
    ['the same, and goes on with another step', `${VISIT}; ${ALTER}; INSERT INTO a VALUES (1, 2)`, DROPS],
    ['a variable from a function that is gone', `${FUNCTION}; ${ALTER}`, `DELETE FROM zz; ${DROPS}`],
    ['a setting from a table that is gone', `${SETTING}; ${ALTER}`, DROPS],
  ])('does not keep the function from seeing what was done: %s', async (_what, up, down) => {
    expect(await after(releases(up, down), 'resumed')).toMatchObject({ status: 'SUCCESS' });
    expect((await scene.schema())['table a']).toContain('`z`');
    expect(await scene.history()).toEqual(['0001_base applied', '0002_next applied']);
  });

  test.each([
    ['a USE of a database that is gone, and of another', `${VISIT}; ${ALTER}`, DROPS],
    ['a variable from a function that is gone', `${FUNCTION}; ${ALTER}`, `DELETE FROM zz; ${DROPS}`],
    ['a setting from a table that is gone', `${SETTING}; ${ALTER}`, DROPS],
  ])('does not keep the rollback from reverting it: %s', async (_what, up, down) => {
    const [A, B] = releases(up, down);
    await scene.created(A);
    const before = await scene.schema();
    const answer = await after([A, B], 'rolled back');
    expect([answer.status, answer.data.Drift, await scene.schema()]).toEqual(['SUCCESS', '', before]);
    expect(await scene.sql('SELECT * FROM zz')).toEqual([]);
  });

  test('does not hinder a down that died after it', async () => {
    const [A, B] = releases('CREATE TABLE b (id INT)', `${VISIT}; DROP TABLE b`);
    await scene.created(A);
    await scene.updated(A, B);
    const back = scene.update(B, A);
    await expect(scene.run(back, A, dyingAt(scene, 'DROP TABLE b', 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    expect(await scene.answer(back, A)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_base applied']);
  });

  test('is named as what fails where the steps after it need it, and the migration is reverted', async () => {
    const answer = await after(releases(`${SETTING}; ${ALTER}; INSERT INTO a VALUES (1, 2)`, DROPS), 'resumed');
    expect([answer.status, answer.data.Drift]).toEqual(['FAILED', '']);
    expect(answer.reason).toContain('failed at step 2 of 5 (line 2), done before and run again to go on at step 5: ');
    expect(answer.reason).toContain('(1146)');
    expect(answer.reason).toContain('the schema is as it was before the deployment');
  });

  test.each([
    [
      'it says in which database a name is',
      'CREATE DATABASE {other}; USE {other}; CREATE TABLE t (id INT)',
      'CREATE TABLE t',
    ],
    ['it says how definitions are printed', `SET sql_mode = (SELECT v FROM cfg); ${ALTER}`, ALTER],
  ])('asks a person where nothing else shows what was done: %s', async (_what, up, dies) => {
    await scene.sql("CREATE TABLE cfg AS SELECT 'ANSI_QUOTES' AS v");
    const [A, B] = releases(up, 'DO 0');
    await scene.created(A);
    const update = scene.update(A, B);
    await expect(scene.run(update, B, dyingAt(scene, dies, 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    await scene.sql('DROP TABLE cfg');
    await scene.sql(`DROP DATABASE IF EXISTS ${other}`);
    for (const answer of [await scene.answer(update, B), await scene.updated(B, A)])
      expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
  });

  test('names that say their database are seen though a USE fails', async () => {
    const up = 'CREATE DATABASE {other}; USE {other}; DROP DATABASE {other}';
    const answer = await after(releases(up, 'DO 0'), 'resumed', here('DROP DATABASE {other}'));
    expect(answer).toMatchObject({ status: 'SUCCESS' });
  });

  test('SET insert_id is not used up twice', async () => {
    const make = 'CREATE TABLE s (id INT AUTO_INCREMENT PRIMARY KEY, x INT); CREATE TABLE s2 LIKE s';
    const up = `${make}; SET insert_id = 100; INSERT INTO s (x) VALUES (1); ${ALTER}; INSERT INTO s2 (x) VALUES (2)`;
    const answer = await after(releases(up, `${DROPS}; DROP TABLE s2; DROP TABLE s`), 'resumed');
    expect([answer.status, await scene.sql('SELECT id FROM s UNION ALL SELECT id FROM s2')]).toEqual([
      'SUCCESS',
      [{ id: 100 }, { id: 1 }],
    ]);
  });

  test('SET insert_id that is not used up is not left for the next migration, or the journal', async () => {
    await scene.sql('CREATE TABLE s (id INT AUTO_INCREMENT PRIMARY KEY, x INT)');
    const code = release({
      '0001_set': migration(`SET insert_id = 100; CREATE TABLE t (id INT)`, 'DROP TABLE t'),
      '0002_insert': migration('INSERT INTO s (x) VALUES (1)', 'DELETE FROM s'),
    });
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT * FROM s')).toEqual([{ id: 1, x: 1 }]);
  });
});
