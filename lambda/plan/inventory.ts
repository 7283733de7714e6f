import { keyOf, type DbObject } from './db-object';
import { elementsMade, partOf } from './table-elements';
import { TokenReader } from './token-reader';
import { isMark, keywordOf, tokensOf } from './tokens';

/** An object of a database with its definition as SHOW CREATE gives it. */
export interface SchemaObject {
  readonly kind: 'table' | 'view' | 'procedure' | 'function' | 'trigger' | 'event';
  readonly name: string;
  readonly definition: string;
}

/** All objects of a database at one moment. */
export interface SchemaSnapshot {
  readonly objects: readonly SchemaObject[];
}

/** Keys of all objects of a database, those inside of its tables included, as {@link keyOf} makes them. */
export function inventoryOf(schema: SchemaSnapshot): Set<string> {
  return new Set(
    schema.objects.flatMap(({ kind, name, definition }) => [
      keyOf({ kind, name }),
      ...(kind === 'table' ? partsOf(name, definition) : []).map((part) => keyOf(part)),
    ]),
  );
}

function partsOf(table: string, definition: string): readonly DbObject[] {
  const reader = new TokenReader(tokensOf(definition));
  while (reader.peek() && !reader.isNext('(')) reader.next();
  const elements = reader.group().flatMap((tokens) => {
    const first = tokens[0];
    return first?.kind === 'word' && keywordOf(first) === 'PERIOD'
      ? []
      : elementsMade(new TokenReader(tokens), { name: table });
  });

  const partitions: DbObject[] = [];
  for (let token = reader.next(); token; token = reader.next()) {
    const opens = isMark(token, '(') || isMark(token, ',');
    if (opens && reader.keyword() === 'PARTITION' && reader.accept('PARTITION')) {
      partitions.push(partOf({ name: table })('partition', reader.name() ?? ''));
    }
  }
  // Names that the server makes up stand in the definition as lines of their own.
  return [...elements, ...partitions].filter(({ name }) => name !== '');
}
