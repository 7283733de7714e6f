import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { invalidBytesProblem } from './invalid-bytes';
import { failed, type Reading } from '../review/migration-problem';

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
  return isUtf8(bytes)
    ? { found: { file, source: bytes.toString('utf8') }, problems: [], warnings: [] }
    : failed({ code: 'invalid-utf8', file, ...invalidBytesProblem(file, bytes) });
}
