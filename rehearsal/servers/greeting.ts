import { connect } from 'node:net';
import { messageOf } from '../error-facts';

const CLIENT_SSL = 0x0800;

/** What a MySQL or MariaDB server says of itself before anyone logs in. */
export interface Greeting {
  readonly kind: 'mariadb' | 'mysql';
  readonly version: string;
  /** Whether it offers TLS. */
  readonly hasTls: boolean;
}

/** Where a server listens: an address, or the path of a Unix socket. */
export type ServerAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** Connects and reads the server's greeting; rejects where nobody listens or the server refuses. */
export function readGreeting(address: ServerAddress): Promise<Greeting> {
  const name = 'path' in address ? address.path : `${address.host}:${address.port}`;
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(address);
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no greeting from ${name} within 10 s`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${name} closed the connection before its greeting`)));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        const greeting = parseGreeting(received);
        if (greeting === undefined) return;
        resolve(greeting);
      } catch (error) {
        reject(new Error(messageOf(error), { cause: error }));
      }
      socket.destroy();
    });
  });
}

/**
 * Parses protocol version 10's first packet: 3 bytes length, 1 sequence, 1 protocol, then the version up to a zero; number of the
 * connection, eight bytes to scramble with, a filler, and the lower half of what the server can do.
 */
function parseGreeting(bytes: Buffer): Greeting | undefined {
  if (bytes.length < 5) return undefined;
  if (bytes[4] === 0xff) throw new Error(`the server refused: ${bytes.subarray(7).toString('utf8')}`);
  if (bytes[4] !== 10) throw new Error('this is no MySQL or MariaDB server');
  const end = bytes.indexOf(0, 5);
  const flagsAt = end + 1 + 4 + 8 + 1;
  if (end === -1 || bytes.length < flagsAt + 2) return undefined;
  // MariaDB 10 puts 5.5.5- before its version, for the sake of old replication clients.
  const version = bytes
    .subarray(5, end)
    .toString('latin1')
    .replace(/^5\.5\.5-/, '');
  return {
    kind: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version,
    hasTls: (bytes.readUInt16LE(flagsAt) & CLIENT_SSL) !== 0,
  };
}
