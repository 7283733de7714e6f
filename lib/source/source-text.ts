import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { tokensOf } from '../../lambda/sql/tokens';
import { invalidBytesProblem } from './invalid-bytes';
import { failed, type Reading } from '../review/migration-problem';

/** A file's text. */
export interface SourceText {
  /** Name of the file in its directory. */
  readonly file: string;
  /** As written, for the checksum. */
  readonly source: string;
}

/** Reads a file as UTF-8, with or without byte order mark, and names the first byte that is none, or an unresolved merge. */
export function readSourceText(directory: string, file: string): Reading<SourceText> {
  const bytes = fs.readFileSync(path.join(directory, file));
  if (!isUtf8(bytes)) return failed({ code: 'invalid-utf8', file, ...invalidBytesProblem(file, bytes) });
  const source = bytes.toString('utf8');
  const line = unresolvedMerge(source);
  return line === undefined
    ? { found: { file, source }, problems: [], warnings: [] }
    : failed({ code: 'unreadable-sql', file, line, problem: UNRESOLVED });
}

const UNRESOLVED =
  'git has left its marks of a merge here (<<<<<<<, =======, >>>>>>>), and nothing can read them: keep the lines that are meant, and take out the others with the marks';

/** Each begins a line. Looked for one after the other, so that a file with many of them takes no longer. */
const MERGE_MARKS = [/^<{7} /gm, /^={7}\r?$/gm, /^>{7} /gm] as const;

/** Place of the first mark of a merge; undefined where one is lacking. */
function mergeMark(source: string): number | undefined {
  const places: number[] = [];
  for (const mark of MERGE_MARKS) {
    mark.lastIndex = places.at(-1) ?? 0;
    const found = mark.exec(source);
    if (found === null) return undefined;
    places.push(found.index);
  }
  return places[0];
}

/** Line of the first mark; undefined where there is none, or where it stands in a quoted text or a comment. */
function unresolvedMerge(source: string): number | undefined {
  const index = mergeMark(source);
  if (index === undefined) return undefined;
  for (const { start } of tokensOf(source)) {
    if (start === index) return source.slice(0, index).split('\n').length;
    if (start > index) return undefined;
  }
  return undefined;
}
