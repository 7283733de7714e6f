import { lockName, takeLock } from '../../../lambda/session/lock';
import { release, Scene, USER } from '../../integration/scene';
import { servers } from '../../servers';
import { dyingAt, migration, ProcessDied } from '../dying-process';

const FIRST = release({ '0001_user': USER });
const WIDER = release({
  '0001_user': USER,
  '0002_wider': migration('ALTER TABLE user ADD COLUMN late INT NULL', 'ALTER TABLE user DROP COLUMN late'),
});

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);
  beforeEach(async () => {
    await scene.created(FIRST);
  });

  /** The function's sessions, with fewer than twenty seconds of waiting for a table. */
  const impatient = (seconds: number) => async () => {
    const session = scene.session();
    await session.database.write(`SET SESSION lock_wait_timeout = ${seconds}`);
    return { kind: 'connected' as const, session };
  };

  test('rule 17: our waiting ALTER stops every query of the application, and lets them through in its pauses', async () => {
    const blocker = scene.session();
    await blocker.database.write('START TRANSACTION');
    await blocker.database.query('SELECT * FROM user');
    const application = scene.session();
    const served: string[] = [];

    const running = scene.updated(FIRST, WIDER, {
      // Long enough for the query to come in between on a machine that is busy.
      connect: impatient(5),
      clock: {
        ...scene.ports(WIDER).clock,
        remaining: () => 600_000,
        sleep: async (ms) => {
          // It ends in our pause only: otherwise this waits until the test's time is over.
          await query;
          served.push(`${ms} ms`);
          await blocker.database.write('ROLLBACK');
        },
      },
    });
    await scene.until(() => scene.isRunning('ALTER TABLE user ADD COLUMN late', 'Waiting for table metadata lock'));
    const query = application.database.query('SELECT COUNT(*) AS orders FROM user').then(() => served.push('served'));
    // It waits behind our ALTER, though it needs no more than the blocker does.
    await scene.until(async () => served.length > 0 || (await scene.isRunning('SELECT COUNT(*) AS orders')));
    expect(served).toEqual([]);

    expect(await running).toMatchObject({ status: 'SUCCESS' });
    expect(served).toEqual(['served', '5000 ms']);
  });

  test('rule 17: waiting for a table is no progress: a run that did nothing else is FAILED and not tried again', async () => {
    const before = await scene.schema();
    const blocker = scene.session();
    await blocker.database.write('START TRANSACTION');
    await blocker.database.query('SELECT * FROM user');
    let time = 20_000;
    const answer = await scene.updated(FIRST, WIDER, {
      connect: impatient(1),
      clock: {
        now: () => Date.now(),
        remaining: () => time,
        // The first pause is the end of the time.
        sleep: async () => void (time = 1_000),
      },
    });
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('0002_wider.sql');
    await blocker.database.write('ROLLBACK');
    expect(await scene.schema()).toEqual(before);
  });

  test('rule 18: a server that has become a reader is failing over: nothing is run there, the next one gets it', async () => {
    let connections = 0;
    const pauses: number[] = [];
    const answer = await scene.updated(FIRST, WIDER, {
      connect: () => {
        const session = scene.session();
        const { database } = session;
        connections += 1;
        const isReader = connections <= 2;
        const query = (sql: string) => database.query(isReader ? sql.replace('@@innodb_read_only', '1') : sql);
        return Promise.resolve({ kind: 'connected', session: { ...session, database: { ...database, query } } });
      },
      clock: { ...scene.ports(WIDER).clock, sleep: (ms) => Promise.resolve(void pauses.push(ms)) },
    });
    expect(answer).toMatchObject({ status: 'SUCCESS', data: { Applied: '0002_wider' } });
    expect([connections, pauses]).toEqual([3, [0, 1000]]);
    expect(JSON.stringify(scene.logged)).toContain('failing over');
  });

  test('rule 18: @@innodb_read_only is 0 on a server that can write, and the session is ready', async () => {
    // The server may not know yet that the session of the test before has ended.
    await scene.unlocked();
    const { database } = scene.session();
    const lock = await takeLock(database, scene.ports(FIRST).clock, 0);
    expect(lock.kind === 'held' && lock.session).toBeGreaterThan(0);
  });

  test('rule 18: GET_LOCK is server-wide: the same name excludes a session of another database, another name does not', async () => {
    const other = await Scene.start(server);
    const answerTo = async (name: string): Promise<unknown> =>
      (await other.sql(`SELECT GET_LOCK('${name}', 0) AS answer`))[0]?.['answer'];
    await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 10)`);
    expect(await answerTo(lockName(scene.name))).toBe(0);
    expect(await answerTo(lockName(other.name))).toBe(1);
    await other.end();
  });

  test('rule 18: a lock’s name fits for the longest name of a database', async () => {
    expect(lockName('d'.repeat(64)).length).toBeLessThanOrEqual(64);
    const long = scene.name.padEnd(64, 'x');
    const [row] = await scene.sql(`SELECT GET_LOCK('${lockName(long)}', 0) AS answer`);
    expect(row).toEqual({ answer: 1 });
    if (server.kind === 'mysql')
      await expect(scene.sql(`SELECT GET_LOCK('${'n'.repeat(65)}', 0)`)).rejects.toMatchObject({
        errno: expect.any(Number),
      });
  });

  test('rule 18: after a lost connection history is read anew: what somebody else did meanwhile is seen', async () => {
    let isLost = false;
    const answer = await scene.run(scene.update(FIRST, WIDER), WIDER, {
      connect: async () => {
        const session = scene.session();
        const { database } = session;
        if (isLost) return { kind: 'connected', session };
        isLost = true;
        const write = async (sql: string) => {
          if (sql.startsWith('ALTER TABLE user')) {
            session.close();
            // While nobody holds the lock, the deployment is cancelled.
            await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
          }
          return database.write(sql);
        };
        return { kind: 'connected', session: { ...session, database: { ...database, write } } };
      },
    });
    expect(answer).toMatchObject({ kind: 'silent' });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_wider applying']);
  });

  test('rule 20: an attempt is counted once: two that died and the one that ended well are three', async () => {
    const update = scene.update(FIRST, WIDER);
    const attempts = async (): Promise<unknown> =>
      (await scene.sql(`SELECT attempts FROM ${scene.name}.migration_deployment ORDER BY id DESC LIMIT 1`))[0];
    for (const dead of [1, 2]) {
      await expect(scene.run(update, WIDER, dyingAt(scene, 'ALTER TABLE user', 'before'))).rejects.toThrow(ProcessDied);
      expect(await attempts()).toEqual({ attempts: dead });
    }
    expect(await scene.answer(update, WIDER)).toMatchObject({ status: 'SUCCESS' });
    expect(await attempts()).toEqual({ attempts: 3 });
    expect(await scene.deployments()).toEqual(['Create applied', 'Update applied']);
  });

  test('rule 20: a connection that was lost within an attempt begins no other', async () => {
    let isLost = false;
    const answer = await scene.updated(FIRST, WIDER, {
      connect: () => {
        const session = scene.session();
        const { database } = session;
        const write = (sql: string) => {
          if (sql.startsWith('ALTER TABLE user') && !isLost) {
            isLost = true;
            session.close();
          }
          return database.write(sql);
        };
        return Promise.resolve({ kind: 'connected', session: { ...session, database: { ...database, write } } });
      },
    });
    expect(answer.status).toBe('SUCCESS');
    expect(await scene.sql(`SELECT attempts FROM ${scene.name}.migration_deployment ORDER BY id DESC LIMIT 1`)).toEqual(
      [{ attempts: 1 }],
    );
  });

  test('rule 20: a fifth of the last attempt’s time is kept for the revert', async () => {
    const before = await scene.schema();
    const code = release({
      '0001_user': USER,
      '0002_two': migration('CREATE TABLE a (id INT); CREATE TABLE b (id INT)', 'DROP TABLE b; DROP TABLE a'),
    });
    const update = scene.update(FIRST, code);
    for (let dead = 1; dead <= 2; dead += 1)
      await expect(scene.run(update, code, dyingAt(scene, 'CREATE TABLE a', 'before'))).rejects.toThrow(ProcessDied);
    // Of 100 s 20 are left when the first step has been run.
    let time = 100_000;
    const answer = await scene.answer(update, code, {
      clock: { now: () => Date.now(), remaining: () => time, sleep: () => Promise.resolve() },
      connect: () => {
        const session = scene.session();
        const { database } = session;
        const write = async (sql: string) => {
          const result = await database.write(sql);
          if (sql.startsWith('CREATE TABLE a')) time = 20_000;
          return result;
        };
        return Promise.resolve({ kind: 'connected', session: { ...session, database: { ...database, write } } });
      },
    });
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('the time ran out before step 2 of 2 of 0002_two.sql');
    expect(await scene.schema()).toEqual(before);
    expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
  });
});
