import { inSmallLetters, keyOf, type DbObject } from '../sql/db-object';
import { withNamesOfNow } from './printed-names';
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

/** An object as a snapshot has it. */
export interface Found {
  readonly object: DbObject;
  /** Its own line in the definition of its table; the empty string for what is no part of one. */
  readonly line: string;
}

/** What there is, by the keys that {@link keyOf} makes; null where no more than the key is known. */
export type Inventory<Known = Found | null> = ReadonlyMap<string, Known>;

/** A database and all its objects, those inside of its tables included. With `takesAnyCase`, by names as {@link inSmallLetters}. */
export function inventoryOf({ objects, details = [] }: SchemaSnapshot, takesAnyCase = false): Inventory<Found> {
  const found = [
    ...objects.flatMap(({ kind, name, definition }): readonly Found[] => [
      { object: { kind, name }, line: '' },
      ...(kind === 'table' ? partsOf(name, withNamesOfNow(definition)) : []),
    ]),
    ...details.flatMap(({ kind, name }) => (kind === 'database' ? [{ object: { kind, name }, line: '' }] : [])),
  ];
  const named = takesAnyCase ? found.map((each) => ({ ...each, object: inSmallLetters(each.object) })) : found;
  return new Map(named.map((each) => [keyOf(each.object), each]));
}

function partsOf(table: string, definition: string): readonly Found[] {
  const reader = new TokenReader(tokensOf(definition));
  while (reader.peek() && !reader.isNext('(')) reader.next();
  const characterSet = / CHARSET=\w+(?: COLLATE=\w+)?/.exec(definition.slice(definition.lastIndexOf('\n)')))?.[0] ?? '';
  const elements = reader.group().flatMap((tokens) => {
    const line = definition.slice(tokens[0]?.start, tokens.at(-1)?.end);
    return elementsMade(new TokenReader(tokens), { name: table }).map((object) => ({
      object,
      line: object.kind === 'column' && inheritsCharacterSet(line) ? line + characterSet : line,
    }));
  });

  const partitions: Found[] = [];
  for (let token = reader.next(); token; token = reader.next()) {
    const opens = isMark(token, '(') || isMark(token, ',');
    if (opens && reader.accept('PARTITION')) {
      partitions.push({ object: partOf({ name: table })('partition', reader.name() ?? ''), line: '' });
    }
  }
  // Names that the server makes up stand in the definition as lines of their own.
  return [...elements, ...partitions].filter(({ object: { name } }) => name !== '');
}

/** A column of text whose line says no character set has its table's. */
function inheritsCharacterSet(line: string): boolean {
  return /^`(?:[^`]|``)+` (\w*char|\w*text|enum|set)\b/.test(line) && !line.includes(' CHARACTER SET ');
}
