import { setTimeout as sleep } from 'node:timers/promises';

import type { RequestPorts } from '../../../lambda/events/answer-request';
import { lockName } from '../../../lambda/session/lock';
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
    if (sql.includes('stepsDone = 1')) end ??= Date.now() + 12_500;
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
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
  });
  afterEach(() => scene.end());

  it('a lock that is not free is answered FAILED with its holder, and nothing is run', async () => {
    const [row] = await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 0) AS held, CONNECTION_ID() AS id`);
    expect(row?.['held']).toBe(1);

    const answer = await scene.answer(scene.create(FIRST), FIRST, short(3000));

    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(
      new RegExp(
        `connection ${String(row?.['id'])} of root@.*, for \\d+ s in its present state holds it; nothing was run.*\\[lock-not-free\\]`,
      ),
    );
    expect(await scene.schema()).toEqual({});
  });

  it('a table that others use is tried again, and then answered FAILED with who uses it', async () => {
    await scene.answer(scene.create(FIRST), FIRST);
    const before = await scene.schema();
    const blocker = scene.session();
    await blocker.database.write('START TRANSACTION');
    await blocker.database.query('SELECT * FROM user');
    const paused: number[] = [];
    const answer = await scene.answer(scene.update(FIRST, SECOND), SECOND, {
      clock: { now: () => Date.now(), remaining: () => 600_000, sleep: (ms) => Promise.resolve(void paused.push(ms)) },
      connect: async () => {
        const session = scene.session();
        // The server's least, so that the test does not wait for minutes.
        await session.database.write('SET SESSION lock_wait_timeout = 1');
        return { kind: 'connected', session };
      },
    });
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain('0002_name.sql failed at step 1 of 2: ER_LOCK_WAIT_TIMEOUT (1205)');
    if (server.kind === 'mysql') expect(answer.reason).toMatch(/the table is in use by connection \d+ of root@/);
    expect(paused).toEqual([5000, 10000, 20000, 20000, 20000, 20000, 20000, 20000]);
    await blocker.database.write('ROLLBACK');
    expect(await scene.schema()).toEqual(before);
  });

  it('a procedure that takes a kill for the end of its SLEEP is killed again', async () => {
    await scene.sql('CREATE PROCEDURE slow() BEGIN DO SLEEP(100); DO SLEEP(100); DO SLEEP(100); END');
    const slow = release({ '0001_slow': '-- migrate:up\nCALL slow();\n-- migrate:down\nDO 0;' });
    const start = Date.now();
    expect((await scene.answer(scene.create(slow), slow, short(2000))).status).toBeDefined();
    expect(Date.now() - start).toBeLessThan(60_000);
  });

  it('a run whose time ends keeps what it did; the next attempt goes on there, and the last one reverts it', async () => {
    await scene.answer(scene.create(FIRST), FIRST);
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

    expect(await scene.run(intent, slow, shortFromSecondStep(scene))).toMatchObject({ kind: 'go-on' });
    expect(await scene.history()).toEqual(['0001_user applied', '0002_slow applying']);
    expect(Object.keys(await scene.schema())).toEqual(['table first_step', 'table user']);

    // The second attempt gets no further, which earns no third.
    const answer = await scene.answer(intent, slow, shortFromSecondStep(scene));
    expect(answer).toMatchObject({ status: 'FAILED' });
    expect(answer.reason).toContain('the time ran out before step 2 of 2 of 0002_slow.sql');
    expect(await scene.schema()).toEqual(before);
    expect(await scene.isRunning('CREATE TABLE slow_step')).toBe(false);
  });
});
