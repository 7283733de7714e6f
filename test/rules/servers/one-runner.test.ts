import { DeploymentJournal } from '../../../lambda/journal/deployment-journal';
import type { Database } from '../../../lambda/ports';
import { AT_COMMIT } from '../../../lambda/session/sessions';
import { interruptOlder } from '../../../lambda/work/interrupt';
import { lockName } from '../../../lambda/session/lock';
import { failure } from '../../../lambda/words/failure';
import { ENDLESS_QUERY } from '../../integration/servers/endless-query';
import { release, Scene, SECOND, USER } from '../../integration/scene';
import { servers } from '../../servers';
import { migration } from '../dying-process';

/** In place of a second connection. */
const GONE = { kind: 'failed', failure: failure('cannot-connect', 'the session was lost') } as const;

const FIRST = release({ '0001_user': USER });
const ENDLESS_RELEASE = release({
  '0001_user': USER,
  '0002_slow': migration(
    `CREATE TABLE first_step (id INT); CREATE TABLE endless AS ${ENDLESS_QUERY}`,
    'DROP TABLE endless; DROP TABLE first_step',
  ),
});

describe.each(servers())('on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  type Session = ReturnType<Scene['session']>;
  const idOf = async ({ database }: Session): Promise<number> =>
    Number((await database.query('SELECT CONNECTION_ID() AS id'))[0]?.['id']);
  const holder = async (): Promise<unknown> =>
    (await scene.sql(`SELECT IS_USED_LOCK('${lockName(scene.name)}') AS id`))[0]?.['id'];
  const hold = async ({ database }: Session): Promise<void> => {
    await database.query(`SELECT GET_LOCK('${lockName(scene.name)}', 10)`);
  };

  test('rule 16 (ran): KILL QUERY does nothing to an idle holder, and KILL frees its lock at once', async () => {
    const idle = scene.session();
    await hold(idle);
    const id = await idOf(idle);
    await scene.sql(`KILL QUERY ${id}`);
    expect(await holder()).toBe(id);
    // MariaDB keeps the KILL QUERY for the next statement of the session, MySQL forgets it; the session goes on in both.
    await idle.database.query('SELECT 1').catch(() => undefined);
    expect(await holder()).toBe(id);
    await scene.sql(`KILL ${id}`);
    const [row] = await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 10) AS answer`);
    expect(row).toEqual({ answer: 1 });
  });

  test('rule 16: the runner’s session ends by itself after a minute without a word', async () => {
    const session = scene.session();
    const seen: unknown[] = [];
    const write = async (statement: string) => {
      if (statement.startsWith('CREATE TABLE user')) {
        const [limits] = await session.database.query(
          'SELECT @@wait_timeout AS idle, @@lock_wait_timeout AS lock_wait',
        );
        seen.push(limits);
      }
      return session.database.write(statement);
    };
    await scene.created(FIRST, {
      connect: scene.connectingTo(session, { write }),
    });
    expect(seen).toEqual([{ idle: 60, lock_wait: 20 }]);
  });

  test('rule 16: the runner pings while it does anything but SQL', async () => {
    const code = release({ '0001_idle': 'exports.up = () => undefined;' });
    const answer = await scene.created(code, {
      connect: () => {
        if (scene.connections.length > 0) return Promise.resolve(GONE);
        const session = scene.session();
        const { database } = session;
        // Seconds in place of the minute, so that the test does not wait for it.
        const write = (sql: string) => database.write(sql.replace('wait_timeout = 60', 'wait_timeout = 2'));
        return Promise.resolve({ kind: 'connected', session: { ...session, database: { ...database, write } } });
      },
      own: {
        ...scene.ownScripts(code),
        module: () => ({ up: () => new Promise((resolve) => setTimeout(resolve, 3000)) }),
      },
    });
    expect(answer.status).toBe('SUCCESS');
  });

  test.each(['SUCCESS', 'FAILED'] as const)(
    'rule 16: after %s the session is gone, and the lock with it',
    async (end) => {
      if (end === 'FAILED') await scene.sql('CREATE TABLE user (id INT)');
      expect(await scene.created(FIRST)).toMatchObject({ status: end });
      const [row] = await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 10) AS answer`);
      expect(row).toEqual({ answer: 1 });
    },
  );

  describe('rule 16: a newer request', () => {
    let runner: Session;
    beforeEach(async () => {
      await scene.created(FIRST);
      const { request } = scene.update(FIRST, SECOND);
      runner = scene.session();
      await hold(runner);
      await new DeploymentJournal(runner.database).begin({
        request,
        type: 'Update',
        rootStackId: scene.stackId,
        physicalId: '',
        oldHash: null,
        newHash: '',
        oldDigest: null,
        newDigest: '',
        checksum: '',
        manifest: [],
        status: 'running',
      });
    });

    const interrupt = async (waitedMs: number, database = scene.session().database): Promise<void> => {
      const { request } = scene.update(SECOND, FIRST);
      const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
      await interruptOlder(database, new DeploymentJournal(database), request, waitedMs, log);
    };
    const cancelled = async (): Promise<unknown> =>
      (await scene.sql(`SELECT cancelled FROM ${scene.name}.migration_deployment ORDER BY id DESC LIMIT 1`))[0];

    test('rule 16: cancels the older one and sends KILL QUERY, which leaves an idle runner its session', async () => {
      const id = await idOf(runner);
      await interrupt(0);
      expect([await cancelled(), await holder()]).toEqual([{ cancelled: 1 }, id]);
    });

    test('rule 16: sends KILL after ten seconds, which frees the lock', async () => {
      await interrupt(10_001);
      const [row] = await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 10) AS answer`);
      expect(row).toEqual({ answer: 1 });
    });

    test('rule 16: kills nobody at its commit: where that waits for room for the binary log, the server would stop', async () => {
      const { database } = scene.session();
      const query: Database['query'] = async (statement) => {
        const rows = await database.query(statement);
        return /PROCESSLIST/.test(statement) ? rows.map((row) => ({ ...row, State: AT_COMMIT })) : rows;
      };
      await interrupt(10_001, { ...database, query });
      expect([await cancelled(), await holder()]).toEqual([{ cancelled: 1 }, await idOf(runner)]);
    });

    test.each([0, 10_001])(
      'rule 16: kills nobody where the lock is held by another session than the row names, after %i ms',
      async (waitedMs) => {
        // A server that failed over counts from one again: the number in the row is now somebody else's.
        const innocent = scene.session();
        await scene.sql(
          `UPDATE ${scene.name}.migration_deployment SET session = ${await idOf(innocent)} WHERE status = 'running'`,
        );

        await interrupt(waitedMs);

        expect(await cancelled()).toEqual({ cancelled: 1 });
        expect(await innocent.database.query('SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
        expect(await holder()).toBe(await idOf(runner));
      },
    );
  });

  describe('with a statement that does not end', () => {
    beforeEach(async () => {
      await scene.created(FIRST);
    });

    test('rule 19: a cancelled runner stops, does not revert and does not answer; the newer request reverts', async () => {
      const before = await scene.schema();
      const running = scene.run(scene.update(FIRST, ENDLESS_RELEASE), ENDLESS_RELEASE);
      await scene.until(() => scene.isRunning('CREATE TABLE endless'));
      const rollback = scene.run(scene.update(ENDLESS_RELEASE, FIRST), FIRST, {
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      });
      expect(await running).toMatchObject({ kind: 'silent' });
      expect(scene.logged).not.toContainEqual(
        expect.objectContaining({ message: expect.stringMatching(/^reverting /) }),
      );
      expect(await rollback).toMatchObject({ status: 'SUCCESS', data: { Reverted: '0002_slow' } });
      expect(await scene.schema()).toEqual(before);
      expect(await scene.deployments()).toEqual(['Create applied', 'Update reverted']);
    });

    test('rule 5: a duplicate of the request that runs waits, and kills nothing', async () => {
      const short = release({
        '0001_user': USER,
        '0002_wait': migration('CREATE TABLE waiting (id INT); ALTER TABLE user ADD COLUMN late INT NULL'),
      });
      const blocker = scene.session();
      await blocker.database.write('START TRANSACTION');
      await blocker.database.query('SELECT * FROM user');
      const update = scene.update(FIRST, short);
      const running = scene.run(update, short);
      const waits = (): Promise<boolean> => scene.isRunning('ALTER TABLE user ADD COLUMN late');
      await scene.until(waits);
      const duplicate = scene.run(update, short);
      await scene.until(() => scene.isRunning('SELECT GET_LOCK'));
      expect(await waits()).toBe(true);
      await blocker.database.write('ROLLBACK');
      expect(await Promise.all([running, duplicate])).toMatchObject([{ status: 'SUCCESS' }, { status: 'SUCCESS' }]);
      expect(await scene.deployments()).toEqual(['Create applied', 'Update applied']);
    });

    test('rule 5: an older request that arrives late kills nothing of the newer one that runs', async () => {
      const late = scene.update(FIRST, SECOND);
      const update = scene.update(FIRST, ENDLESS_RELEASE);
      const running = scene.run(update, ENDLESS_RELEASE);
      await scene.until(() => scene.isRunning('CREATE TABLE endless'));
      const rows = (): Promise<unknown> =>
        scene.sql(`SELECT id, cancelled, newestRequestAt, session FROM ${scene.name}.migration_deployment ORDER BY id`);
      const before = await rows();

      expect(await scene.run(late, SECOND)).toMatchObject({ kind: 'silent' });

      expect([await rows(), await scene.isRunning('CREATE TABLE endless')]).toEqual([before, true]);
      await scene.run(scene.update(ENDLESS_RELEASE, FIRST), FIRST);
      await running;
    });
  });

  test('rule 19: a runner that is cancelled between two steps journals how far it came, and reverts nothing', async () => {
    await scene.created(FIRST);
    const code = release({
      '0001_user': USER,
      '0002_steps': migration(
        "CREATE TABLE a (id INT); INSERT INTO a VALUES (1); INSERT INTO user (email) VALUES ('not@example.com'); CREATE TABLE b (id INT)",
        'DROP TABLE b; DROP TABLE a',
      ),
    });
    const session = scene.session();
    const write = async (statement: string) => {
      if (statement.startsWith('INSERT INTO user'))
        await scene.sql(`UPDATE ${scene.name}.migration_deployment SET cancelled = 1 WHERE status = 'running'`);
      return session.database.write(statement);
    };
    const answer = await scene.run(scene.update(FIRST, code), code, {
      connect: scene.connectingTo(session, { write }),
    });
    expect(answer).toMatchObject({ kind: 'silent' });
    expect(
      await scene.sql(`SELECT state, stepsDone, \`before\` FROM ${scene.name}.migration WHERE name = '0002_steps'`),
    ).toEqual([{ state: 'applying', stepsDone: 1, before: null }]);
    expect([await scene.sql('SELECT email FROM user'), await scene.sql('SELECT id FROM a')]).toEqual([[], []]);
    expect(Object.keys(await scene.schema())).toEqual(['table a', 'table user']);
  });

  test('a runner whose row somebody took away is not silent, as if it were cancelled: nobody else would answer', async () => {
    const code = release({
      '0001_steps': migration('CREATE TABLE a (id INT); CREATE TABLE b (id INT)', 'DROP TABLE b; DROP TABLE a'),
    });
    const session = scene.session();
    const write = async (statement: string) => {
      const written = await session.database.write(statement);
      if (statement.startsWith('CREATE TABLE a')) await scene.sql(`DELETE FROM ${scene.name}.migration`);
      return written;
    };
    const run = scene.run(scene.create(code), code, { connect: scene.connectingTo(session, { write }) });
    await expect(run).rejects.toThrow('a row of the journal is gone');
  });
});
