/**
 * Stands in for `iconv-lite` (0.5 MB of tables) in mysql2, with the two functions that mysql2 calls.
 *
 * Safe because mysql2 comes here only for encodings that `Buffer` does not know, and sessions are kept in utf8mb4 whatever a
 * migration sets: in another one it sends no more than the statement that puts that right. Else only a procedure can have set one
 * from within.
 */
import { TextDecoder } from 'node:util';

interface Converter<From, To> {
  write(from: From): To;
  end(): undefined;
}

/** MySQL's utf8mb3: it has no character above U+FFFF, and up to there CESU-8 is UTF-8. */
const UTF8MB3 = 'cesu8';

export function getDecoder(encoding: string): Converter<Uint8Array, string> {
  const decoder = encoding === UTF8MB3 ? new TextDecoder('utf-8', { ignoreBOM: true }) : null;
  // Throwing here would end the process, for mysql2 decodes in the socket's event. A visibly wrong character does not.
  const replaced = (byte: number): string => (byte < 0x80 ? String.fromCharCode(byte) : '\ufffd');
  return { write: (bytes) => decoder?.decode(bytes) ?? Array.from(bytes, replaced).join(''), end: () => undefined };
}

export function getEncoder(encoding: string): Converter<string, Buffer> {
  return {
    write: (text) => {
      const beyond = encoding === UTF8MB3 ? null : /[^\0-\x7f]/u.exec(text);
      if (beyond === null) return Buffer.from(text, 'utf8');
      throw new Error(
        `the character ${JSON.stringify(beyond[0])} cannot be sent to MySQL as ${encoding}: leave SET NAMES out, then statements are sent as utf8mb4`,
      );
    },
    end: () => undefined,
  };
}
