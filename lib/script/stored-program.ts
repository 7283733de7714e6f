import { TokenReader } from '../../lambda/sql/token-reader';
import { isMark, keywordOf, tokensOf } from '../../lambda/sql/tokens';

/** The body of a stored program, as far as ";" in it is concerned. */
export type ProgramBody =
  /** A single statement, or there is no stored program. */
  | { readonly kind: 'no-block' }
  /** A block whose end is not found. */
  | { readonly kind: 'open' }
  /** A block; `end` is the index after its END and the label behind that. */
  | { readonly kind: 'block'; readonly end: number };

/** Reads the statement that begins at `start`. What is not understood in a body leaves it open, and is never cut. */
export function programBody(sql: string, start: number): ProgramBody {
  const reader = new TokenReader(tokensOf(sql, start));
  const opener = bodyOpener(reader);
  if (opener === undefined) return { kind: 'no-block' };
  const closed = endOfBlock(reader, opener);
  const label = reader.peek();
  const isLabelled = label?.kind === 'word' || label?.kind === 'name';
  if (isLabelled) reader.next();
  if (closed === undefined || !(reader.peek() === undefined || reader.isNext(';'))) return { kind: 'open' };
  return { kind: 'block', end: isLabelled ? label.end : closed };
}

const PROGRAMS = new Set(['PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT']);
/** Words that open a block where a statement may begin. All but BEGIN are closed by END and the same word. */
const OPENERS = new Set(['BEGIN', 'IF', 'CASE', 'LOOP', 'REPEAT', 'WHILE', 'FOR']);
const BODY_VERBS = new Set(
  'RETURN SET SELECT INSERT REPLACE UPDATE DELETE CALL WITH DO CREATE ALTER DROP TRUNCATE SIGNAL'.split(' '),
);

/** Reads a statement to the word that opens the block of its body; undefined where it has none. */
function bodyOpener(reader: TokenReader): string | undefined {
  let program = '';
  let state: 'kind' | 'name' | 'header' | 'body' = 'kind';
  let depth = 0;
  let read = 0;
  let previous = '';
  for (let token = reader.next(); token !== undefined && !isMark(token, ';'); token = reader.next()) {
    const word = keywordOf(token);
    if (isMark(token, '(')) depth += 1;
    if (isMark(token, ')')) depth -= 1;
    switch (state) {
      case 'kind':
        // Between CREATE and the kind stand OR REPLACE, DEFINER = `user`@`host` and AGGREGATE at most.
        read += 1;
        if (read > 12 || word === 'TABLE' || word === 'VIEW') return undefined;
        if (PROGRAMS.has(word)) [program, state] = [word, 'name'];
        break;
      case 'name':
        if (!['IF', 'NOT', 'EXISTS'].includes(word))
          state = program === 'TRIGGER' || program === 'EVENT' ? 'header' : 'body';
        break;
      case 'header':
        if (word === (program === 'TRIGGER' ? 'ROW' : 'DO')) state = 'body';
        break;
      case 'body':
        if (depth > 0) break;
        if (OPENERS.has(word)) return word;
        if (BODY_VERBS.has(word) && previous !== 'CHARACTER') return undefined;
        break;
    }
    previous = word;
  }
  return undefined;
}

/** Behind these words a statement may begin. */
const LEADS = new Set(['BEGIN', 'THEN', 'ELSE', 'DO', 'LOOP', 'REPEAT']);

/**
 * Reads a block behind its opener, and gives the index after its END. Only where a statement may begin is IF an opener: elsewhere
 * it is a function, or part of DROP TABLE IF EXISTS; and END is a name.
 */
function endOfBlock(reader: TokenReader, opener: string): number | undefined {
  let begins = LEADS.has(opener);
  let isHandler = false;
  for (let token = reader.next(); token !== undefined; token = reader.next()) {
    const word = keywordOf(token);
    const isStatement = begins;
    begins = isMark(token, ';') || isMark(token, ':') || (LEADS.has(word) && !isStatement);
    if (isMark(token, ';')) isHandler = false;
    if (word === 'HANDLER') isHandler = true;
    if (word === 'DELIMITER' && isStatement) return undefined;

    if (isMark(token, '.')) {
      reader.next();
    } else if (word === 'END') {
      if (opener === 'BEGIN' && isStatement) return token.end;
      const same = reader.peek();
      if (opener !== 'BEGIN' && reader.accept(opener)) return same?.end;
    } else if (word === 'CASE' && !isStatement) {
      if (!skipCaseExpression(reader)) return undefined;
    } else if (OPENERS.has(word) && (isStatement || (isHandler && word === 'BEGIN'))) {
      if (endOfBlock(reader, word) === undefined) return undefined;
      begins = false;
    }
  }
  return undefined;
}

/** Reads CASE within a statement to its END; false where that does not come. */
function skipCaseExpression(reader: TokenReader): boolean {
  for (let token = reader.next(); token !== undefined && !isMark(token, ';'); token = reader.next()) {
    const word = keywordOf(token);
    if (word === 'END') return true;
    if (isMark(token, '.')) reader.next();
    else if (word === 'CASE' && !skipCaseExpression(reader)) return false;
  }
  return false;
}
