import { lockName } from '../../../lambda/session/lock';
import { type Database, ServerError } from '../../../lambda/ports';
import { servers } from '../../servers';
import { invoke } from '../by-hand';
import { FIRST, release, Scene, SECOND, USER } from '../scene';

describe.each(servers())(
  'on $name, where somebody kills a statement of the function itself, not of a migration,',
  (server) => {
    const scene = Scene.ofEachTest(server, FIRST);

    test.each([
      ["SET time_zone = '+05:00'", 'SET SESSION time_zone', '@@SESSION.time_zone'],
      ['SET timestamp = 1', 'SET SESSION timestamp', 'NOW() < "1980-01-01"'],
    ])('what %s has set is not left for the next migration', async (set, restoring, asked) => {
      const [expected] = await scene.sql(`SELECT ${asked} AS value`);
      const next = release({
        '0001_user': USER,
        '0002_sets': `-- migrate:up\n${set};\nCREATE TABLE seen (value VARCHAR(40));\n-- migrate:down\nDROP TABLE seen;`,
        '0003_sees': `-- migrate:up\nINSERT INTO seen VALUES (${asked});\n-- migrate:down\nDELETE FROM seen;`,
      });
      let kills = 0;
      const answer = await scene.updated(FIRST, next, {
        connect: () => {
          const { database, ...session } = scene.session();
          const killed: Partial<Database> = {
            write: async (statement) => {
              if (statement.startsWith(restoring) && kills++ === 0)
                throw new ServerError('ER_QUERY_INTERRUPTED', 1317, 'Query execution was interrupted');
              return database.write(statement);
            },
          };
          return scene.connectingTo({ ...session, database }, killed)();
        },
      });
      expect([answer.status, answer.reason, kills]).toEqual(['SUCCESS', answer.reason, expect.any(Number)]);
      expect(kills).toBeGreaterThan(0);
      expect(await scene.sql('SELECT value FROM seen')).toEqual([{ value: String(expected?.['value']) }]);
    });

    test('it waits for the lock anew', async () => {
      await scene.unlocked();
      await scene.sql(`SELECT GET_LOCK('${lockName(scene.name)}', 0)`);
      const answer = scene.updated(FIRST, SECOND);
      await scene.until(() => scene.isRunning('SELECT GET_LOCK'));
      const waiting = (await scene.sessions()).find(({ Info }) => Info?.startsWith('SELECT GET_LOCK'));
      await scene.sql(`KILL QUERY ${Number(waiting?.Id)}`);
      await scene.sql(`DO RELEASE_LOCK('${lockName(scene.name)}')`);
      expect((await answer).status).toBe('SUCCESS');
    });

    test('it does not say that the connection was lost where its tables are locked', async () => {
      const session = scene.session();
      const { database } = session;
      const query = (statement: string): ReturnType<Database['query']> =>
        statement.includes('migration_deployment')
          ? Promise.reject(new ServerError('ER_LOCK_WAIT_TIMEOUT', 1205, 'Lock wait timeout exceeded'))
          : database.query(statement);
      const answer = await scene.updated(FIRST, SECOND, {
        connect: scene.connectingTo({ database, close: () => {} }, { query }),
      });
      session.close();
      expect([answer.status, answer.reason]).toEqual([
        'FAILED',
        expect.stringMatching(
          /^the server ended what .* 6 times \(Lock wait timeout.*PROCESSLIST.*\[connection-lost\]$/,
        ),
      ]);
    });

    test.each([{ command: 'up' }, { command: 'down', steps: 1 }])('%p says what it came to', async (event) => {
      await scene.settle();
      const session = scene.session();
      const write: Database['write'] = (statement) =>
        /migration(_deployment)?\b/.test(statement)
          ? Promise.reject(new ServerError('ER_QUERY_INTERRUPTED', 1317, 'Query execution was interrupted'))
          : session.database.write(statement);
      await expect(
        invoke(scene, FIRST, event, { connect: scene.connectingTo(session, { write, execute: write }) }),
      ).rejects.toThrow(
        /^the server ended what .*journal \(Query execution was interrupted\); what was done is in the journal, .*PROCESSLIST.* and try again \[connection-lost\]$/,
      );
      expect(await scene.history()).toEqual(['0001_user applied']);
    });
  },
);
