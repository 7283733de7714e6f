import { keyOf, type DbObject, type Effect } from './db-object';
import { columnExtras, elementsMade, partOf } from './table-elements';
import { TokenReader, type QualifiedName } from './token-reader';
import { isMark, keywordOf, type Token } from './tokens';

/** Reads an ALTER TABLE from behind these words; undefined where what it does cannot be told from its text. */
export function alterTableEffects(reader: TokenReader): readonly Effect[] | undefined {
  const ifExists = reader.accept('IF EXISTS');
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
    effects.push(...(ifExists ? made.map(withIfExists) : made));
    // A statement of which nothing shows would be run twice, and never be reverted.
    const isBare = BARE.has(keywordOf(clause[0]));
    if ((made.length === 0 && !isBare) || endsInPartitions(clause))
      effects.push({ action: 'alter', object: { kind: 'table', ...table } });
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
      const ifExists = reader.accept('IF EXISTS');
      const from = reader.name();
      const to = verb === 'CHANGE' ? reader.name() : from;
      if (from === undefined || to === undefined) return undefined;
      return [
        ...renamedOrAltered(part('column', from), part('column', to), { alters: true, ifExists }),
        ...created(columnExtras(reader, table)),
      ];
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
        ? [{ action: 'alter', object: itself, convertsColumns: true }]
        : undefined;
    case 'REORGANIZE':
      reader.next();
      return reorganizeEffects(reader, table);
    default:
      return BARE.has(verb) ? [] : [{ action: 'alter', object: itself }];
  }
}

/** Clauses that say how the others are done, or make the same table anew. */
const BARE = new Set(['ALGORITHM', 'LOCK', 'FORCE']);

/** Behind the last clause there may stand, without a comma, how the table is partitioned from then on. */
function endsInPartitions(clause: readonly Token[]): boolean {
  const words = clause.slice(1).map(keywordOf);
  return words.some((word, at) => /^(PARTITION BY|REMOVE PARTITIONING)$/.test(`${word} ${words[at + 1] ?? ''}`));
}

function addEffects(reader: TokenReader, table: QualifiedName): readonly Effect[] | undefined {
  if (reader.accept('PARTITION')) {
    reader.acceptAny('LOCAL', 'NO_WRITE_TO_BINLOG');
    const ifNotExists = reader.accept('IF NOT EXISTS');
    return created(partitionsIn(reader, table), ifNotExists);
  }
  if (reader.accept('SYSTEM VERSIONING') || reader.accept('PERIOD FOR')) return undefined;
  reader.accept('COLUMN');
  // Also behind CONSTRAINT, its name and FOREIGN KEY.
  const ifNotExists = [0, 1, 2, 3, 4].some(
    (ahead) => reader.keyword(ahead) === 'IF' && reader.keyword(ahead + 1) === 'NOT',
  );
  if (reader.isNext('(') || (reader.keyword() === 'IF' && isMark(reader.peek(3), '('))) {
    reader.accept('IF NOT EXISTS');
    return reader.group().flatMap((tokens) => created(elementsMade(new TokenReader(tokens), table), ifNotExists));
  }
  return created(elementsMade(reader, table), ifNotExists);
}

/** Partitions that have their names after it as before are none that it makes or drops. */
function reorganizeEffects(reader: TokenReader, table: QualifiedName): readonly Effect[] {
  reader.accept('PARTITION');
  reader.acceptAny('LOCAL', 'NO_WRITE_TO_BINLOG');
  const old: DbObject[] = [];
  while (reader.peek() && !reader.accept('INTO')) old.push(partOf(table)('partition', reader.next()?.text ?? ''));
  const made = partitionsIn(reader, table);
  const without = (some: readonly DbObject[], others: readonly DbObject[]): readonly DbObject[] =>
    some.filter((one) => others.every((other) => keyOf(other) !== keyOf(one)));
  return [
    ...without(old, made).map((object): Effect => ({ action: 'drop', object, keepsRows: true })),
    ...created(without(made, old)),
  ];
}

/** The partitions that a group defines. */
function partitionsIn(reader: TokenReader, table: QualifiedName): readonly DbObject[] {
  return reader.group().flatMap((tokens) => {
    const partition = new TokenReader(tokens);
    const name = partition.accept('PARTITION') ? partition.name() : undefined;
    return name === undefined ? [] : [partOf(table)('partition', name)];
  });
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
  const ifExists = reader.accept('IF EXISTS');
  const from = reader.name();
  const to = reader.accept('TO') ? reader.name() : undefined;
  if (from === undefined || to === undefined) return undefined;
  return renamedOrAltered(partOf(table)(kind, from), partOf(table)(kind, to), { ifExists });
}

function renamedOrAltered(
  object: DbObject,
  to: DbObject,
  { alters = false, ifExists = false } = {},
): readonly Effect[] {
  return keyOf(object) === keyOf(to)
    ? [{ action: 'alter', object }]
    : [{ action: 'rename', object, to, ...(alters && { alters }), ...(ifExists && { ifExists }) }];
}

/** Of a table that need not be there. */
function withIfExists(effect: Effect): Effect {
  return effect.action === 'rename' ? { ...effect, ifExists: true } : effect;
}

function created(objects: readonly DbObject[], ifNotExists?: boolean): readonly Effect[] {
  return objects.map((object) => ({ action: 'create', object, ...(ifNotExists && { ifNotExists }) }));
}
