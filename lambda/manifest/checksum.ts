import { createHash } from 'node:crypto';
import type { Checksum } from './types';

/** Hex sha256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * Checksum over a migration's source files, as history keeps it.
 *
 * A byte order mark, line ends and trailing blanks do not count: editors and git change them. Everything else does,
 * comments included. Frozen: a change here makes every applied migration look edited.
 */
export function checksumOf(...sources: readonly string[]): Checksum {
  return sha256(sources.map(normalise).join('\0')) as Checksum;
}

function normalise(source: string): string {
  return source
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n+$/, '');
}
