import { connect, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { type Packet, PacketReader, withSequence } from './packet-reader';
import { preparesSession } from './prepares-session';
import { type Reply, ReplyReader } from './reply-reader';

/**
 * What a client sends at once and waits for the answer of: a step of logging in, or a command, which may hold several
 * statements.
 */
export interface Command {
  readonly session: ProxySession;
  readonly phase: 'login' | 'work';
  /** The statements as they were sent; for a prepared one with its parameters' bytes; for other commands their name. */
  readonly text: string;
  /** The statements' text only. */
  readonly sql: string;
}

/** Decides over each command. `pass` lets it go on its way, `hold` keeps it, and all that comes after it. */
export interface CommandWatcher {
  beforeServer(command: Command): Promise<Verdict> | Verdict;
  /** The server has it, and may not have executed it yet. */
  onSent(command: Command): void;
  /** The server has executed one of several statements, and goes on; the client knows of the ones before. */
  betweenReplies(command: Command, reply: Reply): Promise<Verdict> | Verdict;
  /** The server has executed all of the command, and the client does not know it yet. */
  beforeReply(command: Command, replies: readonly Reply[]): Promise<Verdict> | Verdict;
  /** The client is gone, and the server may not know it yet. */
  onClientGone(session: ProxySession): void;
  /** The session's end has reached the server; what it was sent and did not answer is lost. */
  onEnd(session: ProxySession, unanswered: Command | undefined): void;
}

export type Verdict = 'pass' | 'hold';

export interface SessionSettings {
  /** The server's Unix socket: what goes over it counts as safe for the server, as TLS does. */
  readonly socketPath: string;
  /** The certificate that the client is shown. */
  readonly secureContext: SecureContext;
  readonly watcher: CommandWatcher;
}

const CLIENT_SSL = 0x0800;
const CLIENT_DEPRECATE_EOF = 0x0100_0000;
const COM_QUIT = 0x01;
const COM_QUERY = 0x03;
const COM_STMT_PREPARE = 0x16;
const COM_STMT_EXECUTE = 0x17;
const COM_STMT_CLOSE = 0x19;

/** MySQL's clients send the number of a query's attributes, none, and of their sets, one, before its text. */
const ATTRIBUTES_END = 3;

/**
 * One connection of a client through the proxy. The client's side is encrypted as the client wants it; between the two
 * the packets are seen. The server's side is not, so that all of a session's cost is the client's.
 */
export class ProxySession {
  /** Text of the first command after those that put the session into its state: it tells what the session is for. */
  purpose = '';
  /** Resolves when the server's side is closed. */
  readonly ended: Promise<unknown>;
  /** The client's port, by which its process can be told. */
  readonly clientPort: number;
  readonly #settings: SessionSettings;
  readonly #prepared = new Map<number, string>();
  #client: Socket;
  readonly #server: Socket;
  #step: 'greeting' | 'tls' | 'login' | 'work' = 'greeting';
  #isHeld = false;
  #isClientGone = false;
  #isServerGone = false;
  /** The command that the server has and has not answered to its end. */
  #pending: PendingCommand | undefined;

  constructor(client: Socket, settings: SessionSettings) {
    this.#settings = settings;
    this.clientPort = client.remotePort ?? 0;
    this.#client = client.setNoDelay(true);
    this.#server = connect({ path: settings.socketPath });
    this.ended = new Promise((resolve) => this.#server.once('close', resolve));
    client.on('error', () => this.drop()).on('close', () => this.drop());
    this.#server.on('error', () => this.#onServerGone()).on('close', () => this.#onServerGone());
    inOrder(this.#server, (packet) => this.#onServerPacket(packet));
    const reader = new PacketReader();
    const onData = (chunk: Buffer): void => {
      const [request] = reader.push(chunk);
      if (request === undefined) return;
      client.pause();
      client.off('data', onData);
      const rest = chunk.subarray(request.raw.length);
      if (rest.length > 0) client.unshift(rest);
      void this.#onTlsRequest(request);
    };
    client.on('data', onData);
    // The greeting answers this.
    this.#pending = this.#newPending('login', 'connect');
    void this.#begin(this.#pending);
  }

  /**
   * Ends the client's side. The server's side ends too; where the server is still at work on a command, then when it is
   * done with it: a server does not notice sooner that its client is gone.
   */
  drop(): void {
    this.#client.destroy();
    if (!this.#isClientGone) {
      this.#isClientGone = true;
      this.#settings.watcher.onClientGone(this);
    }
    if (this.#pending?.isSent !== true || this.#pending.command.phase === 'login') this.#server.destroy();
  }

  /** Ends both sides at once. */
  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  async #begin(pending: PendingCommand): Promise<boolean> {
    if ((await this.#settings.watcher.beforeServer(pending.command)) === 'hold') {
      this.#isHeld = true;
      return false;
    }
    return true;
  }

  async #onTlsRequest(request: Packet): Promise<void> {
    if ((request.payload.readUInt32LE(0) & CLIENT_SSL) === 0) {
      this.destroy();
      return;
    }
    if (this.#isHeld || !(await this.#begin(this.#newPending('login', TLS)))) return;
    this.#step = 'login';
    const { secureContext } = this.#settings;
    const encrypted = new TLSSocket(this.#client, { isServer: true, secureContext });
    encrypted.on('error', () => this.drop()).on('close', () => this.drop());
    this.#client = encrypted;
    inOrder(encrypted, (packet) => this.#onClientPacket(packet));
  }

  async #onClientPacket(packet: Packet): Promise<void> {
    if (this.#isHeld || this.#isClientGone) return;
    const code = packet.payload[0];
    const isLogin = this.#step !== 'work';
    if (!isLogin && (packet.sequence !== 0 || code === COM_QUIT || code === COM_STMT_CLOSE)) {
      this.#server.write(packet.raw);
      return;
    }
    const pending = isLogin ? this.#newPending('login', 'log in') : this.#newWork(packet.payload);
    if (!isLogin && this.purpose === '' && !preparesSession(pending.command.text)) this.purpose = pending.command.text;
    if (!(await this.#begin(pending))) return;
    this.#pending = pending;
    pending.isSent = true;
    this.#server.write(isLogin ? withoutTls(packet) : packet.raw);
    this.#settings.watcher.onSent(pending.command);
  }

  async #onServerPacket(packet: Packet): Promise<void> {
    const pending = this.#pending;
    if (pending === undefined) {
      this.#forward([packet.raw]);
      return;
    }
    if (this.#step === 'work') await this.#onReplyPacket(pending, packet);
    else await this.#onLoginPacket(pending, packet);
  }

  async #onLoginPacket(pending: PendingCommand, packet: Packet): Promise<void> {
    // The client's request for TLS was a packet that the server did not get.
    const raw = this.#step === 'greeting' ? packet.raw : withSequence(packet, packet.sequence + 1);
    const isFast = packet.payload[0] === 0x01 && packet.payload[1] === FAST_LOGIN;
    if (isFast) {
      this.#forward([raw]);
      return;
    }
    this.#pending = undefined;
    const isLoggedIn = this.#step === 'login' && packet.payload[0] === 0x00;
    await this.#answer(pending, [raw]);
    if (isLoggedIn) this.#step = 'work';
  }

  async #onReplyPacket(pending: PendingCommand, { raw, payload }: Packet): Promise<void> {
    const { command, packets, replies } = pending;
    if (pending.isPreparing && packets.length === 0 && payload[0] === 0x00)
      this.#prepared.set(payload.readUInt32LE(1), command.sql);
    packets.push(raw);
    const reply = pending.reader.push(payload);
    if (reply === null) return;
    replies.push(reply);
    if (reply.hasMore) {
      this.#forward(packets.splice(0));
      if ((await this.#settings.watcher.betweenReplies(command, reply)) === 'hold') this.#isHeld = true;
      return;
    }
    this.#pending = undefined;
    await this.#answer(pending, packets);
  }

  async #answer({ command, replies }: PendingCommand, packets: readonly Buffer[]): Promise<void> {
    if ((await this.#settings.watcher.beforeReply(command, replies)) === 'hold') this.#isHeld = true;
    this.#forward(packets);
    if (this.#isClientGone) this.#server.destroy();
  }

  #forward(packets: readonly Buffer[]): void {
    if (this.#isHeld || this.#isClientGone) return;
    this.#client.write(packets.length === 1 ? packets[0]! : Buffer.concat(packets));
  }

  #onServerGone(): void {
    this.#client.destroy();
    if (this.#isServerGone) return;
    this.#isServerGone = true;
    const unanswered = this.#pending?.isSent === true ? this.#pending.command : undefined;
    this.#pending = undefined;
    this.#settings.watcher.onEnd(this, unanswered);
  }

  #newPending(phase: Command['phase'], text: string, sql = text, isPreparing = false): PendingCommand {
    const command: Command = { session: this, phase, text, sql };
    return { command, isPreparing, reader: new ReplyReader(isPreparing), packets: [], replies: [], isSent: false };
  }

  #newWork(payload: Buffer): PendingCommand {
    switch (payload.readUInt8(0)) {
      case COM_QUERY:
        return this.#newPending('work', payload.toString('utf8', payload[1] === 0 ? ATTRIBUTES_END : 1));
      case COM_STMT_PREPARE: {
        const sql = payload.toString('utf8', 1);
        return this.#newPending('work', `${PREPARE}${sql}`, sql, true);
      }
      case COM_STMT_EXECUTE: {
        const sql = this.#prepared.get(payload.readUInt32LE(1)) ?? 'execute';
        return this.#newPending('work', `${sql} /* ${payload.toString('hex', 5)} */`, sql);
      }
      default:
        return this.#newPending('work', `command ${payload.readUInt8(0)}`);
    }
  }
}

/** The step of logging in that asks for encryption. */
export const TLS = 'TLS';

/** What a command that only prepares a statement begins with. */
export const PREPARE = 'prepare: ';

/** The server knows the password already, and says so before it says that the login succeeded. */
const FAST_LOGIN = 0x03;

interface PendingCommand {
  readonly command: Command;
  readonly isPreparing: boolean;
  readonly reader: ReplyReader;
  /** Of the reply that is not whole yet. */
  readonly packets: Buffer[];
  readonly replies: Reply[];
  isSent: boolean;
}

/** The login as the server would have got it from a client that does not ask for TLS. */
function withoutTls(packet: Packet): Buffer {
  // Only the first one holds the client's capabilities; a password that is sent afterwards has no such bits.
  if (packet.sequence !== 2) return withSequence(packet, packet.sequence - 1);
  const capabilities = packet.payload.readUInt32LE(0);
  if ((capabilities & CLIENT_DEPRECATE_EOF) !== 0) throw new Error('the proxy does not know CLIENT_DEPRECATE_EOF');
  const changed = Buffer.alloc(4);
  changed.writeUInt32LE((capabilities & ~CLIENT_SSL) >>> 0);
  return withSequence(packet, packet.sequence - 1, changed);
}

function inOrder(socket: Socket, handle: (packet: Packet) => Promise<void>): void {
  const reader = new PacketReader();
  let queue = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    for (const packet of reader.push(chunk)) queue = queue.then(() => handle(packet));
  });
}
