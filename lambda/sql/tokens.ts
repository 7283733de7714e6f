/**
 * MySQL's lexical rules, as far as it takes to tell code from strings and comments.
 * Assumes the usual sql_mode: backslash escapes on, double quotes are strings.
 */

/** One piece of code; blanks and comments are none. A quoted text is given without its quotes. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'mark';
  readonly text: string;
  /** Index of its first character, and the one after its last. */
  readonly start: number;
  readonly end: number;
}

/** Yields the tokens of a text one by one, so that reading the verb of a huge INSERT costs nothing. */
export function* tokensOf(sql: string, start = 0): Generator<Token, void, undefined> {
  let executable = false;
  for (let at = start; at < sql.length;) {
    const code = sql.charCodeAt(at);
    if (isBlank(code)) {
      at += 1;
    } else if (isCommentStart(sql, at)) {
      at = endOfComment(sql, at) ?? sql.length;
    } else if (executableStart(sql, at) > 0) {
      at += executableStart(sql, at);
      executable = true;
    } else if (executable && isCommentEnd(sql, at)) {
      at += 2;
      executable = false;
    } else {
      const token = tokenAt(sql, at);
      yield token;
      at = token.end;
    }
  }
}

/** True for the characters that separate words: space, tab, the line ends, vertical tab, form feed. */
export function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** True for `'`, `"` and the backtick. */
export function isQuote(code: number): boolean {
  return code === 39 || code === 34 || code === 96;
}

/** Index after the quoted text that opens at `at`, or undefined where it is never closed. */
export function endOfQuoted(sql: string, at: number): number | undefined {
  const quote = sql.charCodeAt(at);
  const escapes = quote !== 96;
  for (let i = at + 1; i < sql.length; i += 1) {
    const code = sql.charCodeAt(i);
    if (code === 92 && escapes) {
      i += 1;
    } else if (code === quote) {
      if (sql.charCodeAt(i + 1) !== quote) return i + 1;
      i += 1;
    }
  }
  return undefined;
}

/** True where a comment starts whose content is not code. */
export function isCommentStart(sql: string, at: number): boolean {
  const code = sql.charCodeAt(at);
  if (code === 35) return true;
  if (code === 45 && sql.charCodeAt(at + 1) === 45) {
    const next = sql.charCodeAt(at + 2);
    return at + 2 >= sql.length || next <= 32 || next === 127;
  }
  return code === 47 && sql.charCodeAt(at + 1) === 42 && executableStart(sql, at) === 0;
}

/** Index after the comment that starts at `at`, or undefined where it is never closed. */
export function endOfComment(sql: string, at: number): number | undefined {
  const block = sql.charCodeAt(at) === 47;
  const end = block ? sql.indexOf('*/', at + 2) : sql.indexOf('\n', at);
  if (end < 0) return block ? undefined : sql.length;
  return block ? end + 2 : end;
}

/**
 * Length of the opening of an executable comment, or 0 where none starts.
 * Versions of nines never run anywhere: dumps of MariaDB begin with such a line, which has no delimiter.
 */
export function executableStart(sql: string, at: number): number {
  if (sql.charCodeAt(at) !== 47 || sql.charCodeAt(at + 1) !== 42) return 0;
  EXECUTABLE.lastIndex = at;
  return EXECUTABLE.exec(sql)?.[0].length ?? 0;
}

const EXECUTABLE = /\/\*M?!(?!99999)\d{0,6}/y;

/** True where an executable comment closes. */
export function isCommentEnd(sql: string, at: number): boolean {
  return sql.charCodeAt(at) === 42 && sql.charCodeAt(at + 1) === 47;
}

/** True for the sign `text` itself, and not for a string that holds it. */
export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

/** A bare word in capitals; the empty string for anything else, so that a quoted name is never taken for a keyword. */
export function keywordOf(token: Token | undefined): string {
  return token?.kind === 'word' ? token.text.toUpperCase() : '';
}

const WORD = /[\w$\u0080-\uffff]+/y;
const NUMBER = /(?:0[xX][\da-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?![\w$\u0080-\uffff])/y;

function tokenAt(sql: string, start: number): Token {
  if (isQuote(sql.charCodeAt(start))) return quotedAt(sql, start);
  for (const [kind, pattern] of [
    ['number', NUMBER],
    ['word', WORD],
  ] as const) {
    pattern.lastIndex = start;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text, start, end: start + text.length };
  }
  return { kind: 'mark', text: sql.charAt(start), start, end: start + 1 };
}

function quotedAt(sql: string, start: number): Token {
  const quote = sql.charAt(start);
  const end = endOfQuoted(sql, start) ?? sql.length;
  const inner = sql.slice(start + 1, end - 1);
  const text = inner.includes(quote) ? inner.replaceAll(quote + quote, quote) : inner;
  return { kind: quote === '`' ? 'name' : 'string', text, start, end };
}
