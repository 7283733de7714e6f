import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { FIRST, release, Scene, USER } from '../scene';
import { madeTables, stepsIn, watching } from './tables-release';

describe.each(servers())('steps of one migration that make or change one table each, on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  const INITIAL = [
    ...Array.from({ length: 35 }, (_, index) => `CREATE TABLE t${index} (id INT PRIMARY KEY)`),
    'INSERT INTO t3 VALUES (1), (2)',
    'ALTER TABLE t3 ADD COLUMN name VARCHAR(10)',
    'ALTER TABLE t4 ADD COLUMN name VARCHAR(10)',
  ];
  const initial = (steps: readonly string[] = INITIAL) =>
    release({
      '0001_user': USER,
      '0002_initial': migration(
        steps.join(';\n'),
        Array.from({ length: 35 }, (_, index) => `DROP TABLE t${index}`).join(';\n'),
      ),
      '0003_more': migration('ALTER TABLE t5 ADD COLUMN name VARCHAR(10)', 'ALTER TABLE t5 DROP COLUMN name'),
    });

  it('go together, too, and with those of the next one', async () => {
    const next = initial();
    const packets: (readonly string[])[] = [];
    const answer = await scene.updated(FIRST, next, { connect: watching(scene, packets) });
    expect(answer.status).toBe('SUCCESS');
    expect(stepsIn(packets)).toEqual([16, 16, 35]);
    expect(await madeTables(scene)).toBe(35);
    const rows = await scene.sql(
      'SELECT name, state, stepsDone, stepsTotal, `before`, unchanged, deployment FROM migration ORDER BY id',
    );
    const more = { state: 'applied', before: null, unchanged: 0, deployment: 2 };
    expect(rows.slice(1)).toEqual([
      { name: '0002_initial', stepsDone: 38, stepsTotal: 38, ...more },
      { name: '0003_more', stepsDone: 1, stepsTotal: 1, ...more },
    ]);
    expect(await scene.sql('SELECT COUNT(*) AS count FROM t3')).toEqual([{ count: 2 }]);
  });

  it.each(['before', 'after'] as const)('go on in the next attempt where a process died %s one', async (when) => {
    const next = initial();
    const update = scene.update(FIRST, next);
    for (const at of [
      'CREATE TABLE t0 ',
      'CREATE TABLE t15 ',
      'CREATE TABLE t20 ',
      'CREATE TABLE t34 ',
      'INSERT',
      'ALTER TABLE t4 ',
    ])
      await expect(
        scene.run(update, next, dyingAt(scene, new RegExp(`^${at}(?!INTO .*migration)`), when)),
      ).rejects.toThrow(ProcessDied);
    expect((await scene.answer(update, next)).status).toBe('SUCCESS');
    expect(await madeTables(scene)).toBe(35);
    expect(await scene.sql('SELECT COUNT(*) AS count FROM t3')).toEqual([{ count: 2 }]);
    expect((await scene.schema())['table t4']).toContain('name');
  });

  it.each(['CREATE TABLE t9 ', 'CREATE TABLE t30 ', 'ALTER TABLE t3 '])(
    'are reverted by code that knows none of them where a process died after %s',
    async (at) => {
      const before = await scene.schema();
      const next = initial();
      const dying = scene.run(scene.update(FIRST, next), next, dyingAt(scene, at, 'after'));
      await expect(dying).rejects.toThrow(ProcessDied);
      expect((await scene.updated(next, FIRST)).status).toBe('SUCCESS');
      expect(await scene.schema()).toEqual(before);
    },
  );

  it.each([0, 7, 15, 16, 33])('say that step %i failed, and are reverted', async (at) => {
    const before = await scene.schema();
    const next = initial(INITIAL.with(at, `CREATE TABLE t${at} (id INT, id INT)`));
    const answer = await scene.updated(FIRST, next);
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toContain(`step ${at + 1} of 38`);
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('are left to the next attempt where the time runs out', async () => {
    const next = initial();
    const update = scene.update(FIRST, next);
    let left = 900_000;
    const session = scene.session();
    const connect = scene.connectingTo(session, {
      writeTogether: async (statements, answered) => {
        await session.database.writeTogether(statements, answered);
        left = 1;
      },
    });
    const clock = { ...scene.ports(next).clock, remaining: () => left };
    const answer = await scene.run(update, next, { connect, clock });
    expect(answer.kind).not.toBe('answer');
    session.close();
    await scene.unlocked();
    expect(await madeTables(scene)).toBe(16);
    expect((await scene.answer(update, next)).status).toBe('SUCCESS');
    expect(await madeTables(scene)).toBe(35);
  });
});
