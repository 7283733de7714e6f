import { createConnection, type Connection } from 'mysql2/promise';
import { servers } from '../../servers';
import { describeEachStartable } from '../../startable-servers';
import type { Fault } from '../fault';
import { FaultInjector } from '../fault-injector';
import { type FaultServer, startFaultServer } from '../fault-server';
import { MysqlProxy } from './mysql-proxy';
import { type MigrationStatement, StatementLedger } from '../statement-ledger';

const CREATE = 'CREATE TABLE packets.note (id INT, text VARCHAR(20))';
const FIRST = "INSERT INTO packets.note VALUES (1, 'a;b')";
const SECOND = 'UPDATE packets.note SET id = id + 1';
const DOWN = 'DROP TABLE packets.note';

const STATEMENTS: readonly MigrationStatement[] = [
  ...[CREATE, FIRST, SECOND].map((text) => ({ migration: 'a', form: 'sql', direction: 'up', text }) as const),
  { migration: 'a', form: 'sql', direction: 'down', text: DOWN },
];

describeEachStartable(servers(), 'the proxy before $name', ({ program }) => {
  let server: FaultServer;
  let proxy: MysqlProxy;
  let injector: FaultInjector;
  beforeAll(async () => {
    server = await startFaultServer(program);
    const { certificates, socketPath } = server;
    injector = new FaultInjector({
      killFunction: () => Promise.resolve(),
      crashServer: () => Promise.resolve(),
      block: () => Promise.resolve(),
      unblock: () => Promise.resolve(),
      hurry: () => Promise.resolve(),
      cancel: () => undefined,
      isSameFunction: () => Promise.resolve(false),
    });
    proxy = await MysqlProxy.start({ socketPath, authority: certificates.databaseAuthority, watcher: injector });
  });
  afterAll(async () => {
    await proxy.stop();
    await server.database.stop();
  });

  beforeEach(async () => {
    injector.reset();
    const connection = await server.connect();
    await connection.query('DROP DATABASE IF EXISTS packets; CREATE DATABASE packets');
    connection.destroy();
  });

  test('counts each statement of a packet that took effect', async () => {
    const ledger = await ledgerOf(async (connection) => {
      await connection.query(`${CREATE}; ${FIRST}; SELECT * FROM packets.note; ${SECOND}`);
      await connection.execute('SELECT ? AS one, id FROM packets.note', [1]);
    });
    expect(ledger.count).toBe(3);
    expect(ledger.repeated()).toEqual([]);
  });

  test('sees a statement that takes effect twice, and not one that was rolled back or reverted in between', async () => {
    const ledger = await ledgerOf(async (connection) => {
      await connection.query(`${CREATE}; ${FIRST}`);
      await connection.query(`START TRANSACTION; ${SECOND}; ROLLBACK; START TRANSACTION; ${SECOND}; COMMIT`);
      await connection.query(`${DOWN}; ${CREATE}; ${FIRST}; ${FIRST}`);
    });
    expect(ledger.count).toBe(7);
    expect(ledger.repeated()).toEqual([`ran twice: up of a: ${FIRST}`]);
  });

  test('does not count what follows a statement that the server refused', async () => {
    const ledger = await ledgerOf(async (connection) => {
      await expect(connection.query(`${CREATE}; ${CREATE}; ${FIRST}`)).rejects.toThrow(/already exists/);
    });
    expect(ledger.count).toBe(1);
  });

  test('drops a connection between two replies of a packet', async () => {
    const fault: Fault = { kind: 'drop', moment: 'between', target: 'work', command: 2 };
    const ledger = await ledgerOf(async (connection) => {
      await connection.query("SELECT GET_LOCK('packets', 0)");
      await expect(connection.query(`${CREATE}; ${FIRST}`)).rejects.toThrow(/lost|closed/i);
    }, fault);
    expect(injector.struck?.replies[0]).toMatchObject({ result: 'ok', hasMore: true });
    // The server goes on: it does not see that its client is gone.
    expect(ledger.count).toBe(2);
  });

  test('strikes after the reply to a login, also where two logins fall between each other', async () => {
    injector.arm({ kind: 'drop', moment: 'after', target: 'login', command: 4 });
    const logins = await Promise.allSettled([connect(), connect()]);
    for (const login of logins) if (login.status === 'fulfilled') login.value.destroy();
    await proxy.idle();
    await injector.disarm();

    expect(logins.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(injector.struck?.text).toBe('log in');
  });

  /** What the ledger says of the work that a client of the proxy did. */
  async function ledgerOf(work: (connection: Connection) => Promise<void>, fault?: Fault): Promise<StatementLedger> {
    const connection = await connect();
    injector.arm(fault);
    await work(connection);
    connection.destroy();
    await proxy.idle();
    await injector.disarm();
    return new StatementLedger(STATEMENTS, injector.events);
  }

  async function connect(): Promise<Connection> {
    const { user, password, host } = server.database;
    const connection = await createConnection({
      host,
      port: proxy.port,
      user,
      password,
      multipleStatements: true,
      ssl: { rejectUnauthorized: false },
    });
    connection.on('error', () => undefined);
    return connection;
  }
});
