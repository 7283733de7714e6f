import { isMark, tokensOf } from '../../lambda/sql/tokens';

/** Without the account that made it: another server has another one, and only few accounts may name one. */
export function withoutDefiner(text: string): string {
  return text.replace(DEFINER, '$1');
}

/** A name as it is printed, under ANSI_QUOTES in the other quotes. */
const NAME = /(?:`(?:[^`]|``)*`|"(?:[^"]|"")*")/.source;

/** Of an account, or of a role. */
const DEFINER = new RegExp(`^(CREATE [^\`'"]*?)DEFINER=${NAME}(?:@${NAME})? `);

/** MariaDB prints a call of a function with its schema where the view was written so: in another schema it is another one. */
export function withoutSchema(text: string, schema: string): string {
  const tokens = [...tokensOf(text)];
  const calls = tokens.filter(
    (token, at) =>
      token.kind === 'name' && token.text === schema && isMark(tokens[at + 1], '.') && isMark(tokens[at + 3], '('),
  );
  return calls.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end + 1), text);
}

/** A statement with what ends it. A body with semicolons needs another delimiter, which it does not contain. */
export function ended(text: string, isBody: boolean): string {
  if (!isBody) return `${text};`;
  const delimiter = [';;', '$$', '//', '%%', '||'].find((each) => !text.includes(each));
  if (delimiter === undefined) throw new Error('a body that contains every delimiter that is tried');
  // On a line of its own: the text may end in a comment.
  return `DELIMITER ${delimiter}\n${text}\n${delimiter}\nDELIMITER ;`;
}
