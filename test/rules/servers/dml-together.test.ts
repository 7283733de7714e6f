import { failure } from '../../../lambda/words/failure';
import { release, Scene } from '../../integration/scene';
import { servers } from '../../servers';
import { weightyApplication } from '../deadlock';
import { dyingAt, migration, ProcessDied } from '../dying-process';

const DOWN = 'DELETE FROM counted WHERE n > 10';
const THREE = `INSERT INTO counted VALUES (11); SET @more = 1; INSERT INTO counted VALUES (12);
  UPDATE counted SET n = n + @more WHERE n = 12`;

describe.each(servers())('DML steps that follow each other on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.sql('CREATE TABLE counted (n INT PRIMARY KEY)');
    await scene.sql('INSERT INTO counted VALUES (1)');
  });

  const rows = async (): Promise<unknown> => (await scene.sql('SELECT n FROM counted ORDER BY n')).map(({ n }) => n);
  const steps = async (): Promise<unknown> =>
    (await scene.sql(`SELECT state, stepsDone FROM ${scene.name}.migration`)).map(
      ({ state, stepsDone }) => `${String(state)} ${String(stepsDone)}`,
    );

  test('rule 11: where the last one fails none is left, and no down has to guess which rows are whose', async () => {
    await scene.sql('INSERT INTO counted VALUES (13)');
    const code = release({ '0001_rows': migration(THREE, DOWN) });
    const create = scene.create(code);
    const answer = await scene.answer(create, code);
    expect(answer).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('0001_rows.sql failed at step 4 of 4 (line 3): ER_DUP_ENTRY') as string,
    });
    expect(answer.reason).not.toContain('needs-repair');
    expect([await rows(), await steps()]).toEqual([[1, 13], []]);
  });

  test('rule 11: the DDL before them is reverted by itself, though its down deletes rows too', async () => {
    await scene.sql('INSERT INTO counted VALUES (13)');
    const schema = await scene.schema();
    const code = release({
      '0001_rows': migration(`CREATE TABLE made (id INT); ${THREE}`, `${DOWN}; DROP TABLE made`),
    });
    expect(await scene.created(code)).toMatchObject({ status: 'FAILED', data: { Drift: '' } });
    expect([await rows(), await scene.schema()]).toEqual([[1, 13], schema]);
  });

  test.each([
    ['INSERT INTO counted VALUES (12)', 'after'],
    ['UPDATE counted', 'before'],
    ['COMMIT', 'before'],
  ] as const)('rule 13: they and their journal write are one: died at %s (%s)', async (command, when) => {
    const code = release({ '0001_rows': migration(THREE, DOWN) });
    const create = scene.create(code);
    await expect(scene.run(create, code, dyingAt(scene, command, when))).rejects.toThrow(ProcessDied);
    expect([await rows(), await steps()]).toEqual([[1], []]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect([await rows(), await steps()]).toEqual([[1, 11, 13], ['applied 4']]);
  });

  test.each(['SET TRANSACTION ISOLATION LEVEL READ COMMITTED', 'SET SESSION sql_log_bin = 0', 'SET NAMES utf8mb4'])(
    'what cannot be set in a transaction ends it: %s',
    async (set) => {
      const code = release({
        '0001_rows': migration(
          `INSERT INTO counted VALUES (11); USE ${scene.name}; INSERT INTO counted VALUES (12); ${set};
          INSERT INTO counted VALUES (13); UPDATE counted SET n = n + 1 WHERE n = 13`,
          DOWN,
        ),
      });
      const create = scene.create(code);
      const dying = dyingAt(scene, 'UPDATE counted', 'before');
      await expect(scene.run(create, code, dying)).rejects.toThrow(ProcessDied);
      expect([await rows(), await steps()]).toEqual([[1, 11, 12], ['applying 3']]);
      expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
      expect(await rows()).toEqual([1, 11, 12, 14]);
    },
  );

  test.each([
    ['is tried again', '', 'SUCCESS'],
    ['is not, where USE was in it: the first ones would run elsewhere', 'USE information_schema;', 'FAILED'],
    ['is not, where a variable goes through it', 'SET @more = 1;', 'FAILED'],
  ])('a transaction that the server chose as the victim of a deadlock %s', async (_, between, status) => {
    const application = await weightyApplication(scene);
    const ours = `UPDATE counted SET n = n + 10; ${between} UPDATE ${scene.name}.other SET n = n + 10`;
    const code = release({ '0001_rows': migration(ours, 'DELETE FROM counted') });
    const create = scene.create(code);
    const running = scene.answer(create, code);
    await application.meet(`UPDATE ${scene.name}.other SET n = n + 10`);
    const isDone = status === 'SUCCESS';
    const reason = expect.stringContaining(isDone ? '0001_rows' : 'ER_LOCK_DEADLOCK') as string;
    expect(await running).toMatchObject({ status, reason });
    expect([await rows(), await scene.sql('SELECT n FROM other')]).toEqual(
      isDone ? [[111], [{ n: 12 }]] : [[101], [{ n: 2 }]],
    );
  });

  test('what sets the session and nothing else is applied, alone and before another', async () => {
    const code = release({
      '0001_set': migration('SET @a = 1'),
      '0002_rows': migration('INSERT INTO counted VALUES (11)', DOWN),
      '0003_set': migration('SET NAMES utf8mb4'),
    });
    expect(await scene.created(code)).toMatchObject({ status: 'SUCCESS' });
    expect(await steps()).toEqual(['applied 1', 'applied 1', 'applied 1']);
  });

  test('rule 12: a step that sets the session and is run again reverts nothing of what is done', async () => {
    const first = release({ '0000_first': migration('SELECT 1') });
    const down = `USE ${scene.name}; UPDATE counted SET n = n + 100; ALTER TABLE counted ADD gone INT`;
    const code = release({ '0000_first': migration('SELECT 1'), '0001_rows': migration('DO 1', down) });
    await scene.created(first);
    await scene.updated(first, code);
    const rollback = scene.update(code, first);
    await expect(scene.run(rollback, first, dyingAt(scene, 'ALTER TABLE counted', 'before'))).rejects.toThrow(
      ProcessDied,
    );
    expect(await rows()).toEqual([101]);
    // The next attempt has no time left when it comes to the USE.
    let remaining = 600_000;
    const clock = { now: () => Date.now(), remaining: () => remaining, sleep: () => Promise.resolve() };
    const session = scene.session();
    const query = async (statement: string) => {
      if (statement.includes('downs')) remaining = 1_000;
      return session.database.query(statement);
    };
    const connect = scene.connectingTo(session, { query });
    expect(await scene.run(rollback, first, { clock, connect })).toMatchObject({ kind: 'go-on' });
    expect(await scene.answer(rollback, first)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([101]);
  });

  test('rule 19: a run that is cancelled among them leaves none, and is rolled back without anybody', async () => {
    const first = release({ '0000_first': migration('SELECT 1') });
    const code = release({ '0000_first': migration('SELECT 1'), '0001_rows': migration(THREE, DOWN) });
    await scene.created(first);
    const session = scene.session();
    const write = async (statement: string) => {
      if (statement.startsWith('UPDATE counted'))
        await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
      return session.database.write(statement);
    };
    const connect = scene.connectingTo(session, { write });
    expect(await scene.run(scene.update(first, code), code, { connect })).toMatchObject({ kind: 'silent' });
    expect(await rows()).toEqual([1]);
    expect(await scene.updated(code, first)).toMatchObject({ status: 'SUCCESS' });
    expect([await rows(), await steps()]).toEqual([[1], ['applied 1']]);
  });

  test.each(['', 'TRADITIONAL', 'ANSI', 'NO_UNSIGNED_SUBTRACTION,ALLOW_INVALID_DATES'])(
    'rule 13: that they may not be written down any more is seen under any sql_mode (%s)',
    async (mode) => {
      const code = release({
        '0001_rows': migration(`SET SESSION sql_mode = '${mode}'; INSERT INTO counted VALUES (11)`, DOWN),
      });
      const create = scene.create(code);
      for (const what of ['unlocked', 'cancelled']) {
        scene.renew();
        const session = scene.session();
        const write = async (statement: string) => {
          const written = await session.database.write(statement);
          if (!statement.startsWith('INSERT INTO counted')) return written;
          if (what === 'unlocked') await session.database.query('DO RELEASE_ALL_LOCKS()');
          else await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
          return written;
        };
        let connections = 0;
        const connect = () => {
          connections += 1;
          const database = { ...session.database, write };
          const failed = { kind: 'failed', failure: failure('cannot-connect', 'nobody there') } as const;
          return Promise.resolve(
            connections === 1 ? ({ kind: 'connected', session: { ...session, database } } as const) : failed,
          );
        };
        const answer = await scene.run(create, code, { connect });
        expect([what, answer]).toEqual([
          what,
          expect.objectContaining(what === 'cancelled' ? { kind: 'silent' } : { status: 'FAILED' }),
        ]);
        expect([what, await rows(), await steps()]).toEqual([what, [1], []]);
        await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 0`);
      }
    },
  );

  test('a long transaction is written down in parts: others want the rows, and a later attempt goes on from there', async () => {
    let now = Date.now();
    const clock = { now: () => (now += 20_000), remaining: () => 600_000, sleep: () => Promise.resolve() };
    const inserts = [11, 12, 13].map((n) => `INSERT INTO counted VALUES (${n})`);
    const code = release({ '0001_rows': migration(inserts.join(';'), DOWN) });
    const create = scene.create(code);
    const dying = dyingAt(scene, 'INSERT INTO counted VALUES (13)', 'after');
    await expect(scene.run(create, code, { ...dying, clock })).rejects.toThrow(ProcessDied);
    expect([await rows(), await steps()]).toEqual([[1, 11, 12], ['applying 2']]);
    expect(await scene.answer(create, code)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([1, 11, 12, 13]);
  });

  test('downs too: where one fails, none is left, and a later attempt runs them all', async () => {
    const first = release({ '0000_first': migration('SELECT 1') });
    const down = 'DELETE FROM counted WHERE n > 10; INSERT INTO counted VALUES (2)';
    const code = release({ '0000_first': migration('SELECT 1'), '0001_rows': migration(THREE, down) });
    await scene.created(first);
    await scene.updated(first, code);
    await scene.sql('INSERT INTO counted VALUES (2)');
    const rollback = scene.update(code, first);
    expect(await scene.answer(rollback, first)).toMatchObject({ status: 'FAILED' });
    expect(await rows()).toEqual([1, 2, 11, 13]);
    await scene.sql('DELETE FROM counted WHERE n = 2');
    expect(await scene.updated(code, first)).toMatchObject({ status: 'SUCCESS' });
    expect(await rows()).toEqual([1, 2]);
  });
});
