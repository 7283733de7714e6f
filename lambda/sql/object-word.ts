import type { TokenReader } from './token-reader';

/** Words for what a CREATE, ALTER or DROP is about, with the one that each stands for. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ...'TABLE VIEW SEQUENCE INDEX TRIGGER EVENT FUNCTION PACKAGE PROCEDURE DATABASE SCHEMA'
    .split(' ')
    .map((word) => [word, word] as const),
  ['TABLES', 'TABLE'],
]);

/** Kinds of which the journal is none; what follows must not be taken for a kind. */
const OTHER_KINDS = new Set(['USER', 'ROLE', 'SERVER', 'TABLESPACE', 'LOGFILE', 'RESOURCE', 'REFERENCE', 'INSTANCE']);

/** Reads past ALGORITHM, DEFINER, UNIQUE and the like to the word that says what kind of object it is about; '' for one of another kind. */
export function objectWord(reader: TokenReader): string {
  for (let token = reader.peek(); token !== undefined; token = reader.peek()) {
    const word = reader.keyword();
    if (OTHER_KINDS.has(word)) return '';
    reader.next();
    const kind = KINDS.get(word);
    if (kind !== undefined) return kind;
    if (word !== 'DEFINER' || !reader.acceptMark('=')) continue;
    reader.next();
    if (reader.acceptMark('@')) reader.next();
    reader.group();
  }
  return '';
}
