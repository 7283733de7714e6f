import { deflateSync, inflateSync } from 'node:zlib';
import type { Database, Row } from '../ports';
import type { SchemaSnapshot } from '../schema/inventory';

/** Empty where there is nothing. */
export function text(row: Row, column: string): string {
  return optionalText(row, column) ?? '';
}

export function optionalText(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value);
}

export function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}

/** Ids of rows that are then updated by their key: a scan that updates would lock rows that another session writes. */
export async function readIds(database: Database, query: string): Promise<readonly number[]> {
  return (await database.query(query)).map((row) => Number(row['id']));
}

/**
 * Compresses a text in the form of MySQL's COMPRESS(), so that `SELECT UNCOMPRESS(script) FROM migration` reads it in any
 * client: four bytes with the length, little-endian, then a zlib stream.
 * Source: https://dev.mysql.com/doc/refman/8.0/en/encryption-functions.html#function_compress
 */
export function compress(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, deflateSync(bytes)]);
}

/** Reads a column with what {@link compress} or the server's COMPRESS() made; null where it is empty. Throws for anything else. */
export function uncompress(stored: Row[string] | undefined): string | null {
  return Buffer.isBuffer(stored) ? inflateSync(stored.subarray(4)).toString('utf8') : null;
}

/** The schema in a row's column `text`; null where it is empty. */
export function snapshotIn(row: Row | undefined): SchemaSnapshot | null {
  const stored = uncompress(row?.['text']);
  return stored === null ? null : (JSON.parse(stored) as SchemaSnapshot);
}
