import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { failed, type Reading } from './migration-problem';

/** A file's text. */
export interface SourceText {
  /** Name of the file in its directory. */
  readonly file: string;
  /** As written, for the checksum. */
  readonly source: string;
}

/** Reads a file as UTF-8, with or without byte order mark, and names the first byte that is none. */
export function readSourceText(directory: string, file: string): Reading<SourceText> {
  const bytes = fs.readFileSync(path.join(directory, file));
  if (isUtf8(bytes)) {
    return { found: { file, source: bytes.toString('utf8') }, problems: [], warnings: [] };
  }
  const offset = firstInvalidByte(bytes);
  const line = bytes.subarray(0, offset).toString('latin1').split('\n').length;
  const byte = bytes[offset]?.toString(16).padStart(2, '0');
  return failed({
    code: 'invalid-utf8',
    file,
    line,
    problem: `byte 0x${byte} at offset ${offset} is not UTF-8: save the file as UTF-8`,
  });
}

/** Offset of the first character that is no UTF-8, in bytes of which some are not. */
function firstInvalidByte(bytes: Buffer): number {
  let offset = 0;
  for (;;) {
    while ((bytes[offset] ?? 0xff) < 0x80) offset += 1;
    const length = [2, 3, 4].find((count) => isUtf8(bytes.subarray(offset, offset + count)));
    if (length === undefined) return offset;
    offset += length;
  }
}
