import { TokenReader } from '../../lambda/sql/token-reader';
import { isMark, keywordOf, tokensOf, type Token } from '../../lambda/sql/tokens';

/**
 * Modes that change what a backslash or a double quote means, and the names that stand for several modes with one of
 * them, by the bit of each in a mode that is given as a number. Those from POSTGRESQL to MAXDB are MariaDB's.
 */
const REFUSED: ReadonlyMap<string, number> = new Map([
  ['NO_BACKSLASH_ESCAPES', 20],
  ['ANSI_QUOTES', 2],
  ['ANSI', 18],
  ['POSTGRESQL', 8],
  ['ORACLE', 9],
  ['MSSQL', 10],
  ['DB2', 11],
  ['MAXDB', 12],
]);

/** These tell what they are for even in a variable that is assigned to sql_mode only later. */
const TELLING = ['NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES'];

/**
 * Names the mode which a SET switches on and with which a statement's text reads differently; undefined where there is
 * none.
 *
 * The function reads each statement for itself, perhaps years later and without those before it: it cannot know the
 * mode. So the mode cannot be followed, as the client does it.
 */
export function refusedSqlMode(statement: string): string | undefined {
  const reader = new TokenReader(tokensOf(statement));
  if (!reader.accept('SET')) return undefined;
  let listScope = '';
  for (const tokens of reader.list(() => reader.keyword() === 'FOR')) {
    const words = tokens.map((token) => (token.kind === 'mark' ? '' : token.text.toUpperCase()));
    // A word holds for all assignments that follow, the scope of an @@name for it alone.
    listScope = [words[0] ?? ''].find((word) => SCOPES.has(word)) ?? listScope;
    const scope = words[2] !== undefined && isMark(tokens[1], '@') ? words[2] : listScope;
    // The server's own mode holds for other sessions, and ours sets itself up.
    if (SERVER_SCOPES.has(scope)) continue;
    const equals = tokens.findIndex((token) => isMark(token, '='));
    const isMode = words.slice(0, equals).includes('SQL_MODE');
    const value = withoutReplaced(tokens.slice(equals + 1));
    const modes = new Set([...namesIn(value), ...(isMode ? bitsIn(value) : [])]);
    const found = (isMode ? [...REFUSED.keys()] : TELLING).find((mode) => modes.has(mode));
    if (found !== undefined) return found;
  }
  return undefined;
}

const SERVER_SCOPES = new Set(['GLOBAL', 'PERSIST', 'PERSIST_ONLY']);
const SCOPES = new Set([...SERVER_SCOPES, 'SESSION', 'LOCAL']);

function namesIn(value: readonly Token[]): readonly string[] {
  return value.flatMap(({ kind, text }) =>
    kind === 'mark' || kind === 'number' ? [] : text.toUpperCase().split(/[,\s]+/),
  );
}

/** Of another variable a number says nothing of modes. */
function bitsIn(value: readonly Token[]): readonly string[] {
  const numbers = value.filter(({ kind }) => kind === 'number').map(({ text }) => Number(text));
  return [...REFUSED].flatMap(([mode, bit]) =>
    numbers.some((number) => Math.floor(number / 2 ** bit) % 2 === 1) ? [mode] : [],
  );
}

/** `REPLACE(@@sql_mode, 'ANSI_QUOTES', '')` takes the mode away. */
function withoutReplaced(value: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  const reader = new TokenReader(value);
  for (let token = reader.next(); token; token = reader.next()) {
    if (keywordOf(token) === 'REPLACE' && reader.isNext('(')) {
      const [text = [], , by = []] = reader.group();
      kept.push(...withoutReplaced(text), ...withoutReplaced(by));
    } else {
      kept.push(token);
    }
  }
  return kept;
}
