import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of a connection. */
export type Treatment =
  /** It gets through. */
  | 'pass'
  /** It is ended at once, as by a server that is starting. */
  | 'reset'
  /** It is taken, and nothing comes of it, as with a server that is paused. */
  | 'hang'
  /** It gets through, and the server says that it has no TLS, as somebody in between would have it. */
  | 'without-tls'
  /** It ends in the TLS handshake, as with a server that dies then. */
  | 'cut-in-tls';

/** Stands between a function and its database, and can fail as that does. */
export class DatabaseProxy {
  readonly port: number;
  /** All that clients sent. */
  readonly received: Buffer[] = [];
  /** Called with each connection, before anything of it gets through. */
  onConnection: () => void = () => undefined;
  /** What becomes of connections from now on. */
  treatment: Treatment = 'pass';
  readonly #target: Target;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #refusals = 0;
  #connections = 0;

  private constructor(target: Target, server: Server) {
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    this.#use(server);
  }

  static async start(target: Target): Promise<DatabaseProxy> {
    return new DatabaseProxy(target, await listen(0));
  }

  /** Connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Resets the next connections at once, as a server does that is starting. */
  refuseNext(count: number): void {
    this.#refusals = count;
  }

  /** Ends all connections, as a server does that dies. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Nothing listens any more. */
  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined));
    this.#server = undefined;
  }

  /** Listens again, on the same port. */
  async reopen(): Promise<void> {
    this.#use(await listen(this.port));
  }

  async stop(): Promise<void> {
    if (this.#server !== undefined) await this.close();
  }

  #use(server: Server): void {
    this.#server = server;
    server.on('connection', (client) => this.#onClient(client));
  }

  #onClient(client: Socket): void {
    this.#connections += 1;
    this.#sockets.add(client);
    client.on('error', () => client.destroy());
    this.onConnection();
    if (this.treatment === 'hang') return;
    if (this.#refusals > 0 || this.treatment === 'reset') {
      this.#refusals -= 1;
      client.resetAndDestroy();
      return;
    }
    const database = connect(this.#target.port, this.#target.host);
    this.#sockets.add(database);
    database.on('error', () => database.destroy());
    client.on('data', (chunk) => this.received.push(chunk));
    if (this.treatment === 'without-tls') database.once('data', (greeting: Buffer) => denyTls(greeting));
    if (this.treatment === 'cut-in-tls') {
      database.pipe(client);
      client.once('data', () => client.destroy());
      return;
    }
    client.pipe(database).pipe(client);
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }
}

interface Target {
  readonly host: string;
  readonly port: number;
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

/** Takes CLIENT_SSL (0x0800) out of the capabilities: after header, protocol, version, connection id, salt and a zero. */
function denyTls(greeting: Buffer): void {
  const capabilities = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1;
  greeting[capabilities + 1]! &= ~0x08;
}
