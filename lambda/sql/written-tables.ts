import { deleteEffects, insertEffects, loadEffects, updateEffects } from './row-effects';
import { TokenReader, type QualifiedName } from './token-reader';
import { keywordOf, type Token } from './tokens';

/**
 * The tables whose rows a statement writes or deletes, read from behind its verb. Of an UPDATE that does not show whose
 * columns it sets, all that it names.
 */
export function writtenTables(
  verb: 'DELETE' | 'INSERT' | 'LOAD' | 'REPLACE' | 'UPDATE',
  reader: TokenReader,
): readonly QualifiedName[] {
  switch (verb) {
    case 'INSERT':
    case 'REPLACE':
      // Its text counts for nothing but what it does to rows that are there.
      return tablesOf(insertEffects(reader, verb, ''));
    case 'LOAD':
      reader.acceptAny('DATA', 'XML');
      return tablesOf(loadEffects(reader));
    case 'DELETE':
      return tablesOf(deleteEffects(reader));
    case 'UPDATE': {
      const tokens = reader.rest();
      const effects = updateEffects(new TokenReader(tokens));
      const set = tokens.findIndex((token) => keywordOf(token) === 'SET');
      return effects === undefined ? namesIn(tokens.slice(0, set)) : tablesOf(effects);
    }
  }
}

function tablesOf(effects: ReturnType<typeof updateEffects>): readonly QualifiedName[] {
  return (effects ?? []).map(({ object: { schema, name } }) => ({ schema, name }));
}

function namesIn(tokens: readonly Token[]): readonly QualifiedName[] {
  const reader = new TokenReader(tokens);
  const names: QualifiedName[] = [];
  while (reader.peek()) {
    const name = reader.qualifiedName();
    if (name) names.push(name);
    else reader.next();
  }
  return names;
}
