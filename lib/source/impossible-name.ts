import { isPossibleName } from '../../lambda/sql/possible-name';
import { tokensOf } from '../../lambda/sql/tokens';

/** The first name in a statement that no server can hold; undefined where there is none. Between double quotes may be a text. */
export function impossibleNameIn(statement: string): string | undefined {
  if (isPossibleName(statement)) return undefined;
  for (const { kind, text } of tokensOf(statement)) if (kind !== 'string' && !isPossibleName(text)) return text;
  return undefined;
}
