/**
 * Stands in for `iconv-lite` (0.5 MB of tables) in mysql2, with the two functions that mysql2 calls and the decoders
 * that Node has built in.
 *
 * Safe because mysql2 comes here only for encodings that `Buffer` does not know, and a connection opened with utf8mb4
 * needs one only after a migration's own `SET NAMES`: mysql2 follows that for statements, and the results say theirs.
 */
import { TextDecoder } from 'node:util';

interface Converter<From, To> {
  write(from: From): To;
  end(): undefined;
}

/** Where mysql2's name for an encoding is not one that `TextDecoder` knows. */
const LABELS: Readonly<Record<string, string>> = {
  // MySQL's utf8mb3: it has no character above U+FFFF, and up to there CESU-8 is UTF-8.
  cesu8: 'utf-8',
  cp932: 'shift_jis',
  eucjp: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  latin7: 'iso-8859-13',
  tis620: 'windows-874',
  // MySQL's utf16 is big-endian.
  utf16: 'utf-16be',
  'utf16-le': 'utf-16le',
};

export function getDecoder(encoding: string): Converter<Uint8Array, string> {
  const decoder = decoderOf(encoding);
  // Throwing here would end the process, for mysql2 decodes in the socket's event. A visibly wrong character does not.
  const replaced = (byte: number): string => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd');
  return { write: (bytes) => decoder?.decode(bytes) ?? Array.from(bytes, replaced).join(''), end: () => undefined };
}

export function getEncoder(encoding: string): Converter<string, Buffer> {
  return { write: (text) => encode(text, encoding), end: () => undefined };
}

/** Null where Node knows no such encoding. */
function decoderOf(encoding: string): TextDecoder | null {
  try {
    return new TextDecoder(LABELS[encoding] ?? encoding, { ignoreBOM: true });
  } catch {
    return null;
  }
}

function encode(text: string, encoding: string): Buffer {
  if (encoding === 'cesu8') return Buffer.from(text, 'utf8');
  const table = tables.get(encoding) ?? bytesIn(decoderOf(encoding));
  tables.set(encoding, table);
  const parts: Uint8Array[] = [];
  for (const character of text) {
    const bytes = character < '\x80' ? Uint8Array.of(character.charCodeAt(0)) : table.get(character);
    if (!bytes) {
      throw new Error(
        `the character ${JSON.stringify(character)} cannot be sent to MySQL as ${encoding}: leave SET NAMES out of the migration, then statements are sent as utf8mb4`,
      );
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

const tables = new Map<string, ReadonlyMap<string, Uint8Array>>();

/** The bytes of each character, read off the decoder: Node has no encoder but UTF-8's. */
function bytesIn(decoder: TextDecoder | null): ReadonlyMap<string, Uint8Array> {
  const table = new Map<string, Uint8Array>();
  if (decoder === null) return table;
  const add = (bytes: Uint8Array): void => {
    const text = decoder.decode(bytes);
    // Two characters are two one-byte sequences; the replacement character means that the bytes are none.
    if (Array.from(text).length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, bytes);
  };
  for (let lead = 0x80; lead <= 0xff; lead++) add(Uint8Array.of(lead));
  for (let lead = 0x80; lead <= 0xff; lead++) {
    for (let trail = 0x40; trail <= 0xff; trail++) add(Uint8Array.of(lead, trail));
  }
  return table;
}
