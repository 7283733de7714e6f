import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

describe.each(servers())('on $name', (server) => {
  let scene: Scene;
  let reporting: string;
  beforeEach(async () => {
    scene = await Scene.start(server);
    reporting = `${scene.name}_reporting`;
    await scene.sql(`CREATE DATABASE ${reporting}`);
    await scene.sql(`CREATE TABLE ${reporting}.events (id INT)`);
    await scene.sql('CREATE TABLE events (id INT, precious TEXT)');
  });
  afterEach(async () => {
    await scene.sql(`DROP DATABASE IF EXISTS ${reporting}`);
    await scene.end();
  });

  const tablesOf = async (database: string): Promise<readonly string[]> =>
    (await scene.sql(`SHOW TABLES FROM ${database} WHERE Tables_in_${database} NOT LIKE 'migration%'`)).map((row) =>
      String(Object.values(row)[0]),
    );

  test.each([
    // No step is in doubt then: the resumption has nothing to look at before it runs the DROP.
    ['after the DML in front of the DROP', 'COMMIT', 'after'],
    ['before the DROP', 'DROP TABLE events', 'before'],
    ['after the DROP', 'DROP TABLE events', 'after'],
    ['after the step behind the DROP', 'CREATE TABLE last_step', 'after'],
  ] as const)(
    'rule 12: USE reporting; DROP TABLE events: a run that died %s is resumed in the right schema',
    async (_when, command, when) => {
      const code = release({
        '0001_events': migration(
          `CREATE TABLE first_step (id INT); USE ${reporting}; CREATE TABLE marker (id INT); INSERT INTO marker VALUES (1); DROP TABLE events; CREATE TABLE last_step (id INT)`,
        ),
      });
      const create = scene.create(code);
      await expect(scene.run(create, code, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);

      expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });

      expect(await tablesOf(scene.name)).toEqual(['events', 'first_step']);
      expect(await tablesOf(reporting)).toEqual(['last_step', 'marker']);
    },
  );

  test.each(['before', 'after'] as const)(
    'rule 12: a down that died %s its DROP goes on in the right schema',
    async (when) => {
      const old = release({ '0001_empty': migration('DO 1') });
      const next = release({
        '0001_empty': migration('DO 1'),
        '0002_copy': migration(
          'CREATE TABLE own (id INT)',
          `DROP TABLE own; USE ${reporting}; DROP TABLE events; CREATE TABLE left_over (id INT)`,
        ),
      });
      await scene.created(old);
      await scene.updated(old, next);
      const rollback = scene.update(next, old);
      await expect(scene.run(rollback, old, dyingAt(scene, 'DROP TABLE events', when))).rejects.toThrow(ProcessDied);

      expect(await scene.answer(rollback, old)).toMatchObject({ status: 'SUCCESS' });

      expect(await tablesOf(scene.name)).toEqual(['events']);
      expect(await tablesOf(reporting)).toEqual(['left_over']);
    },
  );

  test('rule 12: SET sql_mode holds for the steps that are run after a resumption', async () => {
    const code = release({
      '0001_mode': migration(
        `SET sql_mode = 'ANSI_QUOTES'; CREATE TABLE "a" (id INT); CREATE TABLE "b" (id INT)`,
        'DROP TABLE a; DROP TABLE b',
      ),
    });
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, 'CREATE TABLE "b"', 'before'))).rejects.toThrow(ProcessDied);

    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await tablesOf(scene.name)).toEqual(['a', 'b', 'events']);
    expect(scene.logged).not.toContainEqual(expect.objectContaining({ message: expect.stringMatching(/^reverting /) }));
  });

  test.each([
    {
      what: 'a user variable',
      up: 'SET @n = 5; CREATE TABLE a (n INT); INSERT INTO a VALUES (@n); CREATE TABLE b AS SELECT @n AS n',
      down: 'DROP TABLE b; DROP TABLE a',
    },
    {
      what: 'a temporary table',
      up: 'CREATE TEMPORARY TABLE carried AS SELECT 5 AS n; CREATE TABLE a AS SELECT n FROM carried; CREATE TABLE b AS SELECT n FROM carried',
      down: 'DROP TABLE b; DROP TABLE a',
    },
    {
      what: 'LAST_INSERT_ID()',
      up: 'CREATE TABLE a (n INT PRIMARY KEY AUTO_INCREMENT) AUTO_INCREMENT = 5; INSERT INTO a VALUES (NULL); CREATE TABLE b AS SELECT LAST_INSERT_ID() AS n',
      down: 'DROP TABLE b; DROP TABLE a',
    },
    {
      what: '@@identity',
      up: 'CREATE TABLE a (n INT PRIMARY KEY AUTO_INCREMENT) AUTO_INCREMENT = 5; INSERT INTO a VALUES (NULL); CREATE TABLE b AS SELECT @@identity AS n',
      down: 'DROP TABLE b; DROP TABLE a',
    },
  ])('rule 12: a migration that carries $what across steps starts over, and counts once', async ({ up, down }) => {
    const code = release({ '0001_carry': migration(up, down) });
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, 'CREATE TABLE b', 'before'))).rejects.toThrow(ProcessDied);

    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(scene.logged).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/^reverting /) }));
    expect(await scene.sql('SELECT n FROM a')).toEqual([{ n: 5 }]);
    expect(await scene.sql('SELECT CAST(n AS SIGNED) AS n FROM b')).toEqual([{ n: 5 }]);
  });

  test.each([
    ['an UPDATE', 'UPDATE events SET id = id + 10'],
    ['a DELETE', 'DELETE FROM events'],
  ])('rule 12: SET @n = ROW_COUNT() tells how many rows %s before it changed', async (_what, change) => {
    await scene.sql("INSERT INTO events VALUES (1, 'a'), (2, 'b')");
    const code = release({
      '0001_count': migration(
        `CREATE TABLE counted (n INT); ${change}; SET @n = ROW_COUNT(); CREATE TABLE b (id INT); INSERT INTO counted VALUES (@n)`,
        'DROP TABLE b; DROP TABLE counted',
      ),
    });
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT n FROM counted')).toEqual([{ n: 2 }]);
  });

  test('rule 12: a migration that ends with SET @n = ROW_COUNT() is applied, and its down is told, too', async () => {
    const empty = { '0001_empty': migration('DO 1') };
    const old = release(empty);
    const next = release({
      ...empty,
      '0002_count': migration(
        "INSERT INTO events VALUES (1, 'a'), (2, 'b'); SET @n = ROW_COUNT()",
        'DELETE FROM events; SET @n = ROW_COUNT(); CREATE TABLE counted AS SELECT CAST(@n AS SIGNED) AS n',
      ),
    });
    await scene.created(old);
    expect(await scene.updated(old, next)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.history()).toEqual(['0001_empty applied', '0002_count applied']);
    expect(await scene.updated(next, old)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT n FROM counted')).toEqual([{ n: 2 }]);
  });
});
