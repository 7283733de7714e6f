import { TokenReader } from '../../../lambda/sql/token-reader';
import { isMark, tokensOf } from '../../../lambda/sql/tokens';
import type { Finding, StatementUnderReview } from '../statement-under-review';
import { toldTogether } from '../told-together';

/**
 * Finds views, routines, triggers and events that are made in the name of an account, as a dump has them: one warning for
 * all of an account.
 *
 * The server makes them although that account is not there, and then refuses whatever uses them: with a trigger, each row
 * that is written.
 */
export function namedDefiners(up: readonly StatementUnderReview[]): readonly Finding[] {
  const byAccount = new Map<string, StatementUnderReview[]>();
  for (const statement of up) {
    const account = definerIn(statement.text);
    if (account !== undefined) byAccount.set(account, [...(byAccount.get(account) ?? []), statement]);
  }
  return [...byAccount].map(([account, statements]) =>
    toldTogether(
      'named-definer',
      `it is made in the name of the account ${account}: where that is not there, the server refuses whatever uses it (a trigger, each write to its table). Leave the DEFINER out, and the account that runs the migrations is it`,
      statements,
    ),
  );
}

/** What is made: DEFINER stands before it, if it does. */
const KINDS = new Set(['VIEW', 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'EVENT', 'TABLE']);

function definerIn(text: string): string | undefined {
  if (!/\bDEFINER\s*=/i.test(text)) return undefined;
  const reader = new TokenReader(tokensOf(text));
  if (!reader.acceptAny('CREATE', 'ALTER')) return undefined;
  while (reader.peek() && !KINDS.has(reader.keyword())) {
    const isDefiner = reader.accept('DEFINER');
    if (isDefiner && reader.acceptMark('=')) return accountIn(text, reader);
    if (!isDefiner) reader.next();
  }
  return undefined;
}

function accountIn(text: string, reader: TokenReader): string | undefined {
  if (['CURRENT_USER', 'CURRENT_ROLE'].includes(reader.keyword())) return undefined;
  const first = reader.next();
  if (first === undefined) return undefined;
  const last = isMark(reader.peek(), '@') ? (reader.peek(1) ?? first) : first;
  return text.slice(first.start, last.end);
}
