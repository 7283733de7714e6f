import { connect, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, TLSSocket } from 'node:tls';
import { type Packet, PacketReader } from './packet-reader';

/** A command of a client, between the client and the server. */
export interface Command {
  readonly session: ProxySession;
  /** Its place among the session's commands, from 1. */
  readonly number: number;
  /** The statement; for other commands their name. */
  readonly text: string;
}

/** How the server answered a command: `ok`, `rows`, or the number of its error. */
export type Reply = 'ok' | 'rows' | number;

/** Decides over each command. `pass` lets it go on its way, `hold` keeps it, and all that comes after it. */
export interface CommandWatcher {
  beforeServer(command: Command): Promise<Verdict> | Verdict;
  /** The server has executed the command, and the client does not know it yet. */
  beforeReply(command: Command, reply: Reply): Promise<Verdict> | Verdict;
}

export type Verdict = 'pass' | 'hold';

export interface SessionSettings {
  readonly host: string;
  readonly port: number;
  /** The certificate that the client is shown. */
  readonly secureContext: SecureContext;
  readonly watcher: CommandWatcher;
}

const CLIENT_SSL = 0x0800;
const COM_QUIT = 0x01;
const COM_QUERY = 0x03;
const COM_STMT_PREPARE = 0x16;
const COM_STMT_EXECUTE = 0x17;
const COM_STMT_CLOSE = 0x19;

/**
 * One connection of a client through the proxy. It is plain for the greeting and the client's request for TLS; then both
 * sides are encrypted, and the commands are seen in between.
 */
export class ProxySession {
  /** Text of the first command: it tells what the session is for. */
  purpose = '';
  readonly #settings: SessionSettings;
  readonly #sockets = new Set<Socket>();
  readonly #prepared = new Map<number, string>();
  #client: Socket;
  #server: Socket;
  #isAuthenticated = false;
  #isHeld = false;
  #commands = 0;
  /** The command that the server has and has not answered. */
  #pending: Command | undefined;

  constructor(client: Socket, settings: SessionSettings) {
    this.#settings = settings;
    this.#client = this.#watch(client);
    this.#server = this.#watch(connect({ host: settings.host, port: settings.port, noDelay: true }));
    client.setNoDelay(true);
    this.#server.on('data', (chunk: Buffer) => this.#client.write(chunk));
    const reader = new PacketReader();
    const onData = (chunk: Buffer): void => {
      const [request] = reader.push(chunk);
      if (request === undefined) return;
      client.pause();
      client.off('data', onData);
      if ((request.payload.readUInt32LE(0) & CLIENT_SSL) === 0) {
        this.drop();
        return;
      }
      const rest = chunk.subarray(request.raw.length);
      if (rest.length > 0) client.unshift(rest);
      this.#encrypt(request.raw);
    };
    client.on('data', onData);
  }

  /** Ends the connection, on both sides. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #encrypt(request: Buffer): void {
    const plainServer = this.#server;
    plainServer.removeAllListeners('data');
    plainServer.write(request);
    // The proxy is part of the test: whom it talks to it knows.
    this.#server = this.#watch(connectTls({ socket: plainServer, rejectUnauthorized: false }));
    const { secureContext } = this.#settings;
    this.#client = this.#watch(new TLSSocket(this.#client, { isServer: true, secureContext }));
    this.#inOrder(this.#client, (packet) => this.#onClientPacket(packet));
    this.#inOrder(this.#server, (packet) => this.#onServerPacket(packet));
  }

  #inOrder(socket: Socket, handle: (packet: Packet) => Promise<void>): void {
    const reader = new PacketReader();
    let queue = Promise.resolve();
    socket.on('data', (chunk: Buffer) => {
      for (const packet of reader.push(chunk)) queue = queue.then(() => handle(packet));
    });
  }

  async #onClientPacket(packet: Packet): Promise<void> {
    if (this.#isHeld) return;
    const code = packet.payload[0];
    const isCommand = this.#isAuthenticated && packet.sequence === 0;
    if (isCommand && code !== COM_QUIT && code !== COM_STMT_CLOSE) {
      this.#commands += 1;
      const command = { session: this, number: this.#commands, text: this.#textOf(packet.payload) };
      if (this.#commands === 1) this.purpose = command.text;
      if ((await this.#settings.watcher.beforeServer(command)) === 'hold') {
        this.#isHeld = true;
        return;
      }
      this.#pending = command;
    }
    this.#server.write(packet.raw);
  }

  async #onServerPacket({ raw, payload }: Packet): Promise<void> {
    if (this.#isHeld) return;
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#pending = undefined;
      if (pending.text.startsWith(PREPARE))
        this.#prepared.set(payload.readUInt32LE(1), pending.text.slice(PREPARE.length));
      if ((await this.#settings.watcher.beforeReply(pending, replyOf(payload))) === 'hold') {
        this.#isHeld = true;
        return;
      }
    } else if (!this.#isAuthenticated && payload[0] === 0) {
      this.#isAuthenticated = true;
    }
    this.#client.write(raw);
  }

  #textOf(payload: Buffer): string {
    switch (payload.readUInt8(0)) {
      case COM_QUERY:
        return payload.toString('utf8', payload[1] === 0 ? ATTRIBUTES_END : 1);
      case COM_STMT_PREPARE:
        return `${PREPARE}${payload.toString('utf8', 1)}`;
      case COM_STMT_EXECUTE:
        return this.#prepared.get(payload.readUInt32LE(1)) ?? 'execute';
      default:
        return `command ${payload.readUInt8(0)}`;
    }
  }

  /** What ends on one side ends on the other: a dead client's session is the server's to notice. */
  #watch<T extends Socket>(socket: T): T {
    this.#sockets.add(socket);
    socket.on('error', () => this.drop());
    socket.on('close', () => this.drop());
    return socket;
  }
}

const PREPARE = 'prepare: ';

/** MySQL's clients send the number of a query's attributes, none, and of their sets, one, before its text. */
const ATTRIBUTES_END = 3;

function replyOf(payload: Buffer): Reply {
  if (payload[0] === 0x00) return 'ok';
  return payload[0] === 0xff ? payload.readUInt16LE(1) : 'rows';
}
