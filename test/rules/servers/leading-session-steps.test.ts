import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

const A = migration('CREATE TABLE a (id INT PRIMARY KEY)', 'DROP TABLE a');
const SETS = [
  ['nothing', ''],
  ['SET', 'SET foreign_key_checks = 0; '],
  ['USE', 'USE information_schema; USE app; '],
] as const;

describe.each(servers())('steps that set the session, on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  const here = (steps: string): string => steps.replace('app', scene.name);

  test.each(SETS)('rule 12: with %s before its first statement, one that fails there did nothing', async (_, set) => {
    const first = release({ '0001_a': A });
    const next = release({
      '0001_a': A,
      '0002_new': migration('CREATE TABLE z (id INT PRIMARY KEY)', 'DROP TABLE z'),
      '0003_never': `-- migrate:up\n${here(set)}ALTER TABLE ${scene.name}.a DROP COLUMN missing;\n-- migrate:irreversible\n`,
    });
    await scene.created(first);
    const answer = await scene.updated(first, next);
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('as it was before') as string });
    expect(await scene.updated(next, first)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_a applied']);
  });

  test.each(SETS)(
    'rule 12: with %s before its first statement, a down that fails there did nothing',
    async (_, set) => {
      const z = migration('CREATE TABLE z (id INT PRIMARY KEY)', 'DROP TABLE z');
      const down = `${here(set)}ALTER TABLE ${scene.name}.a DROP COLUMN missing`;
      const old = release({ '0001_z': z, '0002_a': migration('CREATE TABLE a (id INT PRIMARY KEY)', down) });
      const next = release({ '0001_z': z }, { OnRemoved: 'REVERT' });
      await scene.created(old);
      await scene.settle();
      expect(await scene.updated(old, next)).toMatchObject({ status: 'FAILED' });
      expect(await scene.updated(next, old)).toMatchObject({ status: 'SUCCESS' });
      expect(await scene.history()).toEqual(['0001_z applied', '0002_a applied']);
    },
  );

  test('rule 13: what a resumed migration sets does not hold for the next one', async () => {
    const code = release({
      '0001_mode': migration(
        `CREATE TABLE n (v TINYINT NOT NULL); SET sql_mode = ''; CREATE TABLE b (id INT); CREATE TABLE c (id INT)`,
        'DROP TABLE c; DROP TABLE b; DROP TABLE n',
      ),
      '0002_strict': migration('INSERT INTO n VALUES (9999)', 'DELETE FROM n'),
    });
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, 'CREATE TABLE b', 'after'))).rejects.toThrow(ProcessDied);
    const answer = await scene.answer(create, code);
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('(1264)') as string });
  });
});
