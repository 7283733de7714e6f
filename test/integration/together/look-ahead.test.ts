import { databaseOf } from '../../../lambda/edges/database/database-of';
import { lookAhead, onlyTableOf } from '../../../lambda/look/look-ahead';
import { stepFingerprint } from '../../../lambda/look/step-fingerprint';
import type { Database } from '../../../lambda/ports';
import { stepOf } from '../../../lambda/sql/step';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { FIRST, release, Scene, USER } from '../scene';

describe.each(servers())('a look at the tables of steps to come, on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  let database: Database;
  beforeEach(async () => {
    await scene.sql('CREATE TABLE old (id INT PRIMARY KEY, name VARCHAR(20), KEY named (name)) AUTO_INCREMENT = 7');
    await scene.sql('CREATE TABLE parent (id INT PRIMARY KEY)');
    await scene.sql('CREATE VIEW seen AS SELECT id FROM old');
    database = databaseOf(scene.outside, scene.name);
  });

  it('gives each the fingerprint that a look at it alone would give', async () => {
    const steps = [
      'CREATE TABLE a (id INT)',
      'ALTER TABLE old ADD COLUMN size INT, DROP KEY named',
      'CREATE TABLE `b c` (id INT, FOREIGN KEY (id) REFERENCES parent (id))',
      'CREATE INDEX other ON parent (id)',
      'CREATE TABLE d LIKE old',
    ].map(stepOf);
    expect(new Set(steps.map(onlyTableOf)).size).toBe(steps.length);

    const look = await lookAhead(database, steps);
    for (const [at, step] of steps.entries()) {
      expect([step.text, look?.fingerprints[at]]).toEqual([step.text, await stepFingerprint(database, step)]);
      await scene.sql(step.text);
    }
  });

  it.each(['old', 'OLD', 'seen'])('ends before one that would make %s, where that is there', async (name) => {
    const steps = ['CREATE TABLE a (id INT)', `CREATE TABLE ${name} (id INT)`, 'CREATE TABLE b (id INT)'].map(stepOf);
    const look = await lookAhead(database, steps);
    const [, second] = look?.fingerprints ?? [];
    // In other letters it may be another table.
    if (name === 'OLD' && second !== undefined) expect(second).toBe(await stepFingerprint(database, steps[1]!));
    else expect(look?.fingerprints).toHaveLength(1);
  });

  it('gives nothing where a table that is to be changed is not there', async () => {
    expect(await lookAhead(database, ['CREATE TABLE a (id INT)', 'ALTER TABLE b ADD c INT'].map(stepOf))).toBeNull();
  });

  describe('a live table is not dropped where a process dies before the migration that would make one of its name', () => {
    const made = migration('CREATE TABLE users (id INT)', 'DROP TABLE users');
    const other = 'absent_tables_other';
    afterEach(() => scene.sql(`DROP DATABASE IF EXISTS ${other}`));

    it.each([
      [
        'after a migration that worked in another database',
        {
          '0002_other': migration(`USE ${other}; CREATE TABLE a (id INT); CREATE TABLE b (id INT)`),
          '0003_users': made,
        },
      ],
      [
        'in a session that shows no rows',
        {
          '0002_users': migration(
            'SET sql_select_limit = 0; CREATE TABLE users (id INT); CREATE TABLE b (id INT)',
            'DROP TABLE b; DROP TABLE users',
          ),
        },
      ],
    ])('%s', async (_, migrations) => {
      await scene.sql(`CREATE DATABASE ${other}`);
      await scene.created(FIRST);
      await scene.settle();
      await scene.sql('CREATE TABLE users (name VARCHAR(10))');
      const next = release({ '0001_user': USER, ...migrations });
      const update = scene.update(FIRST, next);
      await expect(scene.run(update, next, dyingAt(scene, 'CREATE TABLE users', 'before'))).rejects.toThrow(
        ProcessDied,
      );
      await scene.updated(next, FIRST);

      expect(Object.keys(await scene.schema())).toContain('table users');
    });
  });
});
