import { alterTableEffects } from './alter-table';
import { objectWord } from './object-word';
import { keyOf, type DbObject, type Effect } from './db-object';
import { deleteEffects, insertEffects, loadEffects, skipCommonTables, updateEffects } from './row-effects';
import { classify, type StatementKind } from './statement-kind';
import { TokenReader, type QualifiedName } from './token-reader';
import { isMark, tokensOf } from './tokens';

/**
 * Names the objects that a statement touches, and how; none for one that changes nothing that lasts.
 *
 * Undefined where the text does not tell: CALL, EXECUTE, GRANT, EXCHANGE PARTITION and all that is not known. What a
 * foreign key or a trigger does in turn is not followed.
 *
 * @param kind where it is told already
 */
export function effectsOf(
  statement: string,
  kind: StatementKind['kind'] = classify(statement).kind,
): readonly Effect[] | undefined {
  const reader = new TokenReader(tokensOf(statement));
  while (reader.acceptMark('('));
  if (reader.accept('WITH')) skipCommonTables(reader);
  const verb = reader.keyword();
  reader.next();
  if (kind === 'session' || CHANGE_NOTHING.has(verb)) return [];
  switch (verb) {
    case 'CREATE':
      return createEffects(reader);
    case 'DROP':
      return dropEffects(reader);
    case 'ALTER':
      return alterEffects(reader);
    case 'RENAME':
      return reader.acceptAny('TABLE', 'TABLES') ? renameTableEffects(reader) : undefined;
    case 'TRUNCATE': {
      reader.accept('TABLE');
      const table = reader.qualifiedName();
      return table && [{ action: 'data', write: 'delete', object: { kind: 'rows', ...table } }];
    }
    case 'SET':
    case 'USE':
    case 'DO':
    case 'SELECT':
      // None, unless it changes the server, writes a file or takes locks.
      return kind === 'dml' ? [] : undefined;
    case 'INSERT':
    case 'REPLACE':
      return insertEffects(reader, verb, statement);
    case 'UPDATE':
      return updateEffects(reader);
    case 'DELETE':
      return deleteEffects(reader);
    case 'LOAD':
      return reader.accept('DATA') ? loadEffects(reader) : undefined;
    default:
      return undefined;
  }
}

const CHANGE_NOTHING = new Set('ANALYZE OPTIMIZE CHECK SHOW EXPLAIN DESCRIBE DESC'.split(' '));

/** The kinds of objects by the word that names them. */
const KINDS = new Map(
  (['database', 'table', 'view', 'procedure', 'function', 'trigger', 'event', 'index'] as const).map(
    (kind) => [kind.toUpperCase(), kind] as const,
  ),
);

/** A sequence is shown as a table, and shares its names; but what an ALTER does to one is not seen in that. */
const MADE = new Map([...KINDS, ['SEQUENCE', 'table'] as const]);

function createEffects(reader: TokenReader): readonly Effect[] | undefined {
  const orReplace = reader.accept('OR REPLACE');
  const { word, isTemporary } = objectWord(reader);
  const kind = MADE.get(word);
  const ifNotExists = reader.accept('IF NOT EXISTS');
  const name = kind && reader.qualifiedName();
  if (!name) return undefined;
  // A temporary table ends with its session, and hides the table whose name it has.
  if (isTemporary) return [];
  const object = kind === 'index' || kind === 'trigger' ? onTable(reader, kind, name) : { kind, ...name };
  return object && [{ action: 'create', object, ...(ifNotExists && { ifNotExists }), ...(orReplace && { orReplace }) }];
}

function dropEffects(reader: TokenReader): readonly Effect[] | undefined {
  const { word, isTemporary } = objectWord(reader);
  if (isTemporary) return [];
  const kind = MADE.get(word);
  if (!kind) return undefined;
  const ifExists = reader.accept('IF EXISTS');
  const effects: Effect[] = [];
  do {
    const name = reader.qualifiedName();
    const object = name && (kind === 'index' ? onTable(reader, kind, name) : { kind, ...name });
    if (!object) return undefined;
    effects.push({ action: 'drop', object, ...(ifExists && { ifExists }) });
  } while (reader.acceptMark(','));
  return effects;
}

function alterEffects(reader: TokenReader): readonly Effect[] | undefined {
  const kind = KINDS.get(objectWord(reader).word);
  if (kind === 'table') return alterTableEffects(reader);
  if (kind === 'database' && leavesNameOut(reader)) return [{ action: 'alter', object: { kind, name: '' } }];
  reader.accept('IF EXISTS');
  const name = kind && kind !== 'index' ? reader.qualifiedName() : undefined;
  if (!kind || !name) return undefined;
  while (kind === 'event' && reader.peek() && reader.keyword() !== 'DO') {
    const to = reader.accept('RENAME TO') && reader.qualifiedName();
    if (to) return [{ action: 'rename', object: { kind, ...name }, to: { kind, ...to } }];
    reader.next();
  }
  return [{ action: 'alter', object: { kind, ...name } }];
}

/** Of the words that may follow ALTER DATABASE these are none that a server takes for a name (measured on both servers). */
function leavesNameOut(reader: TokenReader): boolean {
  const word = reader.keyword();
  if (word === 'COMMENT') return reader.peek(1)?.kind === 'string' || isMark(reader.peek(1), '=');
  return word === 'DEFAULT' || word === 'CHARACTER' || word === 'COLLATE' || word === 'READ';
}

/** Reads on to the table of an index or trigger. */
function onTable(
  reader: TokenReader,
  kind: 'index' | 'trigger',
  { schema, name }: QualifiedName,
): DbObject | undefined {
  while (reader.peek() && !reader.accept('ON')) reader.next();
  const table = reader.qualifiedName();
  return table && { kind, schema: kind === 'trigger' ? schema : table.schema, table: table.name, name };
}

/** Follows each table through the list, so that a swap by way of a third name is seen as the swap it is. */
function renameTableEffects(reader: TokenReader): readonly Effect[] | undefined {
  const moves: { from: DbObject; to: DbObject }[] = [];
  let ifExists = false;
  do {
    if (reader.accept('IF EXISTS')) ifExists = true;
    const from = reader.qualifiedName();
    if (reader.accept('WAIT')) reader.next();
    reader.accept('NOWAIT');
    const to = reader.accept('TO') ? reader.qualifiedName() : undefined;
    if (!from || !to) return undefined;
    const earlier = moves.find((move) => keyOf(move.to) === keyOf({ kind: 'table', ...from }));
    if (earlier) earlier.to = { kind: 'table', ...to };
    else moves.push({ from: { kind: 'table', ...from }, to: { kind: 'table', ...to } });
  } while (reader.acceptMark(','));
  return moves.map(({ from, to }) => ({ action: 'rename', object: from, to, ...(ifExists && { ifExists }) }));
}
