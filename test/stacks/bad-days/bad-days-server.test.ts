import { createConnection, type Connection } from 'mysql2/promise';
import { readFileSync } from 'node:fs';
import { stackServers } from '../../servers';
import { describeEachStartable } from '../../startable-servers';
import { admitApplication, APP, type OwnRehearsal, startOwnRehearsal } from './own-rehearsal';
import { DatabaseProxy } from './database-proxy';
import { synthesizeReleases } from '../small-app';
import { MARKED, USER } from '../small-migrations';
import { pause, StackScene } from '../stack-scene';

const RELEASES = synthesizeReleases({
  first: { migrations: USER },
  marked: { migrations: { ...USER, ...MARKED } },
});
const APPLIED = ['0001_user applied 2/2'];

/** Settings of the whole server are changed here, so it is one of our own. */
describeEachStartable(stackServers(), 'on $name', (server) => {
  let own: OwnRehearsal;
  let proxy: DatabaseProxy;
  let scene: StackScene;
  beforeAll(async () => {
    // A limit of a user's connections that is not there at the start cannot be set later on MariaDB.
    own = await startOwnRehearsal(server, ['--max-user-connections=500']);
  });
  afterAll(() => own.stop());
  beforeEach(async () => {
    proxy = await DatabaseProxy.start(own.database);
    scene = new StackScene(own.rehearsal, { environment: { DATABASE_PORT: String(proxy.port) } });
    await admitApplication(scene);
    expect(await scene.stack.deploy(RELEASES.first)).toMatchObject({ status: 'CREATE_COMPLETE' });
  });
  afterEach(async () => {
    await scene.sql('SET GLOBAL read_only = 0, max_connections = 200, max_user_connections = 500');
    await scene.end();
    await proxy.stop();
    expect(scene.stack.violations).toEqual([]);
    await own.rehearsal.endStacks();
  });

  /** Waits until the function has tried to connect so many times more. */
  async function tries(count: number): Promise<void> {
    const { connections } = proxy;
    while (proxy.connections < connections + count) await pause();
  }

  /** An update whose second step waits for a row. */
  async function updateInMidStatement(): Promise<{ readonly result: Promise<unknown>; readonly session: unknown }> {
    await scene.sql('START TRANSACTION');
    await scene.sql(`SELECT * FROM ${scene.database}.user FOR UPDATE`);
    const result = scene.stack.deploy(RELEASES.marked, { statusEvents: { hold: true } });
    await scene.running('UPDATE user SET email');
    const sessions = await scene.sql('SHOW FULL PROCESSLIST');
    const session: unknown = sessions.find(({ Info }) => String(Info).startsWith('UPDATE user SET email'))!['Id'];
    return { result, session };
  }

  async function expectMarkedOnce(): Promise<void> {
    expect(scene.attemptsAt('Update')).toEqual(['returned']);
    expect(await scene.history()).toEqual([...APPLIED, '0002_mark applied 3/3']);
    expect(await scene.sql(`SELECT email FROM ${scene.database}.user`)).toEqual([
      { email: 'marked-first@example.com' },
    ]);
    expect(await scene.sql(`SELECT id FROM ${scene.database}.mark`)).toEqual([{ id: 1 }]);
  }

  test('a fail-over in mid-statement is lived through: the connection is gone, the server refuses, takes no writes, then works', async () => {
    const { result, session } = await updateInMidStatement();
    proxy.treatment = 'reset';
    await scene.sql(`KILL ${String(session)}`);
    await tries(2);
    await scene.sql('COMMIT');
    await scene.sql('SET GLOBAL read_only = 1');
    proxy.treatment = 'pass';
    await tries(3);
    await scene.sql('SET GLOBAL read_only = 0');
    expect(await result).toMatchObject({ status: 'UPDATE_COMPLETE' });
    await expectMarkedOnce();
    expect(scene.said).toContain('the connection was lost, starting over from history');
    expect(scene.said).toContain(
      `127.0.0.1:${proxy.port}: it takes no writes. It is failing over, or the host is a reader's: give the writer's`,
    );
  });

  test('a host that stays a reader is given up and named, and nothing was run', async () => {
    const { stack } = (scene = new StackScene(own.rehearsal, {
      environment: { DATABASE_PORT: String(proxy.port), DATABASE_NAME: scene.database, CONNECT_SECONDS: '2' },
    }));
    await scene.sql('SET GLOBAL read_only = 1');
    const { connections } = proxy;
    const result = await stack.deploy(RELEASES.first, { statusEvents: { hold: true } });
    expect(proxy.connections - connections).toBeGreaterThan(2);
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.reason).toMatch(/took no connection for [1-9]\d* s: it takes no writes \(READER: .*no SQL was run/);
  });

  test.each([
    ['max_connections', 'ER_CON_COUNT_ERROR'],
    ['max_user_connections', 'ER_TOO_MANY_USER_CONNECTIONS'],
  ])('connections that are all taken (%s) are waited for, and the log says so', async (variable, code) => {
    const taken: Connection[] = [];
    try {
      await scene.sql(`SET GLOBAL ${variable} = 10`);
      for (let i = 0; i < 10; i += 1) await take(taken).catch(() => undefined);
      const result = scene.stack.deploy(RELEASES.marked, { statusEvents: { hold: true } });
      await tries(3);
      for (const connection of taken) connection.destroy();
      expect(await result).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await expectMarkedOnce();
      expect(scene.said).toContain(`"code":"${code}"`);
      expect(scene.said).toContain('it has no connection free');
    } finally {
      for (const connection of taken) connection.destroy();
    }
  });

  // MariaDB has no such mode.
  if (server.kind === 'mysql') {
    test('a server that is taken offline in mid-statement is waited for, and the log says so', async () => {
      const { result } = await updateInMidStatement();
      try {
        await scene.sql('SET GLOBAL offline_mode = 1');
        await tries(3);
      } finally {
        await scene.sql('SET GLOBAL offline_mode = 0');
      }
      await scene.sql('COMMIT');
      expect(await result).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await expectMarkedOnce();
      expect(scene.said).toContain('it lets administrators in alone (offline_mode)');
    });
  }

  async function take(taken: Connection[]): Promise<void> {
    const { host, port, caFile } = own.database;
    const ssl = { ca: readFileSync(caFile!, 'utf8') };
    const connection = await createConnection({ host, port, user: APP.username, password: APP.password, ssl });
    connection.on('error', () => undefined);
    taken.push(connection);
  }
});
