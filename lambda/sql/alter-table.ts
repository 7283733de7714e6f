import { keyOf, type DbObject, type Effect } from './db-object';
import { columnExtras, elementsMade, partOf } from './table-elements';
import { TokenReader, type QualifiedName } from './token-reader';
import { keywordOf } from './tokens';

/** Reads an ALTER TABLE from behind these words; undefined where what it does cannot be told from its text. */
export function alterTableEffects(reader: TokenReader): readonly Effect[] | undefined {
  reader.accept('IF EXISTS');
  const table = reader.qualifiedName();
  if (!table) return undefined;
  if (reader.accept('WAIT')) reader.next();
  else reader.accept('NOWAIT');
  const effects: Effect[] = [];
  const clauses = reader.list();
  // What partitions are changed stands alone in its statement, and its commas separate names.
  const changesPartitions = keywordOf(clauses[0]?.[1]) === 'PARTITION';
  for (const clause of changesPartitions ? [clauses.flat()] : clauses) {
    const made = clauseEffects(new TokenReader(clause), table);
    if (!made) return undefined;
    effects.push(...made);
  }
  // The other clauses name the table as it was called before.
  const renamesTable = (effect: Effect): boolean => effect.action === 'rename' && effect.object.kind === 'table';
  return [...effects.filter((effect) => !renamesTable(effect)), ...effects.filter(renamesTable)];
}

function clauseEffects(reader: TokenReader, table: QualifiedName): readonly Effect[] | undefined {
  const part = partOf(table);
  const itself: DbObject = { kind: 'table', ...table };
  const verb = reader.keyword();
  switch (verb) {
    case 'ADD':
    case 'DROP':
      reader.next();
      return (verb === 'ADD' ? addEffects : dropEffects)(reader, table) ?? [{ action: 'alter', object: itself }];
    case 'MODIFY':
    case 'CHANGE': {
      reader.next();
      reader.accept('COLUMN');
      reader.accept('IF EXISTS');
      const from = reader.name();
      const to = verb === 'CHANGE' ? reader.name() : from;
      if (from === undefined || to === undefined) return undefined;
      return [...renamedOrAltered(part('column', from), part('column', to)), ...created(columnExtras(reader, table))];
    }
    case 'ALTER': {
      reader.next();
      const kind =
        reader.accept('INDEX') || reader.accept('KEY')
          ? 'index'
          : reader.acceptAny('CHECK', 'CONSTRAINT')
            ? 'constraint'
            : 'column';
      reader.accept('COLUMN');
      reader.accept('IF EXISTS');
      const name = reader.name();
      return name === undefined ? undefined : [{ action: 'alter', object: part(kind, name) }];
    }
    case 'RENAME':
      reader.next();
      return renameEffects(reader, table);
    case 'TRUNCATE':
      return [{ action: 'data', write: 'delete', object: { kind: 'rows', ...table } }];
    case 'EXCHANGE':
    case 'DISCARD':
    case 'IMPORT':
    case 'CONVERT':
      // CONVERT PARTITION and EXCHANGE move rows between tables, tablespaces come from outside.
      return verb === 'CONVERT' && reader.keyword(1) === 'TO' && reader.keyword(2) !== 'TABLE'
        ? [{ action: 'alter', object: itself }]
        : undefined;
    case 'ALGORITHM':
    case 'LOCK':
    case 'FORCE':
      return [];
    default:
      return [{ action: 'alter', object: itself }];
  }
}

function addEffects(reader: TokenReader, table: QualifiedName): readonly Effect[] | undefined {
  if (reader.accept('PARTITION')) {
    reader.accept('IF NOT EXISTS');
    const names = reader.group().map((tokens) => {
      const partition = new TokenReader(tokens);
      return partition.accept('PARTITION') ? partition.name() : undefined;
    });
    return names.flatMap((name) => (name === undefined ? [] : created([partOf(table)('partition', name)])));
  }
  if (reader.accept('SYSTEM VERSIONING') || reader.accept('PERIOD FOR')) return undefined;
  reader.accept('COLUMN');
  if (reader.isNext('(')) {
    return reader.group().flatMap((tokens) => created(elementsMade(new TokenReader(tokens), table)));
  }
  const ifNotExists = [0, 1, 2].some((ahead) => reader.keyword(ahead) === 'IF' && reader.keyword(ahead + 1) === 'NOT');
  return created(elementsMade(reader, table), ifNotExists);
}

function dropEffects(reader: TokenReader, table: QualifiedName): readonly Effect[] | undefined {
  const part = partOf(table);
  if (reader.accept('PRIMARY')) return [{ action: 'drop', object: part('index', 'PRIMARY') }];
  if (reader.accept('SYSTEM VERSIONING') || reader.accept('PERIOD FOR')) return undefined;
  const kind = reader.accept('PARTITION')
    ? 'partition'
    : reader.acceptAny('INDEX', 'KEY')
      ? 'index'
      : reader.accept('FOREIGN KEY') || reader.acceptAny('CHECK', 'CONSTRAINT')
        ? 'constraint'
        : 'column';
  reader.accept('COLUMN');
  const ifExists = reader.accept('IF EXISTS');
  const names =
    kind === 'partition' ? reader.list().flatMap((tokens) => tokens.map(({ text }) => text)) : [reader.name()];
  return names.flatMap((name) => (name === undefined ? [] : [{ action: 'drop', object: part(kind, name), ifExists }]));
}

function renameEffects(reader: TokenReader, table: QualifiedName): readonly Effect[] | undefined {
  const kind = reader.accept('COLUMN') ? 'column' : reader.acceptAny('INDEX', 'KEY') ? 'index' : 'table';
  if (kind === 'table') {
    if (!reader.acceptAny('TO', 'AS')) reader.acceptMark('=');
    const to = reader.qualifiedName();
    return to && renamedOrAltered({ kind, ...table }, { kind, ...to, schema: to.schema ?? table.schema });
  }
  reader.accept('IF EXISTS');
  const from = reader.name();
  const to = reader.accept('TO') ? reader.name() : undefined;
  if (from === undefined || to === undefined) return undefined;
  return renamedOrAltered(partOf(table)(kind, from), partOf(table)(kind, to));
}

function renamedOrAltered(object: DbObject, to: DbObject): readonly Effect[] {
  return keyOf(object) === keyOf(to) ? [{ action: 'alter', object }] : [{ action: 'rename', object, to }];
}

function created(objects: readonly DbObject[], ifNotExists?: boolean): readonly Effect[] {
  return objects.map((object) => ({ action: 'create', object, ...(ifNotExists && { ifNotExists }) }));
}
