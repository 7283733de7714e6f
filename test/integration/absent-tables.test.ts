import { databaseOf } from '../../lambda/edges/database-of';
import { AbsentTables } from '../../lambda/look/absent-tables';
import { stepFingerprint } from '../../lambda/look/step-fingerprint';
import type { Database } from '../../lambda/ports';
import { type Step, stepOf } from '../../lambda/sql/step';
import { servers } from '../servers';
import { dyingAt, migration, ProcessDied } from '../rules/servers/dying-process';
import { FIRST, release, Scene, USER } from './scene';

describe.each(servers())('of tables that steps are about to make, on $name', (server) => {
  let scene: Scene;
  let database: Database;
  let queries: number;
  let now: number;
  let tables: AbsentTables;
  beforeEach(async () => {
    scene = await Scene.start(server);
    await scene.outside.promise().query(`USE ${scene.name}`);
    const own = databaseOf(scene.outside, scene.name);
    database = { ...own, query: (sql) => ((queries += 1), own.query(sql)) };
    queries = 0;
    now = 1_000_000;
    tables = new AbsentTables(database, { now: () => now, remaining: () => 60_000, sleep: () => Promise.resolve() });
  });
  afterEach(() => scene.end());

  const made = (...names: readonly string[]): Step[] => names.map((name) => stepOf(`CREATE TABLE ${name} (id INT)`));
  const run = async (step: Step): Promise<void> => {
    await scene.outside.promise().query(step.text);
    tables.note(step);
  };

  it('many are looked for at once, and each has the fingerprint that a look at it alone would give', async () => {
    const steps = made('a', 'b', 'c');
    tables.expect(() => steps);
    for (const step of steps) {
      const ahead = await tables.fingerprintOf(step);
      const before = queries;
      expect(ahead).toBe(await stepFingerprint(database, step));
      queries = before;
      await run(step);
    }
    expect(queries).toBe(1);
  });

  it('one that is there is left to a look of its own', async () => {
    await scene.sql('CREATE TABLE b (id INT)');
    const steps = made('a', 'b', 'c');
    tables.expect(() => steps);

    expect(await tables.fingerprintOf(steps[0]!)).not.toBeNull();
    expect(await tables.fingerprintOf(steps[1]!)).toBeNull();
    expect(await tables.fingerprintOf(steps[2]!)).not.toBeNull();
  });

  it('one that a step made is not taken for absent when it is to be made again', async () => {
    const steps = made('a', 'a', 'c');
    tables.expect(() => steps);
    await tables.fingerprintOf(steps[0]!);
    await run(steps[0]!);

    expect(await tables.fingerprintOf(steps[1]!)).toBeNull();
  });

  it.each(['RENAME TABLE old TO b', 'CREATE VIEW b AS SELECT 1 AS one', "SET sql_mode = ''", 'CALL makes()'])(
    'all is forgotten after %s',
    async (between) => {
      const steps = [...made('a'), stepOf(between), ...made('b', 'c')];
      tables.expect(() => steps);
      expect(await tables.fingerprintOf(steps[0]!)).toBeNull();
      expect(queries).toBe(0);
      // What others made since then is seen.
      await scene.sql('CREATE TABLE b (id INT)');
      tables.note(steps[1]!);

      expect(await tables.fingerprintOf(steps[2]!)).toBeNull();
    },
  );

  it('rows that are changed in between change nothing of it', async () => {
    const steps = [...made('a'), stepOf('INSERT INTO a VALUES (1)'), ...made('b')];
    tables.expect(() => steps);
    for (const step of steps) {
      await tables.fingerprintOf(step);
      await run(step);
    }
    expect(queries).toBe(1);
  });

  it('what was seen half a second ago is looked for again', async () => {
    const steps = made('a', 'b', 'c');
    tables.expect(() => steps);
    await tables.fingerprintOf(steps[0]!);
    await run(steps[0]!);
    await scene.sql('CREATE TABLE b (id INT)');
    now += 501;

    expect(await tables.fingerprintOf(steps[1]!)).toBeNull();
  });

  it.each([
    'CREATE TABLE IF NOT EXISTS a (id INT)',
    'CREATE TEMPORARY TABLE a (id INT)',
    'CREATE TABLE other.a (id INT)',
    'ALTER TABLE a ADD COLUMN b INT',
    'DROP TABLE a',
  ])('nothing is told of %s', async (text) => {
    const steps = [stepOf(text), ...made('b', 'c')];
    tables.expect(() => steps);

    expect(await tables.fingerprintOf(steps[0]!)).toBeNull();
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
      await scene.answer(scene.create(FIRST), FIRST);
      await scene.settle();
      await scene.sql('CREATE TABLE users (name VARCHAR(10))');
      const next = release({ '0001_user': USER, ...migrations });
      const update = scene.update(FIRST, next);
      await expect(scene.run(update, next, dyingAt(scene, 'CREATE TABLE users', 'before'))).rejects.toThrow(
        ProcessDied,
      );
      await scene.answer(scene.update(next, FIRST), FIRST);

      expect(Object.keys(await scene.schema())).toContain('table users');
    });
  });
});
