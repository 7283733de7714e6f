import { keyOf, type DbObject } from '../sql/db-object';
import { elementsMade, partOf } from '../sql/table-elements';
import { TokenReader } from '../sql/token-reader';
import { isMark, tokensOf } from '../sql/tokens';

/** An object of a database with its definition as SHOW CREATE gives it. */
export interface SchemaObject {
  readonly kind: 'table' | 'view' | 'procedure' | 'function' | 'trigger' | 'event';
  readonly name: string;
  readonly definition: string;
}

/** What is compared besides: of a kind that stands among the objects too, it is what their definitions do not show. */
export interface SchemaDetail {
  readonly kind: SchemaObject['kind'] | 'database' | 'package' | 'package body' | 'library';
  readonly name: string;
  readonly definition: string;
}

/** A database at one moment. */
export interface SchemaSnapshot {
  readonly objects: readonly SchemaObject[];
  /**
   * The database's own properties, objects of further kinds, and what the definitions of the objects do not show. Beside
   * `objects`, since older code compares all that stands there. Absent where such code took the snapshot.
   */
  readonly details?: readonly SchemaDetail[];
}

/** Keys of a database and all its objects, those inside of its tables included, as {@link keyOf} makes them. */
export function inventoryOf({ objects, details = [] }: SchemaSnapshot): Set<string> {
  return new Set([
    ...objects.flatMap(({ kind, name, definition }) => [
      keyOf({ kind, name }),
      ...(kind === 'table' ? partsOf(name, definition) : []).map((part) => keyOf(part)),
    ]),
    ...details.flatMap(({ kind, name }) => (kind === 'database' ? [keyOf({ kind, name })] : [])),
  ]);
}

function partsOf(table: string, definition: string): readonly DbObject[] {
  const reader = new TokenReader(tokensOf(definition));
  while (reader.peek() && !reader.isNext('(')) reader.next();
  const elements = reader.group().flatMap((tokens) => elementsMade(new TokenReader(tokens), { name: table }));

  const partitions: DbObject[] = [];
  for (let token = reader.next(); token; token = reader.next()) {
    const opens = isMark(token, '(') || isMark(token, ',');
    if (opens && reader.accept('PARTITION')) {
      partitions.push(partOf({ name: table })('partition', reader.name() ?? ''));
    }
  }
  // Names that the server makes up stand in the definition as lines of their own.
  return [...elements, ...partitions].filter(({ name }) => name !== '');
}
