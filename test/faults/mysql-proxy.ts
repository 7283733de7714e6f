import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Authority } from '../../rehearsal/certificates';
import { type CommandWatcher, ProxySession } from './proxy-session';

export interface ProxySettings {
  /** Where the real server is. */
  readonly host: string;
  readonly port: number;
  /** What clients trust to be that server. */
  readonly authority: Authority;
  readonly watcher: CommandWatcher;
}

/** Stands between clients and a MySQL server, and lets a watcher decide over each command, though all is encrypted. */
export class MysqlProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #sessions: Set<ProxySession>;

  private constructor(server: Server, sessions: Set<ProxySession>) {
    this.#server = server;
    this.#sessions = sessions;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start({ host, port, authority, watcher }: ProxySettings): Promise<MysqlProxy> {
    const { certificate: cert, key } = authority;
    const secureContext = createSecureContext({ cert, key });
    const sessions = new Set<ProxySession>();
    const server = createServer((client) => {
      const session = new ProxySession(client, { host, port, secureContext, watcher });
      sessions.add(session);
      client.once('close', () => sessions.delete(session));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MysqlProxy(server, sessions);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.drop();
    await closed;
  }
}
