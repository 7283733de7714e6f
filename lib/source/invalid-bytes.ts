import { isUtf8 } from 'node:buffer';
import { isMark, keywordOf, tokensOf, type Token } from '../../lambda/sql/tokens';

/** Says where the first byte is that is no UTF-8, and what to do, in bytes of which some are not. */
export function invalidBytesProblem(file: string, bytes: Buffer): { readonly line: number; readonly problem: string } {
  const offset = firstInvalidByte(bytes);
  // One character a byte, so that its index is the byte's.
  const text = bytes.toString('latin1');
  const line = text.slice(0, offset).split('\n').length;
  const byte = bytes[offset]?.toString(16).padStart(2, '0');
  const instead = /^(?:\xff\xfe|\xfe\xff)/.test(text) ? UTF_16 : file.endsWith('.sql') ? adviceFor(text, offset) : SAVE;
  return { line, problem: `byte 0x${byte} at offset ${offset} is not UTF-8: ${instead}` };
}

const SAVE = 'save the file as UTF-8';
const UTF_16 = 'it begins as UTF-16 does, which ">" of Windows PowerShell writes; save the file as UTF-8';
const BINARY =
  "it is one of the bytes of a binary column (BINARY, BLOB, …). Dump with --hex-blob, or write the value as X'…'; saved as UTF-8, the file would hold other bytes";
const EITHER =
  "save the file as UTF-8 if it is text; if it is one of the bytes of a binary column, write the value as X'…' (mysqldump --hex-blob)";

/** An editor that saves a file as UTF-8 changes the bytes of binary columns, so that is said of text only. */
function adviceFor(text: string, offset: number): string {
  const literal = literalAround(text, offset);
  if (literal === undefined) return SAVE;
  const names = /\bset\s+(?:names|character_set_client\s*=)\s*['"]?(\w+)/i.exec(text)?.[1]?.toLowerCase();
  if (literal.introducer === '_BINARY' || names === 'binary') return BINARY;
  // A dump in another character set says so, and holds text in it.
  if (literal.introducer.startsWith('_') || (names !== undefined && !names.startsWith('utf8'))) return SAVE;
  if (!['INSERT', 'REPLACE', 'UPDATE'].includes(literal.verb)) return SAVE;
  return DUMP.test(text) ? BINARY : EITHER;
}

/** The first line of what mysqldump and mariadb-dump write, perhaps behind the one that MariaDB adds. */
const DUMP = /^-- (?:MySQL|MariaDB) dump /m;

interface Literal {
  /** First word of its statement. */
  readonly verb: string;
  /** The word before it, in capitals. */
  readonly introducer: string;
}

function literalAround(text: string, offset: number): Literal | undefined {
  let verb = '';
  let previous: Token | undefined;
  for (const token of tokensOf(text)) {
    if (token.start > offset) return undefined;
    if (token.end > offset) return token.kind === 'string' ? { verb, introducer: keywordOf(previous) } : undefined;
    if (verb === '') verb = keywordOf(token);
    if (isMark(token, ';')) verb = '';
    previous = token;
  }
  return undefined;
}

/** Offset of the first character that is no UTF-8. */
function firstInvalidByte(bytes: Buffer): number {
  let offset = 0;
  for (;;) {
    while ((bytes[offset] ?? 0xff) < 0x80) offset += 1;
    const length = [2, 3, 4].find((count) => isUtf8(bytes.subarray(offset, offset + count)));
    if (length === undefined) return offset;
    offset += length;
  }
}
