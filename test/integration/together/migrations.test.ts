import { databaseOf } from '../../../lambda/edges/database/database-of';
import { dyingAt, migration, ProcessDied } from '../../rules/dying-process';
import { servers } from '../../servers';
import { FIRST, release, Scene } from '../scene';
import { COUNT, madeTables, nameOf, stepsIn, tables, watching } from './tables-release';

/** A release's migrations as texts again. */
function sources({ scripts }: ReturnType<typeof release>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...scripts].map(([name, json]) => {
      const { up, down } = JSON.parse(json) as { readonly up: readonly string[]; readonly down: readonly string[] };
      return [name, migration(up.join(';\n'), down.join(';\n'))];
    }),
  );
}

describe.each(servers())('migrations that make or change one table each, on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  it('are sent in packets of 16, and the journal says of each what it says of one that runs alone', async () => {
    const next = tables();
    const packets: (readonly string[])[] = [];
    const answer = await scene.updated(FIRST, next, { connect: watching(scene, packets) });

    expect(answer.status).toBe('SUCCESS');
    expect(stepsIn(packets)).toEqual([16, 16, COUNT]);
    expect(await madeTables(scene)).toBe(COUNT);
    const rows = await scene.sql(
      `SELECT name, state, stepsDone, stepsTotal, \`before\`, unchanged, durationMs BETWEEN 0 AND 60000 AS isTimed,
        deployment, UNCOMPRESS(script) AS script FROM migration ORDER BY id`,
    );
    expect(rows.map(({ name }) => name)).toEqual(next.manifest.migrations.map(({ name }) => name));
    for (const { name, script, deployment, ...row } of rows.slice(1)) {
      expect(row).toEqual({ state: 'applied', stepsDone: 1, stepsTotal: 1, before: null, unchanged: 0, isTimed: 1 });
      expect(String(script)).toBe(next.scripts.get(String(name)));
      expect(deployment).toBe(2);
    }
    const logged = scene.logged.map(({ message }) => message).filter((message) => message.startsWith('migrated'));
    expect(logged.filter((message) => message.includes('_t'))).toHaveLength(COUNT);

    await scene.updated(next, FIRST);
    expect(await madeTables(scene)).toBe(0);
  });

  it('are journalled one by one, so that a death in the midst of them leaves at most one in doubt', async () => {
    const next = tables();
    const update = scene.update(FIRST, next);
    for (const when of ['before', 'after'] as const) {
      const at = when === 'before' ? 7 : 11;
      await expect(scene.run(update, next, dyingAt(scene, `CREATE TABLE t${at} `, when))).rejects.toThrow(ProcessDied);
      expect(await madeTables(scene)).toBe(when === 'before' ? at : at + 1);
      const history = await scene.history();
      expect(history.filter((row) => row.endsWith(' applying'))).toEqual([`${nameOf(at)} applying`]);
      expect(history).toHaveLength(at + 2);
    }
    expect((await scene.answer(update, next)).status).toBe('SUCCESS');
    expect(await madeTables(scene)).toBe(COUNT);
    expect(new Set((await scene.history()).map((row) => row.split(' ')[1]))).toEqual(new Set(['applied']));
  });

  it('are reverted by code that knows none of them where a process died in the midst of a packet', async () => {
    const next = tables();
    const update = scene.update(FIRST, next);
    await expect(scene.run(update, next, dyingAt(scene, 'CREATE TABLE t9 ', 'after'))).rejects.toThrow(ProcessDied);
    expect((await scene.updated(next, FIRST)).status).toBe('SUCCESS');
    expect(await madeTables(scene)).toBe(0);
  });

  it.each([
    ['the server refuses one', (ups: string[]) => void (ups[5] = 'CREATE TABLE t5 (id INT, id INT)'), /0015_t5/],
    ['a table is there', (ups: string[]) => void (ups[5] = 'CREATE TABLE user (id INT)'), /0015_t5/],
    ['two make the same table', (ups: string[]) => void (ups[5] = 'CREATE TABLE t4 (id INT)'), /0015_t5/],
  ])('say which of them failed, and are reverted, where %s', async (_, change, failed) => {
    const next = tables(change);
    const before = await scene.schema();
    const answer = await scene.updated(FIRST, next);
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(failed);
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('change tables together too, each of which no other of them changes', async () => {
    const made = tables();
    await scene.updated(FIRST, made);
    await scene.settle();
    const changes = [
      ...Array.from({ length: 10 }, (_, index) => `ALTER TABLE t${index} ADD COLUMN name VARCHAR(20), ADD KEY (name)`),
      'CREATE INDEX other ON t10 (id)',
      'CREATE TABLE child (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES t11 (id))',
      'ALTER TABLE t0 ADD COLUMN second INT',
      'ALTER TABLE t1 ADD COLUMN second INT',
      'ALTER TABLE t11 CHANGE COLUMN id ID INT',
    ];
    const downs = [
      ...Array.from({ length: 10 }, (_, index) => `ALTER TABLE t${index} DROP COLUMN name`),
      'DROP INDEX other ON t10',
      'DROP TABLE child',
      'ALTER TABLE t0 DROP COLUMN second',
      'ALTER TABLE t1 DROP COLUMN second',
      'ALTER TABLE t11 CHANGE COLUMN ID id INT',
    ];
    const next = release({
      ...sources(made),
      ...Object.fromEntries(changes.map((up, index) => [`01${index + 10}_change`, migration(up, downs[index])])),
    });
    const before = await scene.schema();
    const update = scene.update(made, next);
    const packets: (readonly string[])[] = [];
    // At each of them in turn the process dies, and the next attempt goes on.
    for (const at of ['ALTER TABLE t3 ', 'CREATE INDEX other', 'CREATE TABLE child'])
      await expect(scene.run(update, next, dyingAt(scene, at, 'after'))).rejects.toThrow(ProcessDied);
    expect((await scene.updated(next, made)).status).toBe('SUCCESS');
    expect(await scene.schema()).toEqual(before);

    await scene.settle();
    const again = await scene.updated(made, next, { connect: watching(scene, packets) });
    expect(again.status).toBe('SUCCESS');
    expect(stepsIn(packets)).toEqual([12, 12, 14]);
    // The first change of a table and the second are in two packets.
    for (const second of packets
      .slice(1)
      .flat()
      .filter((text) => text.includes('second')))
      expect(packets[0]).not.toContain(second);
    expect((await scene.schema())['table t0']).toMatch(/name[^]*second/);
  });

  it('go alone where a semicolon is in one, and where it is filled as it is made', async () => {
    const next = tables((ups) => {
      ups[1] = "CREATE TABLE t1 (id INT COMMENT 'a; b')";
      ups[2] = 'CREATE TABLE t2 SELECT 1 AS id';
    });
    const packets: (readonly string[])[] = [];
    await scene.updated(FIRST, next, { connect: watching(scene, packets) });
    expect(packets.flat().join('\n')).not.toMatch(/CREATE TABLE t[12] /);
    expect(await madeTables(scene)).toBe(COUNT);
  });

  it('are run one by one where no packet may hold two statements', async () => {
    const next = tables();
    const session = scene.session();
    const unknown = Object.assign(new Error('Unknown command'), { errno: 1047, code: 'ER_UNKNOWN_COM_ERROR' });
    const { connection } = session;
    Object.assign(connection, {
      addCommand: new Proxy(Reflect.get(connection, 'addCommand') as object, {
        apply: (add: (command: object) => unknown, self, [command]: [{ onResult: (error: Error) => void }]) =>
          command.constructor === Object ? command.onResult(unknown) : add.call(self, command),
      }),
    });
    const refusing = databaseOf(connection, scene.name);
    const answer = await scene.updated(FIRST, next, {
      connect: () => Promise.resolve({ kind: 'connected', session: { ...session, database: refusing } }),
    });
    expect(answer.status).toBe('SUCCESS');
    expect(await madeTables(scene)).toBe(COUNT);
  });
});
