import { ServerError } from '../../ports';
import { ER_NET_PACKET_TOO_LARGE } from '../../words/server-error-numbers';

/** Of a command's first bytes, and of each parameter's type and length, at most. */
const HEADER_BYTES = 3;
const PREPARED_BYTES = 24;
const PARAMETER_BYTES = 13;

/**
 * Bytes that a server has to take at once for a statement: of its text, or of its parameters where those are more. A server
 * refuses a packet whose payload is not below its max_allowed_packet (measured on MySQL 9.7 and MariaDB 10.11).
 */
export function payloadBytes(statement: string, parameters: readonly unknown[] = []): number {
  const text = HEADER_BYTES + Buffer.byteLength(statement);
  const values = parameters.reduce<number>((sum, value) => sum + PARAMETER_BYTES + bytesOf(value), PREPARED_BYTES);
  return parameters.length === 0 ? text : Math.max(text, values);
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  // The driver sends it as JSON. What cannot be written so it refuses itself.
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return jsonBytes(value);
  return 16;
}

function jsonBytes(value: object): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch {
    return 0;
  }
}

/** The error for a statement that the server would not take. Nothing of it was sent. */
export function tooLarge(bytes: number, max: number): ServerError {
  return new ServerError(
    'ER_NET_PACKET_TOO_LARGE',
    ER_NET_PACKET_TOO_LARGE,
    `the statement takes ${grouped(bytes)} bytes and the server's max_allowed_packet is ${grouped(max)}; it was not sent. ` +
      `Split it into several statements, or have the server take larger ones`,
  );
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
