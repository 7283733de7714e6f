import {
  endOfComment,
  endOfQuoted,
  executableStart,
  isBlank,
  isCommentEnd,
  isCommentStart,
  isQuote,
} from '../../lambda/sql/tokens';
import { type ProgramBody, programBody } from './stored-program';

/** A statement as written, without its delimiter and without the comments before and after it. */
export interface Statement {
  readonly text: string;
  /** Line and column of its first character, counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** What keeps a text from being read, and where. */
export interface Unreadable {
  readonly kind: 'unreadable';
  /** Counted from 1. */
  readonly line: number;
  readonly column?: number;
  readonly problem: string;
  /** What follows this backslash outside of quotes: a command of the client. */
  readonly backslash?: string;
}

/**
 * Splits a text into the statements that the mysql client would send, or says why it cannot.
 *
 * Where the client would cut a statement in two, and the server then refuse both parts, it stays whole: in an executable comment, and
 * in the body of a stored program, which the server itself reads to its END when it is sent a whole file, as golang-migrate
 * and dbmate do. Linear in the text's length, and the statements are slices of it.
 *
 * @param statements takes the statements, those before what cannot be read, too
 */
export function splitStatements(
  sql: string,
  statements: Statement[] = [],
): { readonly kind: 'statements'; readonly statements: readonly Statement[] } | Unreadable {
  const position = positionsIn(sql);
  let delimiter = ';';
  let first = -1;
  let last = -1;
  let executableSince = -1;
  let atLineStart = true;

  const unreadable = (at: number, problem: string): Unreadable => ({
    kind: 'unreadable',
    ...position(at),
    problem,
    ...(problem === BACKSLASH && { backslash: sql.charAt(at + 1) }),
  });
  const finish = (): Unreadable | undefined => {
    if (first < 0) return undefined;
    const { line, column } = position(first);
    const text = withoutLeftOver(sql, first, last);
    first = -1;
    if (text === '') return undefined;
    const problem = delimiter === ';' ? cutProblem(text) : undefined;
    if (problem !== undefined) return { kind: 'unreadable', line, problem };
    statements.push({ text, line, column });
    return undefined;
  };

  for (let at = sql.charCodeAt(0) === 0xfeff ? 1 : 0; at < sql.length;) {
    const code = sql.charCodeAt(at);
    if (isBlank(code)) {
      if (code === 10) atLineStart = true;
      at += 1;
      continue;
    }
    const isExecutable = executableSince >= 0;
    const command = !isExecutable && (first < 0 || atLineStart) ? delimiterCommandAt(sql, at, first >= 0) : undefined;
    if (command !== undefined) {
      if (command.problem) return unreadable(at, command.problem);
      delimiter = command.delimiter;
      at = command.end;
      continue;
    }
    if (!isExecutable && code === delimiter.charCodeAt(0) && sql.startsWith(delimiter, at)) {
      const body = first >= 0 && delimiter === ';' ? bodyAt(sql, first, last) : undefined;
      if (body?.kind === 'open') return unreadable(first, NO_END);
      if (body?.kind === 'block' && body.end > at) {
        last = at = body.end;
        continue;
      }
      const problem = finish();
      if (problem) return problem;
      at += delimiter.length;
      continue;
    }
    // Where a statement could begin, the client takes two hyphens for a comment without a blank after them, too.
    if (isCommentStart(sql, at) || (first < 0 && sql.startsWith('--', at))) {
      const end = endOfComment(sql, at);
      if (end === undefined) return unreadable(at, OPEN_COMMENT);
      at = end;
      continue;
    }
    const end = isQuote(code) ? endOfQuoted(sql, at) : endOfSign(sql, at, code, isExecutable);
    if (end === undefined) return unreadable(at, OPEN_QUOTE[code] ?? BACKSLASH);
    if (code === 47 && executableStart(sql, at) > 0) executableSince = at;
    else if (isExecutable && isCommentEnd(sql, at)) executableSince = -1;
    if (first < 0) first = at;
    last = end;
    atLineStart = false;
    at = end;
  }

  if (executableSince >= 0) return unreadable(executableSince, OPEN_COMMENT);
  return finish() ?? { kind: 'statements', statements };
}

/** Index after the sign at `at`, or after a part of a word; undefined for a backslash. */
function endOfSign(sql: string, at: number, code: number, isExecutable: boolean): number | undefined {
  // The client takes no backslash outside of quotes for SQL but the one of \N, an old NULL.
  if (code === 92 && sql.charAt(at + 1) !== 'N') return undefined;
  if (code === 47) return at + (executableStart(sql, at) || 1);
  return isExecutable && isCommentEnd(sql, at) ? at + 2 : at + 1;
}

/** After "END;" and another delimiter a ";" is left over, which the client takes off. */
function withoutLeftOver(sql: string, first: number, last: number): string {
  let end = last;
  while (end > first && (sql.charCodeAt(end - 1) === 59 || isBlank(sql.charCodeAt(end - 1)))) end -= 1;
  return sql.slice(first, end);
}

const OPEN_QUOTE: Readonly<Record<number, string>> = {
  34: 'the string that opens here with " is never closed',
  39: "the string that opens here with ' is never closed",
  96: 'the name that opens here with ` is never closed',
};
const BACKSLASH = 'a backslash stands outside of quotes';
const OPEN_COMMENT = 'the comment that opens here with /* is never closed';
const NO_END =
  'the end of the body that begins here is not found: each block needs its END and ";" after it, or put "DELIMITER //" on a line before this statement, "//" after its END, and "DELIMITER ;" on the line after that';
const MISSING_DELIMITER =
  'missing DELIMITER: the body holds ";", so put "DELIMITER //" on a line before this statement, "//" after its END, and "DELIMITER ;" on the line after that';

interface DelimiterCommand {
  readonly delimiter: string;
  readonly end: number;
  readonly problem?: string;
}

const DELIMITER_COMMAND = /delimiter(?:[ \t]+([^\s]+))?(?:[ \t][^\n]*)?\r?(?=\n|$)/iy;

/**
 * Reads the client's DELIMITER command. In the middle of a statement the client knows none, and a line may well begin
 * with a column of that name; but if a delimiter of signs follows, someone forgot to end the statement before it.
 */
function delimiterCommandAt(sql: string, at: number, inStatement: boolean): DelimiterCommand | undefined {
  if ((sql.charCodeAt(at) | 32) !== 100) return undefined;
  DELIMITER_COMMAND.lastIndex = at;
  const match = DELIMITER_COMMAND.exec(sql);
  if (!match) return undefined;
  const argument = match[1] ?? '';
  const delimiter = /^(['"`])(.+)\1$/.exec(argument)?.[2] ?? argument;
  const end = at + match[0].length;
  if (inStatement) {
    const isCode = !/^[^\w\s,()=.'"`]+$/.test(delimiter);
    return isCode ? undefined : { delimiter, end, problem: 'the statement before DELIMITER is not ended' };
  }
  if (delimiter === '') return { delimiter, end, problem: 'DELIMITER must be followed by a delimiter, such as //' };
  if (delimiter.includes('\\')) return { delimiter, end, problem: 'a delimiter cannot contain a backslash' };
  return { delimiter, end };
}

/** Says what is wrong with a statement that ";" has cut where the client would have cut it too. */
function cutProblem(text: string): string | undefined {
  if (/^end\b/i.test(text)) return MISSING_DELIMITER;
  return /^use[ \t]+\S+[ \t]*\r?\n/i.test(text) ? 'missing ";" after USE' : undefined;
}

/**
 * The body of the statement that begins at `first`, and of which ";" would make the end at `last`. One inside of an executable
 * comment was not cut: such a statement ends with the comment's end.
 */
function bodyAt(sql: string, first: number, last: number): ProgramBody {
  const mayHaveBody = MAY_HAVE_BODY.test(sql.slice(first, first + 6)) && !sql.startsWith('*/', last - 2);
  return mayHaveBody ? programBody(sql, first) : { kind: 'no-block' };
}

const MAY_HAVE_BODY = /^(?:create|alter|\/\*)/i;

/** Gives lines and columns for indexes that never go back, counting each line end once. */
export function positionsIn(sql: string): (index: number) => { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  return (index) => {
    for (let next = sql.indexOf('\n', lineStart); next >= 0 && next < index; next = sql.indexOf('\n', lineStart)) {
      line += 1;
      lineStart = next + 1;
    }
    return { line, column: index - lineStart + 1 };
  };
}
