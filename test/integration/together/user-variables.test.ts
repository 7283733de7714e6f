import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { FIRST, release, Scene, USER } from '../scene';

const MADE = 'CREATE TABLE seen (id INT PRIMARY KEY, a INT, b INT, c INT)';
const SEES = 'INSERT INTO seen VALUES (1, @a, COALESCE(@`b c`, @`q r`, @s), @n)';
const BOTH = 'SET @a = 1, @`b c` = 2; SELECT 3 INTO @n';

describe.each(servers())('user variables, on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);
  const nothing = [{ id: 1, a: null, b: null, c: null }];
  const deployed = async (...more: readonly string[]) => {
    const next = release({
      '0001_user': USER,
      '0002_made': migration(MADE, 'DROP TABLE seen'),
      ...Object.fromEntries(more.map((text, at) => [`${at + 10}_more`.padStart(9, '0'), text])),
    });
    return { next, answer: await scene.updated(FIRST, next) };
  };

  test.each([
    ['one in SQL', migration(BOTH)],
    ['one whose texts have what no server takes as a name', migration(`${BOTH}; SET @s = 'hi @😀, @\`x \`, @\`😀\`'`)],
    ['one in quotes', migration(`${BOTH}; SET @'q r' = 4, @"s" = 5`)],
    ['one that writes', migration('SELECT 3 INTO @n; INSERT INTO seen VALUES (2, 1, 2, @n := 3); DELETE FROM seen')],
    [
      'one in JavaScript',
      "exports.up = ({ query }) => query('SET @a = 1, @`b c` = 2, @n = 3'); exports.down = () => undefined;",
    ],
  ])('are not there for the next migration, as in another session: %s', async (_, sets) => {
    expect((await deployed(sets, migration(SEES))).answer).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT * FROM seen')).toEqual(nothing);
  });

  test('nor are those that only a procedure sets', async () => {
    await scene.sql('create procedure own() begin set @a = 1; set @`b c` = 2; end');
    const { answer } = await deployed(migration('CALL own()', 'DO 1'), migration(SEES));
    expect(answer).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT * FROM seen')).toEqual(nothing);
  });

  test.each([
    ['the next migration', migration('PREPARE own FROM "DO 1"'), migration('EXECUTE own')],
    ['the next migration, from a procedure', migration('CALL own()', 'DO 1'), migration('EXECUTE own')],
    [
      'its own down',
      migration('CREATE TABLE t (id INT); PREPARE own FROM "DO 1"', 'EXECUTE own'),
      migration('SELECT nowhere'),
    ],
  ])('what is prepared is not there for %s, as in another session', async (_, ...more) => {
    await scene.sql('create procedure own() prepare own from "DO 1"');
    const { answer } = await deployed(...more);
    expect([answer.status, answer.reason]).toEqual([
      'FAILED',
      expect.stringMatching(/Unknown prepared statement handler/),
    ]);
  });

  test('are not there for a down before which the step in doubt was looked at', async () => {
    await scene.sql('CREATE TABLE seen_by_down (a INT)');
    const up = 'SET @a = 1; CREATE TABLE t (id INT); CREATE TABLE u (id INT)';
    const down = 'DROP TABLE u; INSERT INTO seen_by_down VALUES (@a); DROP TABLE t';
    const next = release({ '0001_user': USER, '0002_half': migration(up, down) });
    const update = scene.update(FIRST, next);
    await expect(scene.run(update, next, dyingAt(scene, 'CREATE TABLE u', 'after'))).rejects.toThrow(ProcessDied);
    await scene.unlocked();
    expect(await scene.updated(next, FIRST)).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.sql('SELECT * FROM seen_by_down')).toEqual([{ a: null }]);
  });

  test.each([['SET @a = 1, @`x ` = nowhere'], ["SET @a = ' @😀 ', @b = nowhere"]])(
    'of which the server refuses one, leave that to be told: %s',
    async (refused) => {
      const { answer } = await deployed(migration(refused));
      expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/\[migration-failed\]/) });
    },
  );

  test('are there for the steps after them', async () => {
    await deployed(migration(`${BOTH}; ${SEES}`));
    expect(await scene.sql('SELECT * FROM seen')).toEqual([{ id: 1, a: 1, b: 2, c: 3 }]);
  });

  test('are not there for the down of a migration that is reverted in the same run', async () => {
    await scene.sql('CREATE TABLE seen_by_down (a INT)');
    const { answer } = await deployed(
      migration(`${BOTH}; CREATE TABLE t (id INT)`, 'INSERT INTO seen_by_down VALUES (@a); DROP TABLE t'),
      migration('DROP TABLE nowhere'),
    );
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(await scene.sql('SELECT * FROM seen_by_down')).toEqual([{ a: null }]);
  });
});
