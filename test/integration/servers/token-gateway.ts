import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { Authority } from '../../../rehearsal/servers/certificates';

export interface GatewaySettings {
  /** The real server. It has the user, without a password. */
  readonly host: string;
  readonly port: number;
  /** What clients are shown. */
  readonly authority: Authority;
  /** Whether clients are offered TLS. */
  readonly hasTls?: boolean;
  /** Whether the token opens a session. */
  readonly isWelcome?: boolean;
  /** Of so many sessions the first statement is killed. */
  readonly kills?: number;
}

const CLIENT_SSL = 0x0800;

/** User's name in a handshake response: after flags, packet size, character set and a filler. */
const USER_AT = 32;

/**
 * A server that authenticates as Aurora does with IAM: whatever the client begins with, it is asked for its token by
 * `mysql_clear_password`. Behind it is a real server, on which the session then goes on as the same user.
 */
export class TokenGateway {
  readonly port: number;
  /** What clients sent before anything was encrypted. */
  readonly plain: Buffer[] = [];
  /** What clients sent when they were asked for a token. */
  readonly tokens: string[] = [];
  #kills = 0;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async start(settings: GatewaySettings): Promise<TokenGateway> {
    const sockets = new Set<Socket>();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const gateway = new TokenGateway(server, sockets);
    server.on('connection', (client) => {
      client.on('error', () => client.destroy());
      sockets.add(client);
      // A client that goes away ends its session, and that is what some tests are about.
      gateway.#serve(client, settings).catch(() => client.destroy());
    });
    return gateway;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(plainClient: Socket, settings: GatewaySettings): Promise<void> {
    const plainServer = connect({ host: settings.host, port: settings.port });
    plainServer.on('error', () => plainClient.destroy());
    plainClient.on('close', () => plainServer.destroy());
    this.#sockets.add(plainServer);
    plainClient.write(greeting(await readPacket(plainServer), settings.hasTls ?? true));
    const request = await readPacket(plainClient);
    this.plain.push(request);
    if ((request.readUInt32LE(4) & CLIENT_SSL) === 0) return;

    plainServer.write(request);
    const { certificate: cert, key } = settings.authority;
    const client = new TLSSocket(plainClient, { isServer: true, secureContext: createSecureContext({ cert, key }) });
    client.on('error', () => plainClient.destroy());
    const response = await readPacket(client);
    client.write(packet(3, Buffer.from('\xfemysql_clear_password\0', 'latin1')));
    const token = await readPacket(client);
    this.tokens.push(token.toString('utf8', 4, token.length - 1));
    if (settings.isWelcome === false) {
      client.end(packet(5, Buffer.from(`\xff\x15\x04#28000Access denied`, 'latin1')));
      return;
    }
    const server = connectTls({ socket: plainServer, rejectUnauthorized: false });
    server.on('error', () => plainClient.destroy());
    server.write(withoutPassword(response));
    let answer = await readPacket(server);
    if (answer[4] === 0xfe) {
      server.write(packet(answer.readUInt8(3) + 1, Buffer.alloc(0)));
      answer = await readPacket(server);
    }
    client.write(packet(5, answer.subarray(4)));
    if (this.#kills < (settings.kills ?? 0)) {
      this.#kills += 1;
      await readPacket(client);
      client.write(packet(1, Buffer.from('\xff\x25\x05#70100Query execution was interrupted', 'latin1')));
    }
    client.pipe(server).pipe(client);
  }
}

/** The server's own, which the client's later packets must fit to, without TLS where there shall be none. */
function greeting(original: Buffer, hasTls: boolean): Buffer {
  const changed = Buffer.from(original);
  // After protocol and version: number of the connection, eight bytes to scramble with, a filler.
  const flagsAt = original.indexOf(0, 5) + 1 + 4 + 8 + 1;
  if (!hasTls) changed.writeUInt16LE(changed.readUInt16LE(flagsAt) & ~CLIENT_SSL, flagsAt);
  return changed;
}

function withoutPassword(response: Buffer): Buffer {
  const payload = response.subarray(4);
  const passwordAt = payload.indexOf(0, USER_AT) + 1;
  const rest = payload.subarray(passwordAt + 1 + payload.readUInt8(passwordAt));
  return packet(response.readUInt8(3), Buffer.concat([payload.subarray(0, passwordAt), Buffer.from([0]), rest]));
}

function packet(sequence: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence, 3);
  return Buffer.concat([header, payload]);
}

/** The next packet, with its header. What came after it stays in the socket. */
async function readPacket(socket: Socket): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const end = bytes.length < 4 ? Infinity : 4 + bytes.readUIntLE(0, 3);
    if (bytes.length >= end) {
      if (bytes.length > end) socket.unshift(bytes.subarray(end));
      return bytes.subarray(0, end);
    }
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) bytes = Buffer.concat([bytes, chunk]);
    else if (socket.readableEnded || socket.destroyed) throw new Error('the other side has gone');
    else await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}
