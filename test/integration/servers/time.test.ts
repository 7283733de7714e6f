import { setTimeout as sleep } from 'node:timers/promises';

import type { RequestPorts } from '../../../lambda/events/answer-request';
import { lockName } from '../../../lambda/session/lock';
import { AT_COMMIT } from '../../../lambda/session/sessions';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { ENDLESS_QUERY } from './endless-query';
import { FIRST, release, Scene, SECOND, USER } from '../scene';

/** Time runs out soon. */
function short(ms: number) {
  const end = Date.now() + ms;
  return { clock: { now: () => Date.now(), remaining: () => end - Date.now(), sleep: (ms: number) => sleep(ms) } };
}

/** Time runs out in the second step of a migration, however long all before it takes. */
function shortFromSecondStep(scene: Scene): Partial<RequestPorts> {
  let end: number | null = null;
  const { database, ...session } = scene.session();
  const write = (sql: string) => {
    // Of this, ten seconds at least are kept for the journal and the revert.
    if (sql.includes('stepsDone = 1')) end ??= Date.now() + 11_000;
    return database.write(sql);
  };
  let isFirst = true;
  return {
    clock: {
      now: () => Date.now(),
      remaining: () => (end === null ? 60_000 : end - Date.now()),
      sleep: (ms: number) => sleep(ms),
    },
    connect: () => {
      const own = isFirst ? { ...session, database: { ...database, write } } : scene.session();
      isFirst = false;
      return Promise.resolve({ kind: 'connected', session: own });
    },
  };
}

