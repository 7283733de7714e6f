import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between a function and its database, and can refuse. */
export class DatabaseProxy {
  readonly port: number;
  /** All that clients sent. */
  readonly received: Buffer[] = [];
  /** Called with each connection, before anything of it gets through. */
  onConnection: () => void = () => undefined;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #refusals = 0;
  #isSilent = false;
  #connections = 0;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(target: { readonly host: string; readonly port: number }): Promise<DatabaseProxy> {
    const sockets = new Set<Socket>();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new DatabaseProxy(server, sockets);
    server.on('connection', (client) => proxy.#onClient(client, target));
    return proxy;
  }

  /** Connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Lets nothing get through from now on, as a security group without a rule does. */
  beSilent(): void {
    this.#isSilent = true;
  }

  /** Resets the next connections at once, as a server does that is starting. */
  refuseNext(count: number): void {
    this.#refusals = count;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #onClient(client: Socket, { host, port }: { readonly host: string; readonly port: number }): void {
    this.#connections += 1;
    this.#sockets.add(client);
    client.on('error', () => client.destroy());
    this.onConnection();
    if (this.#isSilent) return;
    if (this.#refusals > 0) {
      this.#refusals -= 1;
      client.resetAndDestroy();
      return;
    }
    const database = connect(port, host);
    this.#sockets.add(database);
    database.on('error', () => database.destroy());
    client.on('data', (chunk) => this.received.push(chunk));
    client.pipe(database).pipe(client);
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }
}
