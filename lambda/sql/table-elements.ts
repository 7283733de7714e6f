import type { DbObject } from './db-object';
import type { QualifiedName, TokenReader } from './token-reader';
import { keywordOf } from './tokens';

/**
 * Reads one element of CREATE TABLE's list or one ADD of ALTER TABLE, and names what it makes in the table. An index or
 * constraint with an empty name is one that the server names.
 */
export function elementsMade(reader: TokenReader, table: QualifiedName): readonly DbObject[] {
  const part = partOf(table);
  const symbol = reader.accept('CONSTRAINT') ? symbolOf(reader) : '';
  switch (reader.keyword()) {
    case 'PRIMARY':
      return [part('index', 'PRIMARY')];
    case 'UNIQUE':
    case 'INDEX':
    case 'KEY':
    case 'FULLTEXT':
    case 'SPATIAL':
      reader.next();
      reader.acceptAny('INDEX', 'KEY');
      reader.accept('IF NOT EXISTS');
      return [part('index', optionalName(reader) || symbol)];
    case 'FOREIGN':
      return [part('constraint', symbol), part('index', '')];
    case 'CHECK':
      return [part('constraint', symbol)];
    default: {
      if (reader.accept('PERIOD FOR')) return [];
      reader.accept('IF NOT EXISTS');
      const name = reader.name();
      return name === undefined ? [] : [part('column', name), ...columnExtras(reader, table)];
    }
  }
}

/** Reads the rest of a column's definition, and names the index and constraint that it makes beside the column. */
export function columnExtras(reader: TokenReader, table: QualifiedName): readonly DbObject[] {
  const part = partOf(table);
  const words = new Set(reader.list().flatMap((tokens) => tokens.map(keywordOf)));
  return [
    ...(words.has('PRIMARY') ? [part('index', 'PRIMARY')] : []),
    ...(words.has('UNIQUE') || words.has('KEY') || words.has('REFERENCES') ? [part('index', '')] : []),
    ...(words.has('CHECK') || words.has('REFERENCES') ? [part('constraint', '')] : []),
  ];
}

/** Makes the names of a table's parts. */
export function partOf(table: QualifiedName): (kind: DbObject['kind'], name: string) => DbObject {
  return (kind, name) => ({ kind, schema: table.schema, table: table.name, name });
}

const ELEMENTS = new Set(['PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK']);

function symbolOf(reader: TokenReader): string {
  reader.accept('IF NOT EXISTS');
  return ELEMENTS.has(reader.keyword()) ? '' : (reader.name() ?? '');
}

/** USING is reserved: no index is called so. */
function optionalName(reader: TokenReader): string {
  return reader.isNext('(') || reader.keyword() === 'USING' ? '' : (reader.name() ?? '');
}