describe.each(servers())('time and others on $name', (server) => {
  const scene = Scene.ofEachTest(server);

  it('a lock that is not free is answered FAILED with its holder, and nothing is run', async () => {
    const [row] = await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 0) AS held, CONNECTION_ID() AS id`);
    expect(row?.['held']).toBe(1);

    const said = new RegExp(
      `connection ${String(row?.['id'])} of root@.*, for \\d+ s in its present state holds it; nothing (more )?was run.*\\[lock-not-free\\]`,
    );
    // Its function may have vanished, and the server ends it within the minute until the next attempt.
    const first = await scene.run(scene.create(FIRST), FIRST, short(1000));
    expect(first).toEqual({ kind: 'go-on', reason: expect.stringMatching(said) });

    const attempt = { isFirst: false, isLast: true, isLastThoughLong: true };
    const answer = await scene.answer(scene.create(FIRST), FIRST, { ...short(1000), attempt });
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(said) });
    expect(await scene.schema()).toEqual({});
  });

  it('a holder whose commit has no room for the binary log is not to be killed', async () => {
    await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 0)`);
    const { database, ...session } = scene.session();
    // As measured on MySQL 9.7, whose binary log was on a full disk.
    const query: typeof database.query = async (statement) => {
      const rows = await database.query(statement);
      return /PROCESSLIST/.test(statement) ? rows.map((row) => ({ ...row, State: AT_COMMIT })) : rows;
    };
    const connect = scene.connectingTo({ ...session, database }, { query });
    const answer = await scene.run(scene.create(FIRST), FIRST, { ...short(1000), connect });
    expect(answer).toMatchObject({
      reason: expect.stringMatching(/handler commit" holds it.* room for the binary log/),
    });
    expect(answer).not.toMatchObject({ reason: expect.stringContaining('end it with KILL') });
  });

  it('a holder is told without the long statements that others run, which may not fit into the memory', async () => {
    await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 0)`);
    const loading = scene.session();
    const loaded = loading.database.query(`SELECT SLEEP(100), LENGTH('${'x'.repeat(500_000)}')`).catch(() => undefined);
    const { database, ...session } = scene.session();
    const running: number[] = [];
    const query: typeof database.query = async (statement) => {
      const rows = await database.query(statement);
      running.push(...rows.map((row) => String(row['Info']).length));
      return rows;
    };
    const connect = scene.connectingTo({ ...session, database }, { query });
    const answer = await scene.run(scene.create(FIRST), FIRST, { ...short(1000), connect });
    expect(answer).toMatchObject({ reason: expect.stringContaining(' holds it') });
    expect(running).toContain(100);
    expect(Math.max(...running)).toBe(100);
    loading.close();
    await loaded;
  });

  it('a table that others use is tried again, and then answered FAILED with who uses it', async () => {
    await scene.created(FIRST);
    const before = await scene.schema();
    const blocker = scene.session();
    await blocker.database.write('START TRANSACTION');
    await blocker.database.query('SELECT * FROM user');
    const paused: number[] = [];
    const answer = await scene.updated(FIRST, SECOND, {
      clock: { now: () => Date.now(), remaining: () => 600_000, sleep: (ms) => Promise.resolve(void paused.push(ms)) },
      connect: async () => {
        const session = scene.session();
        // The server's least, so that the test does not wait for minutes.
        await session.database.write(`SET SESSION lock_wait_timeout = ${server.kind === 'mariadb' ? 0 : 1}`);
        return { kind: 'connected', session };
      },
    });
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('0002_name.sql failed at step 1 of 2 (line 2): ER_LOCK_WAIT_TIMEOUT (1205)');
    expect(answer.reason).toContain('. Wait until the others are done, or end their sessions, and deploy again [');
    if (server.kind === 'mysql') expect(answer.reason).toMatch(/the table is in use by connection \d+ of root@/);
    expect(paused).toEqual([5000, 10000, 20000, 20000, 20000, 20000, 20000, 20000]);
    await blocker.database.write('ROLLBACK');
    expect(await scene.schema()).toEqual(before);
  });

  it('a procedure that takes a kill for the end of its SLEEP is killed again', async () => {
    await scene.sql('CREATE PROCEDURE slow() BEGIN DO SLEEP(100); DO SLEEP(100); DO SLEEP(100); END');
    const slow = release({ '0001_slow': '-- migrate:up\nCALL slow();\n-- migrate:down\nDO 0;' });
    const start = Date.now();
    expect((await scene.created(slow, short(2000))).status).toBeDefined();
    expect(Date.now() - start).toBeLessThan(60_000);
  });

  it('a run whose time ends keeps what it did; the next attempt goes on there, and the last one reverts it', async () => {
    await scene.created(FIRST);
    const before = await scene.schema();
    const slow = release({
      '0001_user': USER,
      '0002_slow': `-- migrate:up
CREATE TABLE first_step (id INT);
CREATE TABLE slow_step AS ${ENDLESS_QUERY};
-- migrate:down
DROP TABLE slow_step;
DROP TABLE first_step;`,
    });
    const intent = scene.update(FIRST, slow);

    expect(await scene.run(intent, slow, shortFromSecondStep(scene))).toMatchObject({
      kind: 'go-on',
      reason: 'the time ran out in step 2 of 2 of 0002_slow.sql (line 3), which was ended [out-of-time]',
    });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_slow applying']);
    expect(Object.keys(await scene.schema())).toEqual(['table first_step', 'table user']);

    // The second attempt gets no further, which earns no third.
    const answer = await scene.answer(intent, slow, shortFromSecondStep(scene));
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toContain('the time ran out before step 2 of 2 of 0002_slow.sql');
    expect(await scene.schema()).toEqual(before);
    expect(await scene.isRunning('CREATE TABLE slow_step')).toBe(false);
  });

  describe('an attempt whose time ends while it reverts is followed by another, which goes on there:', () => {
    const BASE = { '0001_base': migration('CREATE TABLE t (id INT PRIMARY KEY)', 'DROP TABLE t') };
    const PLAIN = release(BASE);
    const DOWN = 'DELETE FROM t WHERE id = 1; DROP TABLE m; DROP TABLE n';
    const MORE = 'CREATE TABLE n (id INT); CREATE TABLE m (id INT); INSERT INTO t VALUES (1)';
    /** The next statement after this one finds no time left. */
    const spentAt = (statement: string): Partial<RequestPorts> => {
      let remaining = 600_000;
      // It reverts in another session where a routine on the server makes temporary tables.
      const connect: RequestPorts['connect'] = () => {
        const session = scene.session();
        const write: typeof session.database.write = (sent) => {
          if (sent.startsWith(statement)) remaining = 1_000;
          return session.database.write(sent);
        };
        return scene.connectingTo(session, { write })();
      };
      const clock = { now: () => Date.now(), remaining: () => remaining, sleep: () => Promise.resolve() };
      return { clock, connect };
    };
    const tables = async (): Promise<readonly string[]> => Object.keys(await scene.schema());

    it('what an earlier attempt left', async () => {
      await scene.created(PLAIN);
      // It is not gone on with, since it carries a variable, but reverted and started over.
      const more = MORE.replace('(1)', '(@n)');
      const carrying = release({ ...BASE, '0002_more': migration(`SET @n = 1; ${more}`, DOWN) });
      const intent = scene.update(PLAIN, carrying);
      const dying = dyingAt(scene, 'CREATE TABLE m', 'after');
      await expect(scene.run(intent, carrying, dying)).rejects.toThrow(ProcessDied);
      await scene.unlocked();

      expect(await scene.run(intent, carrying, spentAt('DROP TABLE m'))).toMatchObject({ kind: 'go-on' });
      expect(await tables()).toEqual(['table n', 'table t']);
      expect(await scene.answer(intent, carrying)).toMatchObject({ status: 'SUCCESS' });
      expect([await tables(), await scene.sql('SELECT id FROM t')]).toEqual([
        ['table m', 'table n', 'table t'],
        [{ id: 1 }],
      ]);
    });

    it('what the release lacks', async () => {
      const whole = release({ ...BASE, '0002_more': migration(MORE, DOWN) });
      const less = release(BASE, { OnRemoved: 'REVERT' });
      await scene.created(whole);
      await scene.settle();
      const intent = scene.update(whole, less);

      expect(await scene.run(intent, less, spentAt('DROP TABLE m'))).toMatchObject({ kind: 'go-on' });
      expect(await tables()).toEqual(['table n', 'table t']);
      expect(await scene.answer(intent, less)).toMatchObject({ status: 'SUCCESS', data: { Applied: '' } });
      expect([await tables(), await scene.sql('SELECT id FROM t')]).toEqual([['table t'], []]);
    });

    it('what a deployment applied that failed', async () => {
      await scene.created(PLAIN);
      const broken = release({
        ...BASE,
        '0002_more': migration(MORE, DOWN),
        '0003_broken': migration('CREATE TABLE t (id INT)'),
      });
      const intent = scene.update(PLAIN, broken);

      expect(await scene.run(intent, broken, spentAt('DROP TABLE m'))).toMatchObject({ kind: 'go-on' });
      expect(await tables()).toEqual(['table n', 'table t']);
      const answer = await scene.answer(intent, broken);
      expect(answer.status).toBe('FAILED');
      expect(answer.reason).toMatch(
        /^0003_broken.sql failed at step 1 .* the schema is as it was before the deployment/,
      );
      expect(answer.data).toMatchObject({ Reverted: '0002_more', Drift: '' });
      expect([await tables(), await scene.sql('SELECT id FROM t')]).toEqual([['table t'], []]);
    });
  });
});
