import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Authority } from '../../../rehearsal/servers/certificates';

/** What the server does with a request: a status, a reset of the connection, or nothing at all. */
export type Reaction = number | 'reset' | 'hang';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The JSON that came. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A real server that stands for a service of AWS. It reacts as told, the last way for good, and keeps what it got. */
export class AnswerServer {
  readonly received: Received[] = [];
  reactions: Reaction[] = [200];
  /** What it answers with. */
  content = '';
  readonly #server: Server;

  private constructor(authority?: Authority) {
    const onRequest = (
      request: Parameters<Parameters<typeof createServer>[1] & object>[0],
      response: ServerResponse,
    ): void => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const body = JSON.parse(bytes.toString('utf8')) as Received['body'];
        this.received.push({
          method: request.method ?? '',
          path: request.url ?? '',
          headers: request.headers,
          bytes,
          body,
        });
        this.#react(response);
      });
    };
    this.#server = authority
      ? createSecureServer({ cert: authority.certificate, key: authority.key }, onRequest)
      : createServer(onRequest);
  }

  static async start(authority?: Authority): Promise<AnswerServer> {
    const server = new AnswerServer(authority);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The newest request. */
  get last(): Received {
    const last = this.received.at(-1);
    if (last === undefined) throw new Error('nothing was received');
    return last;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #react(response: ServerResponse): void {
    const reaction = this.reactions.length > 1 ? this.reactions.shift() : this.reactions[0];
    if (reaction === 'reset') response.destroy();
    else if (reaction !== 'hang') response.writeHead(reaction ?? 200).end(this.content);
  }
}
