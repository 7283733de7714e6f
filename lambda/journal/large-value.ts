import { compress } from './row-values';
import type { Database, Packets } from '../ports';
import { COMMIT } from './own-transaction';

/**
 * A value longer than this is written in parts. In the statement it has two digits for each byte, and the text around it
 * has its share of what the server takes at once. Bytes.
 */
const LARGE = 2 * 1024 * 1024;

/** The least, whatever the server says: each part is a round trip. */
const SMALL = 128;

/** Where nobody has asked the server: that fits 1 MiB, which servers of old have. */
const UNKNOWN = 128 * 1024;

/** How many bytes of a value fit into one statement. */
export function partBytes({ max }: Packets): number {
  return max === Infinity ? UNKNOWN : Math.max(SMALL, Math.min(LARGE, Math.floor(max / 8)));
}

/** A value's parts, of which the first may be empty. */
export function partsOf(value: Buffer, packets: Packets): readonly [first: Buffer, ...rest: Buffer[]] {
  const size = partBytes(packets);
  const rest: Buffer[] = [];
  for (let offset = size; offset < value.length; offset += size) rest.push(value.subarray(offset, offset + size));
  return [value.subarray(0, size), ...rest];
}

/**
 * Writes a large value in one transaction: its first part with the statement of its row, and the others behind it.
 *
 * @param append is given what `write` gave
 * @param writesMore whether `write` has more than one statement, which belong together
 */
export async function writeLarge<Result>(
  database: Database,
  value: Buffer,
  write: (first: Buffer) => Promise<Result>,
  append: (part: Buffer, result: Result) => Promise<unknown>,
  writesMore = false,
): Promise<Result> {
  const [first, ...rest] = partsOf(value, database.packets);
  const isTransaction = writesMore || rest.length > 0;
  if (isTransaction) await database.write('START TRANSACTION');
  const result = await write(first);
  for (const part of rest) await append(part, result);
  if (isTransaction) await database.write(COMMIT);
  return result;
}

/**
 * Bytes of a script in the journal, where the server would not put them together; null where it does. Source:
 * https://dev.mysql.com/doc/refman/8.4/en/string-functions.html
 */
export function storedBytes(text: string, max: number): number | null {
  if (Buffer.byteLength(text) < max) return null;
  const { length } = compress(text);
  return length < max ? null : length;
}
