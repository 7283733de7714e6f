import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Authority } from '../../../rehearsal/servers/certificates';
import { type CommandWatcher, ProxySession } from './proxy-session';

export interface ProxySettings {
  /** The real server's Unix socket. */
  readonly socketPath: string;
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

  static async start({ socketPath, authority, watcher }: ProxySettings): Promise<MysqlProxy> {
    const { certificate: cert, key } = authority;
    const secureContext = createSecureContext({ cert, key });
    const sessions = new Set<ProxySession>();
    const server = createServer((client) => {
      const session: ProxySession = new ProxySession(client, {
        socketPath,
        secureContext,
        watcher: {
          beforeServer: (command) => watcher.beforeServer(command),
          onSent: (command) => watcher.onSent(command),
          betweenReplies: (command, reply) => watcher.betweenReplies(command, reply),
          beforeReply: (command, replies) => watcher.beforeReply(command, replies),
          onClientGone: (gone) => watcher.onClientGone(gone),
          onEnd: (ended, unanswered) => {
            sessions.delete(ended);
            watcher.onEnd(ended, unanswered);
          },
        },
      });
      sessions.add(session);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new MysqlProxy(server, sessions);
  }

  /** Resolves when the server has ended all sessions whose clients are gone. */
  async idle(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.ended));
  }

  /** Ends all sessions, whatever they do. */
  dropAll(): void {
    for (const session of this.#sessions) session.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.dropAll();
    await closed;
  }
}
