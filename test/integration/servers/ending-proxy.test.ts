import { type Connection, createConnection } from 'mysql2';
import { databaseOf } from '../../../lambda/edges/database/database-of';
import { DRIVER_OPTIONS } from '../../../lambda/edges/database/mysql';
import { ConnectionLost, type Written } from '../../../lambda/ports';
import { type FaultServer, startFaultServer } from '../../faults/fault-server';
import { MysqlProxy } from '../../faults/proxy/mysql-proxy';
import { servers } from '../../servers';
import { describeEachStartable } from '../../startable-servers';

/** COM_SET_OPTION, as the proxy names what is no statement. */
const SET_OPTION = 'command 27';

// What is learned holds for all sessions of the process: it stays by itself in this file.
describeEachStartable(
  servers().slice(0, 1),
  'a proxy that ends sessions in which it is asked to take several statements, before $name',
  ({ program }) => {
    let server: FaultServer;
    let proxy: MysqlProxy;
    const clients: Connection[] = [];
    beforeAll(async () => {
      server = await startFaultServer(program);
      const { certificates, socketPath } = server;
      proxy = await MysqlProxy.start({
        socketPath,
        authority: certificates.databaseAuthority,
        watcher: {
          beforeServer: ({ session, text }) => {
            if (text !== SET_OPTION) return 'pass';
            session.destroy();
            return 'hold';
          },
          onSent: () => undefined,
          betweenReplies: () => 'pass',
          beforeReply: () => 'pass',
          onClientGone: () => undefined,
          onEnd: () => undefined,
        },
      });
    });
    afterAll(async () => {
      for (const client of clients) client.destroy();
      await proxy.stop();
      await server.database.stop();
    });

    const connect = (): Connection => {
      const { host, user, password } = server.database;
      const login = { host, port: proxy.port, user, password, ...DRIVER_OPTIONS, ssl: { rejectUnauthorized: false } };
      const client = createConnection(login).on('error', () => undefined);
      clients.push(client);
      return client;
    };

    it('does so once: the next session sends them one by one', async () => {
      const first = databaseOf(connect(), 'ended');
      await first.write('CREATE DATABASE ended');
      await first.write('CREATE TABLE ended.note (id INT)');
      const found: number[] = [];
      const answered = (written: Written): unknown => found.push(written.found);
      const statements = ['INSERT INTO ended.note VALUES (1), (2)', 'UPDATE ended.note SET id = id + 1'];
      await expect(first.writeTogether(statements, answered)).rejects.toThrow(ConnectionLost);
      expect(found).toEqual([]);

      const next = databaseOf(connect(), 'ended');
      await next.writeTogether(statements, answered);
      expect(found).toEqual([2, 2]);
      expect(await next.readTogether(['SELECT 1', 'SELECT 2'])).toBeNull();
    });
  },
);
