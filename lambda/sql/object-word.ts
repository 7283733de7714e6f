import type { TokenReader } from './token-reader';

/** Words for what a CREATE, ALTER or DROP is about. */
const KINDS = new Set('TABLE VIEW SEQUENCE INDEX TRIGGER EVENT FUNCTION PACKAGE PROCEDURE DATABASE'.split(' '));

const SAME: Readonly<Record<string, string>> = { TABLES: 'TABLE', SCHEMA: 'DATABASE' };

/** Kinds that nothing here is about; what follows must not be taken for a kind. */
const OTHER_KINDS = new Set(
  'USER ROLE SERVER TABLESPACE LOGFILE RESOURCE REFERENCE INSTANCE PREPARE LIBRARY'.split(' '),
);

/**
 * Reads past ALGORITHM, DEFINER, UNIQUE and the like to the word that says what kind of object a CREATE, ALTER or DROP is
 * about; the empty string where it is another.
 */
export function objectWord(reader: TokenReader): { readonly word: string; readonly isTemporary: boolean } {
  let isTemporary = false;
  while (reader.peek()) {
    const word = SAME[reader.keyword()] ?? reader.keyword();
    if (OTHER_KINDS.has(word)) break;
    reader.next();
    if (KINDS.has(word)) return { word, isTemporary };
    isTemporary ||= word === 'TEMPORARY';
    if (word !== 'DEFINER' || !reader.acceptMark('=')) continue;
    reader.next();
    if (reader.acceptMark('@')) reader.next();
    reader.group();
  }
  return { word: '', isTemporary: false };
}
