import { databaseOf } from '../../lambda/edges/database/database-of';
import { writeOneByOne } from '../../lambda/edges/database/multi-statements';
import { ConnectionLost, type Database, type Written } from '../../lambda/ports';
import { dyingAt, migration, ProcessDied } from '../rules/servers/dying-process';
import { servers } from '../servers';
import { FIRST, release, Scene, USER } from './scene';

const COUNT = 20;

/** A table each, `t0` to `t19`. */
function tables(change: (texts: string[]) => void = () => undefined): ReturnType<typeof release> {
  const ups = Array.from({ length: COUNT }, (_, index) => `CREATE TABLE t${index} (id INT PRIMARY KEY)`);
  change(ups);
  return release({
    '0001_user': USER,
    ...Object.fromEntries(ups.map((up, index) => [nameOf(index), migration(up, `DROP TABLE t${index}`)])),
  });
}

/** A release's migrations as texts again. */
function sources({ scripts }: ReturnType<typeof release>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...scripts].map(([name, json]) => {
      const { up, down } = JSON.parse(json) as { readonly up: readonly string[]; readonly down: readonly string[] };
      return [name, migration(up.join(';\n'), down.join(';\n'))];
    }),
  );
}

function nameOf(index: number): string {
  return `${String(index + 10).padStart(4, '0')}_t${index}`;
}

