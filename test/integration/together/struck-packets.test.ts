import type { RequestPorts } from '../../../lambda/events/answer-request';
import { writeOneByOne } from '../../../lambda/edges/database/multi-statements';
import { ConnectionLost, type Database, type Written } from '../../../lambda/ports';
import { servers } from '../../servers';
import { FIRST, Scene } from '../scene';
import { COUNT, madeTables, tables } from './tables-release';

describe.each(servers())('packets of steps, on $name', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  it('end before the next one where a newer request reverts the deployment in the midst of a packet', async () => {
    const next = tables();
    const packets: (readonly string[])[] = [];
    const session = scene.session();
    const write = (statement: string): Promise<Written> => session.database.write(statement);
    const cancelledAt = 10;
    const change: Partial<Database> = {
      writeTogether: async (statements, answered) => {
        packets.push(statements);
        await writeOneByOne(write, statements.slice(0, cancelledAt), answered);
        await scene.sql('UPDATE migration_deployment SET cancelled = 1 ORDER BY id DESC LIMIT 1');
        await session.database.writeTogether(statements.slice(cancelledAt), answered);
      },
    };
    const answer = await scene.run(scene.update(FIRST, next), next, { connect: scene.connectingTo(session, change) });

    expect(answer.kind).toBe('silent');
    expect(packets).toHaveLength(1);
    expect(await madeTables(scene)).toBe(cancelledAt / 2);
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
    const answer = await scene.updated(FIRST, next, { connect });
    expect(losses).toBeGreaterThan(0);
    expect(answer.reason).toMatch(/step 1 of 1 of 0013_t3\.sql/);
  });

  it('tell the error of the packet, and do not run a refused step twice', async () => {
    await scene.sql('CREATE TABLE full (id INT)');
    await scene.sql('INSERT INTO full VALUES (1), (1)');
    const sent: string[] = [];
    // It reverts in another session where a routine on the server makes temporary tables.
    const connect: RequestPorts['connect'] = () => {
      const session = scene.session();
      return scene.connectingTo(session, {
        write: (statement) => (sent.push(statement), session.database.write(statement)),
        writeTogether: (statements, answered) => (
          sent.push(...statements),
          session.database.writeTogether(statements, answered)
        ),
      })();
    };
    const unique = 'ALTER TABLE full ADD UNIQUE KEY once (id)';
    const next = tables((ups) => void (ups[5] = unique));
    const answer = await scene.updated(FIRST, next, { connect });
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
    const answer = await scene.updated(FIRST, next, { connect, clock });
    expect(answer.status).toBe('SUCCESS');
    expect(pauses).toEqual([5_000]);
  });

  it('count answers of a statement that gives rows', async () => {
    const { database } = scene.session();
    const written: number[] = [];
    const texts = ['CREATE TABLE a (id INT)', 'CHECK TABLE a', 'INSERT INTO a VALUES (1), (2)'];
    await database.writeTogether(texts, ({ found }) => void written.push(found));
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
    const answer = await scene.updated(FIRST, next, { clock, connect });
    expect(answer.status).toBe('SUCCESS');
    expect(kills).toEqual(['QUERY', 'QUERY', 'QUERY', 'CONNECTION']);
    expect(await madeTables(scene)).toBe(COUNT);
  });

  it('wait no longer than a second after the look at their tables', async () => {
    const next = tables();
    const session = scene.session();
    let waits = 0;
    const answer = await scene.updated(FIRST, next, {
      connect: scene.connectingTo(session, {
        writeTogether: async (statements, answered) => {
          waits += 1;
          if (waits === 1) await scene.sql('DO SLEEP(1.1)');
          const sending = session.database.writeTogether(statements, answered);
          if (waits === 1) {
            await expect(sending).rejects.toThrow('out of range');
            expect(await madeTables(scene)).toBe(0);
          }
          return sending;
        },
      }),
    });
    expect(answer.status).toBe('SUCCESS');
    expect(waits).toBeGreaterThan(1);
    expect(await madeTables(scene)).toBe(COUNT);
  });
});
