import { isMark, tokensOf } from '../../lambda/sql/tokens';

/**
 * The first template of another tool in a statement (`{{.prefix}}`, `${prefix}`, `{$NAME}`), as it is written; undefined
 * where there is none.
 *
 * Outside of quotes and comments both servers know a brace as an escape of ODBC only, a word and a value: `{d '2020-01-01'}`.
 */
export function templateIn(statement: string): string | undefined {
  // Of the texts of a dump hardly any has one outside of its quotes.
  if (!statement.includes('{') || JAVASCRIPT.test(statement)) return undefined;
  let at: number | undefined;
  let isEscape = false;
  for (const token of tokensOf(statement)) {
    if (at !== undefined && !(isEscape ? !isMark(token, '}') : token.kind === 'word')) return writtenAt(statement, at);
    if (isEscape) at = undefined;
    isEscape = at !== undefined;
    if (isMark(token, '{')) at = token.start;
  }
  return at === undefined ? undefined : writtenAt(statement, at);
}

/** The body of such a routine of MySQL 9 has braces of its own. */
const JAVASCRIPT = /\bLANGUAGE\s+JAVASCRIPT\b/i;

/** Up to what closes it, in its line, or the words at its beginning. */
function writtenAt(statement: string, brace: number): string {
  const start = statement[brace - 1] === '$' ? brace - 1 : brace;
  const text = statement.slice(start, start + 60);
  const [whole] = /^\$?\{[^\n}]{0,40}\}{1,2}/.exec(text) ?? [];
  return whole ?? `${/^\$?\{+(?:[^\n\w]*\w+){0,4}/.exec(text)?.[0] ?? '{'} …`;
}

/**
 * The first template in a quoted text or name, where the other tool reads them too. A text with one in it may be meant so, as
 * that of a mail: only a name, and a text that is nothing else, count.
 *
 * @param isFilled its file says that they are filled in (`-- +goose ENVSUB ON`): then any counts
 */
export function templateInQuotes(statement: string, isFilled: boolean): string | undefined {
  if (!(isFilled ? statement.includes('$') : /\$\{|\{\{/.test(statement))) return undefined;
  for (const { kind, text } of tokensOf(statement)) {
    if (kind !== 'name' && kind !== 'string') continue;
    const [found] = (isFilled ? FILLED : kind === 'name' ? TEMPLATE : ONLY_TEMPLATE).exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}

const TEMPLATE = /\$\{[\w.:-]+\}|\{\{[^{}\n]{1,40}\}\}/;
const ONLY_TEMPLATE = new RegExp(`^(?:${TEMPLATE.source})$`);
/** As a shell has them: `${NAME}`, `${NAME:-default}`, `$NAME`. */
const FILLED = /\$(?:\{\w+(?::?[-?][^}]*)?\}|[A-Za-z_]\w*)/;