describe.each(servers())('migrations that make or change one table each, on $name', (server) => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start(server);
    await scene.answer(scene.create(FIRST), FIRST);
    await scene.settle();
  });
  afterEach(() => scene.end());

  const madeTables = async (): Promise<number> =>
    Object.keys(await scene.schema()).filter((name) => /^table t\d+$/.test(name)).length;

  /** Notes what the function sends in one packet. */
  const watching = (packets: (readonly string[])[]) => {
    const session = scene.session();
    return scene.connectingTo(session, {
      writeTogether: (statements, answered) => {
        packets.push(statements);
        return session.database.writeTogether(statements, answered);
      },
    });
  };

  it('are sent in packets of 16, and the journal says of each what it says of one that runs alone', async () => {
    const next = tables();
    const packets: (readonly string[])[] = [];
    const answer = await scene.answer(scene.update(FIRST, next), next, { connect: watching(packets) });

    expect(answer.status).toBe('SUCCESS');
    expect(packets.map(({ length }) => length)).toEqual([32, 8]);
    expect(await madeTables()).toBe(COUNT);
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

    await scene.answer(scene.update(next, FIRST), FIRST);
    expect(await madeTables()).toBe(0);
  });

  it('are journalled one by one, so that a death in the midst of them leaves at most one in doubt', async () => {
    const next = tables();
    const update = scene.update(FIRST, next);
    for (const when of ['before', 'after'] as const) {
      const at = when === 'before' ? 7 : 11;
      await expect(scene.run(update, next, dyingAt(scene, `CREATE TABLE t${at} `, when))).rejects.toThrow(ProcessDied);
      expect(await madeTables()).toBe(when === 'before' ? at : at + 1);
      const history = await scene.history();
      expect(history.filter((row) => row.endsWith(' applying'))).toEqual([`${nameOf(at)} applying`]);
      expect(history).toHaveLength(at + 2);
    }
    expect((await scene.answer(update, next)).status).toBe('SUCCESS');
    expect(await madeTables()).toBe(COUNT);
    expect(new Set((await scene.history()).map((row) => row.split(' ')[1]))).toEqual(new Set(['applied']));
  });

  it('are reverted by code that knows none of them where a process died in the midst of a packet', async () => {
    const next = tables();
    const update = scene.update(FIRST, next);
    await expect(scene.run(update, next, dyingAt(scene, 'CREATE TABLE t9 ', 'after'))).rejects.toThrow(ProcessDied);
    expect((await scene.answer(scene.update(next, FIRST), FIRST)).status).toBe('SUCCESS');
    expect(await madeTables()).toBe(0);
  });

  it.each([
    ['the server refuses one', (ups: string[]) => void (ups[5] = 'CREATE TABLE t5 (id INT, id INT)'), /0015_t5/],
    ['a table is there', (ups: string[]) => void (ups[5] = 'CREATE TABLE user (id INT)'), /0015_t5/],
    ['two make the same table', (ups: string[]) => void (ups[5] = 'CREATE TABLE T4 (id INT)'), /0015_t5/],
  ])('say which of them failed, and are reverted, where %s', async (what, change, failed) => {
    const next = tables(change);
    const before = await scene.schema();
    const answer = await scene.answer(scene.update(FIRST, next), next);
    // On a server that tells capitals apart, these are two tables.
    if (what.startsWith('two') && answer.status === 'SUCCESS') {
      expect(await madeTables()).toBe(COUNT - 1);
      return;
    }
    expect(answer.status).toBe('FAILED');
    expect(answer.reason).toMatch(failed);
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  it('end before the next one where a newer request takes the deployment back in the midst of a packet', async () => {
    const next = tables();
    const packets: (readonly string[])[] = [];
    const session = scene.session();
    const write = (statement: string): Promise<Written> => session.database.write(statement);
    const cancelledAt = 10;
    const change: Partial<Database> = {
      writeTogether: async (statements, answered) => {
        packets.push(statements);
        const all: Written[] = [];
        const first = await writeOneByOne(write, statements.slice(0, cancelledAt), (written) => void all.push(written));
        await scene.sql('UPDATE migration_deployment SET cancelled = 1 ORDER BY id DESC LIMIT 1');
        const second = await session.database.writeTogether(
          statements.slice(cancelledAt),
          (written) => void all.push(written),
        );
        for (const written of all) answered(written);
        return first ?? second;
      },
    };
    const answer = await scene.run(scene.update(FIRST, next), next, { connect: scene.connectingTo(session, change) });

    expect(answer.kind).toBe('silent');
    expect(packets).toHaveLength(1);
    expect(await madeTables()).toBe(cancelledAt / 2);
    expect(await scene.history()).toHaveLength(1 + cancelledAt / 2);
  });

  it('name the step in which the connection was lost', async () => {
    const next = tables();
    let losses = 0;
    const connect = (): ReturnType<ReturnType<typeof scene.connectingTo>> => {
      const session = scene.session();
      return scene.connectingTo(session, {
        writeTogether: async (statements, answered) => {
          losses += 1;
          const until = statements.findIndex((statement) => statement.startsWith('CREATE TABLE t3 '));
          await session.database.writeTogether(statements.slice(0, until), answered);
          session.close();
          throw new ConnectionLost('on purpose');
        },
        write: (statement) => {
          if (statement.startsWith('CREATE TABLE t3 ')) {
            session.close();
            return Promise.reject(new ConnectionLost('on purpose'));
          }
          return session.database.write(statement);
        },
      })();
    };
    const answer = await scene.answer(scene.update(FIRST, next), next, { connect });
    expect(losses).toBeGreaterThan(0);
    expect(answer.reason).toMatch(/step 1 of 1 of 0013_t3\.sql/);
  });

  it('change tables together too, each of which no other of them changes', async () => {
    const made = tables();
    await scene.answer(scene.update(FIRST, made), made);
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
    expect((await scene.answer(scene.update(next, made), made)).status).toBe('SUCCESS');
    expect(await scene.schema()).toEqual(before);

    await scene.settle();
    const again = await scene.answer(scene.update(made, next), next, { connect: watching(packets) });
    expect(again.status).toBe('SUCCESS');
    expect(packets.map(({ length }) => length / 2)).toEqual([12, 2]);
    expect((await scene.schema())['table t0']).toMatch(/name[^]*second/);
  });

  describe('of one migration', () => {
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
      const answer = await scene.answer(scene.update(FIRST, next), next, { connect: watching(packets) });
      expect(answer.status).toBe('SUCCESS');
      expect(packets.map(({ length }) => length / 2)).toEqual([16, 16, 3]);
      expect(await madeTables()).toBe(35);
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
      expect(await madeTables()).toBe(35);
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
        expect((await scene.answer(scene.update(next, FIRST), FIRST)).status).toBe('SUCCESS');
        expect(await scene.schema()).toEqual(before);
      },
    );

    it.each([0, 7, 15, 16, 33])('say that step %i failed, and are reverted', async (at) => {
      const before = await scene.schema();
      const next = initial(INITIAL.with(at, `CREATE TABLE t${at} (id INT, id INT)`));
      const answer = await scene.answer(scene.update(FIRST, next), next);
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
          const result = await session.database.writeTogether(statements, answered);
          left = 1;
          return result;
        },
      });
      const clock = { ...scene.ports(next).clock, remaining: () => left };
      const answer = await scene.run(update, next, { connect, clock });
      expect(answer.kind).not.toBe('answer');
      session.close();
      await scene.unlocked();
      expect(await madeTables()).toBe(16);
      expect((await scene.answer(update, next)).status).toBe('SUCCESS');
      expect(await madeTables()).toBe(35);
    });
  });

  it('tell the error of the packet, and do not run a refused step twice', async () => {
    await scene.sql('CREATE TABLE full (id INT)');
    await scene.sql('INSERT INTO full VALUES (1), (1)');
    const sent: string[] = [];
    const session = scene.session();
    const connect = scene.connectingTo(session, {
      write: (statement) => (sent.push(statement), session.database.write(statement)),
      writeTogether: (statements, answered) => (
        sent.push(...statements),
        session.database.writeTogether(statements, answered)
      ),
    });
    const unique = 'ALTER TABLE full ADD UNIQUE KEY once (id)';
    const next = tables((ups) => void (ups[5] = unique));
    const answer = await scene.answer(scene.update(FIRST, next), next, { connect });
    expect(answer.reason).toMatch(/0015_t5.*step 1 of 1.*Duplicate entry/s);
    expect(sent.filter((statement) => statement === unique)).toHaveLength(1);
  });

  it('wait for those who use a table, with the pause that DDL has before it is tried again', async () => {
    const other = scene.session();
    await other.database.write('START TRANSACTION');
    await other.database.query('SELECT * FROM user');
    const pauses: number[] = [];
    const next = tables((ups) => void (ups[5] = 'ALTER TABLE user ADD COLUMN five INT'));
    const clock = {
      ...scene.ports(next).clock,
      sleep: async (ms: number) => {
        pauses.push(ms);
        await other.database.write('COMMIT');
      },
    };
    const session = scene.session();
    await session.database.write('SET SESSION lock_wait_timeout = 1');
    const connect = scene.connectingTo(session, {
      // What puts the session back would wait for longer.
      write: async (statement) =>
        session.database.write(statement.replace(/lock_wait_timeout = 20/i, 'lock_wait_timeout = 1')),
      writeTogether: (...all) => session.database.writeTogether(...all),
    });
    const answer = await scene.answer(scene.update(FIRST, next), next, { connect, clock });
    expect(answer.status).toBe('SUCCESS');
    expect(pauses).toEqual([5_000]);
  });

  it('count answers of a statement that gives rows', async () => {
    const { database } = scene.session();
    const written: number[] = [];
    const texts = ['CREATE TABLE a (id INT)', 'CHECK TABLE a', 'INSERT INTO a VALUES (1), (2)'];
    expect(await database.writeTogether(texts, ({ found }) => void written.push(found))).toBeNull();
    expect(written).toEqual([0, 0, 2]);
  });

  it('are left by a session that a kill between two statements has made deaf', async () => {
    const next = tables();
    const kills: string[] = [];
    let left = 900_000;
    let isEnded = (): void => undefined;
    const session = scene.session();
    const deaf = scene.connectingTo(session, {
      // The look at the tables, before the packet.
      readTogether: async (statements) => {
        const rows = await session.database.readTogether(statements);
        left = 1;
        return rows;
      },
      writeTogether: () =>
        new Promise((_, reject) => {
          isEnded = () => reject(new ConnectionLost('the session was ended'));
        }),
    });
    let connections = 0;
    const connect = async (): ReturnType<typeof deaf> => {
      connections += 1;
      if (connections === 1) return deaf();
      const other = scene.session();
      const write = async (statement: string): Promise<Written> => {
        const what = /^KILL (\w+)/.exec(statement)?.[1];
        if (what !== undefined) kills.push(what);
        const written = await other.database.write(statement);
        if (what === 'CONNECTION') {
          left = 900_000;
          isEnded();
        }
        return written;
      };
      return { kind: 'connected', session: { ...other, database: { ...other.database, write } } };
    };
    const clock = { ...scene.ports(next).clock, remaining: () => left };
    const answer = await scene.answer(scene.update(FIRST, next), next, { clock, connect });
    expect(answer.status).toBe('SUCCESS');
    expect(kills).toEqual(['QUERY', 'QUERY', 'QUERY', 'CONNECTION']);
    expect(await madeTables()).toBe(COUNT);
  });

  it('wait no longer than a second after the look at their tables', async () => {
    const next = tables();
    const session = scene.session();
    let waits = 0;
    const answer = await scene.answer(scene.update(FIRST, next), next, {
      connect: scene.connectingTo(session, {
        writeTogether: async (statements, answered) => {
          waits += 1;
          if (waits === 1) await scene.sql('DO SLEEP(1.1)');
          const before = await madeTables();
          const result = await session.database.writeTogether(statements, answered);
          if (waits === 1) expect(await madeTables()).toBe(before);
          return result;
        },
      }),
    });
    expect(answer.status).toBe('SUCCESS');
    expect(waits).toBeGreaterThan(1);
    expect(await madeTables()).toBe(COUNT);
  });

  it('go alone where a semicolon is in one, and where it is filled as it is made', async () => {
    const next = tables((ups) => {
      ups[1] = "CREATE TABLE t1 (id INT COMMENT 'a; b')";
      ups[2] = 'CREATE TABLE t2 SELECT 1 AS id';
    });
    const packets: (readonly string[])[] = [];
    await scene.answer(scene.update(FIRST, next), next, { connect: watching(packets) });
    expect(packets.flat().join('\n')).not.toMatch(/CREATE TABLE t[12] /);
    expect(await madeTables()).toBe(COUNT);
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
    const answer = await scene.answer(scene.update(FIRST, next), next, {
      connect: () => Promise.resolve({ kind: 'connected', session: { ...session, database: refusing } }),
    });
    expect(answer.status).toBe('SUCCESS');
    expect(await madeTables()).toBe(COUNT);
  });
});
