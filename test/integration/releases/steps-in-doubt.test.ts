import { invoke } from '../by-hand';
import { Scene, type Release } from '../scene';
import { describeEach, servers } from '../../servers';
import { baseAndNext, dyingAt, ProcessDied } from '../../rules/dying-process';

/** The function dies after a statement of an update, and the same request comes again. */
async function resumed(scene: Scene, [from, to]: readonly [Release, Release], statement: string) {
  await scene.created(from);
  const update = scene.update(from, to);
  await expect(scene.run(update, to, dyingAt(scene, statement, 'after'))).rejects.toThrow(ProcessDied);
  await scene.unlocked();
  return scene.answer(update, to);
}

/** The function dies after a statement of an update, and the update is rolled back. */
async function rolledBack(scene: Scene, [from, to]: readonly [Release, Release], statement: string) {
  await expect(scene.run(scene.update(from, to), to, dyingAt(scene, statement, 'after'))).rejects.toThrow(ProcessDied);
  await scene.unlocked();
  return scene.updated(to, from);
}

const PARTITIONED = 'CREATE TABLE t (id INT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 2';

/** What names no object but its table, and its down. */
const OF_THE_TABLE = [
  ['ADD PARTITION PARTITIONS 2', 'COALESCE PARTITION 2'],
  ['ADD PARTITION LOCAL PARTITIONS 2', 'COALESCE PARTITION 2'],
  ['ALGORITHM=COPY REMOVE PARTITIONING', 'PARTITION BY HASH (id) PARTITIONS 2'],
  ['FORCE REMOVE PARTITIONING', 'FORCE PARTITION BY HASH (id) PARTITIONS 2'],
  ['FORCE PARTITION BY HASH (id) PARTITIONS 5', 'FORCE PARTITION BY HASH (id) PARTITIONS 2'],
] as const;

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  test('partitions that an ALTER adds by their number are added once, though the process died after it', async () => {
    const releases = baseAndNext(PARTITIONED, 'ALTER TABLE t ADD PARTITION PARTITIONS 2', 'DO 0');
    expect(await resumed(scene, releases, 'ALTER TABLE t')).toMatchObject({ status: 'SUCCESS' });
    expect((await scene.schema())['table t']).toContain('PARTITIONS 4');
  });

  test.each(OF_THE_TABLE)('%s is reverted where the next step fails', async (up, down) => {
    const [A, B] = baseAndNext(PARTITIONED, `ALTER TABLE t ${up}; CREATE TABLE t (id INT)`, `ALTER TABLE t ${down}`);
    await scene.created(A);
    const before = await scene.schema();
    const answer = await scene.updated(A, B);
    expect([answer.status, answer.data.Drift, await scene.schema()]).toEqual(['FAILED', '', before]);
  });

  test.each(OF_THE_TABLE)('%s is reverted, though the process died after it', async (up, down) => {
    const [A, B] = baseAndNext(PARTITIONED, `ALTER TABLE t ${up}`, `ALTER TABLE t ${down}`);
    await scene.created(A);
    const before = await scene.schema();
    const answer = await rolledBack(scene, [A, B], 'ALTER TABLE t');
    expect([answer.status, answer.data.Drift, await scene.schema()]).toEqual(['SUCCESS', '', before]);
  });

  test('a DROP of several is done once all of them are gone', async () => {
    const releases = baseAndNext(
      'CREATE TABLE a (x INT); CREATE TABLE b (x INT)',
      'DROP TABLE a, b',
      'CREATE TABLE b (x INT); CREATE TABLE a (x INT)',
    );
    expect(await resumed(scene, releases, 'DROP TABLE a')).toMatchObject({ status: 'SUCCESS' });
    expect(Object.keys(await scene.schema())).toEqual([]);
  });

  const COLUMNS = 'CREATE TABLE a (x INT, y INT); INSERT INTO a VALUES (1, 2)';
  const TABLES = 'CREATE TABLE a (x INT); INSERT INTO a VALUES (1); CREATE TABLE b (x INT); INSERT INTO b VALUES (2)';

  test.each([
    ['columns in another case', COLUMNS, 'ALTER TABLE a CHANGE X y INT, CHANGE Y x INT FIRST'],
    ['tables of which one has its database', TABLES, 'RENAME TABLE {db}.a TO c, b TO a, c TO b'],
    ['tables by a name with its database', TABLES, 'RENAME TABLE a TO {db}.c, b TO a, c TO b'],
  ])('a swap in doubt is never run again: %s', async (_what, base, statement) => {
    const swap = statement.replace('{db}', scene.name);
    const answer = await resumed(scene, baseAndNext(base, swap, swap), swap);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
    expect(await scene.sql('SELECT x FROM a')).toEqual([{ x: 2 }]);
  });

  /** All that a table holds, which the definitions do not show. */
  const rowsOf = (table: string) => scene.sql(`SELECT * FROM ${table} ORDER BY 1`);

  test('an ALTER that gives a new column the name of one that it moves is never run again', async () => {
    const move = 'ALTER TABLE a DROP COLUMN z, CHANGE x z INT, ADD COLUMN x INT AFTER id';
    const base = 'CREATE TABLE a (id INT PRIMARY KEY, x INT, z INT); INSERT INTO a VALUES (1, 3, 7), (2, 4, 8)';
    const answer = await resumed(scene, baseAndNext(base, move, 'DO 0'), move);
    expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
    expect(await rowsOf('a')).toEqual([
      { id: 1, x: null, z: 3 },
      { id: 2, x: null, z: 4 },
    ]);
    // What the advice says can be done.
    await invoke(scene, baseAndNext(base, move, 'DO 0')[1], {
      command: 'repair',
      migration: '0002_next',
      step: 1,
      is: 'done',
    });
    expect(await scene.history()).toEqual(['0001_base applied', '0002_next applying']);
  });

  test('an ALTER that gives a moved column another type shows that it was run', async () => {
    const move = 'ALTER TABLE a DROP COLUMN z, CHANGE x z BIGINT, ADD COLUMN x INT AFTER id';
    const base = 'CREATE TABLE a (id INT PRIMARY KEY, x INT, z INT); INSERT INTO a VALUES (1, 3, 7)';
    expect(await resumed(scene, baseAndNext(base, move, 'DO 0'), move)).toMatchObject({ status: 'SUCCESS' });
    expect(await rowsOf('a')).toEqual([{ id: 1, x: null, z: 3 }]);
  });

  const EMPTIED = [
    'CREATE TABLE a (id INT PRIMARY KEY, x INT, y INT); INSERT INTO a VALUES (1, 3, 0), (2, 3, 0)',
    'ALTER TABLE a DROP COLUMN y, ADD COLUMN y INT',
    'UPDATE a SET y = 0',
  ] as const;

  test.each(['resumed', 'rolled back'] as const)(
    'a column that is dropped and made again is not taken for untouched: %s',
    async (way) => {
      const releases = baseAndNext(...EMPTIED);
      if (way === 'rolled back') await scene.answer(scene.create(releases[0]), releases[0]);
      const answer = await (way === 'resumed' ? resumed : rolledBack)(scene, releases, EMPTIED[1]);
      expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
      expect(await rowsOf('a')).toEqual([
        { id: 1, x: 3, y: null },
        { id: 2, x: 3, y: null },
      ]);
    },
  );

  test('a down that drops a column and makes it again is run again: it does no more', async () => {
    const [base, again] = EMPTIED;
    const [A, B] = baseAndNext(base, 'CREATE TABLE b (id INT)', `${again}; DROP TABLE b`);
    await scene.created(A);
    await scene.updated(A, B);
    const back = scene.update(B, A);
    await expect(scene.run(back, A, dyingAt(scene, 'ALTER TABLE a', 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    expect(await scene.answer(back, A)).toMatchObject({ status: 'SUCCESS' });
  });

  test('a table that is renamed into another database is no swap', async () => {
    const other = `${scene.name}_other`;
    await scene.sql(`CREATE DATABASE ${other}`);
    try {
      const move = `RENAME TABLE a TO ${other}.a`;
      const releases = baseAndNext('CREATE TABLE a (x INT)', move, `RENAME TABLE ${other}.a TO a`);
      expect(await resumed(scene, releases, move)).toMatchObject({ status: 'SUCCESS' });
    } finally {
      await scene.sql(`DROP DATABASE ${other}`);
    }
  });
});

describeEach(
  servers().filter(({ kind }) => kind === 'mariadb'),
  'on $name',
  (server) => {
    const scene = Scene.ofEachTest(server);

    test('the columns of ADD COLUMN IF NOT EXISTS (…) are dropped again, though the process died after it', async () => {
      const [A, B] = baseAndNext(
        'CREATE TABLE t (id INT PRIMARY KEY)',
        'ALTER TABLE t ADD COLUMN IF NOT EXISTS (a INT, b INT)',
        'ALTER TABLE t DROP COLUMN a, DROP COLUMN b',
      );
      await scene.created(A);
      const before = await scene.schema();
      const answer = await rolledBack(scene, [A, B], 'ALTER TABLE t ADD');
      expect([answer.status, answer.data.Drift, await scene.schema()]).toEqual(['SUCCESS', '', before]);
    });

    /** It dies before the journal says that the server has refused the statement. */
    async function dyingRefused([from, to]: readonly [Release, Release], statement: string) {
      await scene.created(from);
      const update = scene.update(from, to);
      const session = scene.session();
      const write: typeof session.database.write = async (sent) => {
        if (!sent.startsWith(statement)) return session.database.write(sent);
        await expect(session.database.write(sent)).rejects.toThrow();
        session.close();
        throw new ProcessDied('after the refusal');
      };
      await expect(scene.run(update, to, { connect: scene.connectingTo(session, { write }) })).rejects.toThrow(
        ProcessDied,
      );
      await scene.unlocked();
      return scene.answer(update, to);
    }

    test.each(['resumed', 'rolled back'] as const)(
      'a table that is replaced by one of the same form is not taken for untouched: %s',
      async (way) => {
        const replace = 'CREATE OR REPLACE TABLE a (x INT)';
        const releases = baseAndNext('CREATE TABLE a (x INT); INSERT INTO a VALUES (1)', replace, 'DO 0');
        if (way === 'rolled back') await scene.answer(scene.create(releases[0]), releases[0]);
        const answer = await (way === 'resumed' ? resumed : rolledBack)(scene, releases, replace);
        expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
      },
    );

    test('a DROP of several that the server refused half-way is not taken for done', async () => {
      const answer = await dyingRefused(
        baseAndNext(
          'CREATE TABLE p (id INT PRIMARY KEY); CREATE TABLE c (id INT, FOREIGN KEY (id) REFERENCES p (id)); CREATE TABLE x (id INT)',
          'DROP TABLE p, x',
          'CREATE TABLE x (id INT); CREATE TABLE p (id INT PRIMARY KEY)',
        ),
        'DROP TABLE p',
      );
      expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
      expect(Object.keys(await scene.schema())).toEqual(['table c', 'table p']);
    });

    test('an OR REPLACE that the server refused once the old table was gone is not taken for done', async () => {
      const answer = await dyingRefused(
        baseAndNext(
          'CREATE TABLE x (id INT)',
          'CREATE OR REPLACE TABLE x (id INT PRIMARY KEY) AS SELECT 1 AS id UNION ALL SELECT 1',
          'CREATE OR REPLACE TABLE x (id INT)',
        ),
        'CREATE OR REPLACE TABLE x',
      );
      expect([answer.status, answer.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
    });
  },
);
