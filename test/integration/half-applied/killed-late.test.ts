import type { Database } from '../../../lambda/ports';
import { ServerError } from '../../../lambda/ports';
import { servers } from '../../servers';
import { FIRST, release, Scene, USER } from '../scene';

const KILLED = ['ER_QUERY_INTERRUPTED', 1317, 'Query execution was interrupted'] as const;

/** Each with a text of the migration that makes it and one of the down that drops it. */
const OBJECTS = [
  ['an event', 'CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DO SELECT 1', 'DROP EVENT tidy'],
  ['a procedure', 'CREATE PROCEDURE tidy() SELECT 1', 'DROP PROCEDURE tidy'],
  ['a function', 'CREATE FUNCTION tidy() RETURNS INT DETERMINISTIC RETURN 1', 'DROP FUNCTION tidy'],
] as const;

/** As measured: the server carries it out, and answers as if the KILL had ended it. */
describe.each(servers())('on $name a KILL that comes too late for', (server) => {
  const scene = Scene.ofEachTest(server, FIRST);

  /** A session of which one statement is answered so, when it is done. */
  const killedAt = (statement: string) => {
    const session = scene.session();
    const { database } = session;
    const late = <T>(run: (sql: string) => Promise<T>) => {
      return async (sql: string): Promise<T> => {
        const result = await run(sql);
        if (sql === statement) throw new ServerError(...KILLED);
        return result;
      };
    };
    const change: Partial<Database> = {
      write: late((sql) => database.write(sql)),
      execute: (sql, parameters) => late((text) => database.execute(text, parameters))(sql),
    };
    return { connect: scene.connectingTo(session, change) };
  };
  const both = (up: string, down: string) =>
    release({ '0001_user': USER, '0002_tidy': `-- migrate:up\n${up};\n-- migrate:down\n${down};` });

  test.each(OBJECTS)('%s that is made: it is reverted, and made by the next deployment', async (_name, up, down) => {
    const before = await scene.schema();
    const next = both(up, down);
    const failed = await scene.updated(FIRST, next, killedAt(up));
    expect(failed.reason).toMatch(/^0002_tidy\.sql failed at step 1 of 1 .*ER_QUERY_INTERRUPTED.*1 migration reverted/);
    expect(await scene.schema()).toEqual(before);
    expect(await scene.updated(FIRST, next)).toMatchObject({ status: 'SUCCESS', data: { Applied: '0002_tidy' } });
  });

  test.each(OBJECTS)('%s that a down drops: the rollback goes on behind it', async (_name, up, down) => {
    const before = await scene.schema();
    const next = both(up, down);
    await scene.updated(FIRST, next);
    const failed = await scene.updated(next, FIRST, killedAt(down));
    expect(failed.reason).toMatch(/^reverting 0002_tidy failed at down step 1 of 1 .*Some of it may be reverted/);
    expect(await scene.updated(next, FIRST)).toMatchObject({ status: 'SUCCESS', data: { Drift: '' } });
    expect(await scene.schema()).toEqual(before);
    expect(await scene.history()).toEqual(['0001_user applied']);
  });

  // Nothing shows whether it was made.
  const unseen = [
    ['a server of other tables', 'SERVER', "FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', USER 'u', DATABASE 'd')"],
    ...(server.kind === 'mysql' && Number.parseFloat(server.version) >= 9.2
      ? [['a library', 'LIBRARY', "LANGUAGE JAVASCRIPT AS 'export const a = 1'"] as const]
      : []),
  ] as const;
  test.each(unseen)('%s that is made: a person has to look', async (_name, kind, rest) => {
    const name = `of_${scene.name}`;
    const up = `CREATE ${kind} ${name} ${rest}`;
    const failed = await scene.updated(FIRST, both(up, `DROP ${kind} ${name}`), killedAt(up));
    await scene.sql(`DROP ${kind} ${name}`);
    expect([failed.status, failed.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
  });

  test('an event that a JavaScript migration makes: a person has to look', async () => {
    const [, up] = OBJECTS[0];
    const module = `exports.up = async ({ query }) => { await query('${up}'); }; exports.down = async () => {};`;
    const next = release({ '0001_user': USER, '0002_tidy': module });
    const failed = await scene.updated(FIRST, next, killedAt(up));
    expect([failed.status, failed.reason]).toEqual(['FAILED', expect.stringContaining('[needs-repair]')]);
    expect(Object.keys(await scene.schema())).toContain('event tidy');
  });
});
