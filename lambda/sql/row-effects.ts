import type { Effect } from './db-object';
import { isMark } from './tokens';
import type { QualifiedName, TokenReader } from './token-reader';

interface TableReference {
  readonly table: QualifiedName;
  readonly alias?: string;
}

/** Reads an INSERT or REPLACE from behind its verb. Only the beginning of `statement` is read: it may be huge. */
export function insertEffects(reader: TokenReader, verb: string, statement: string): readonly Effect[] | undefined {
  skip(reader, MODIFIERS);
  reader.accept('INTO');
  const table = reader.qualifiedName();
  // Said in a string, it makes a plain INSERT look as if it changed rows, too: no harm.
  const replaces = verb === 'REPLACE' || /\bon\s+duplicate\s+key\s+update\b/i.test(statement);
  return table && [wrote(table, replaces ? 'replace' : 'insert')];
}

/** Reads a LOAD DATA from behind these words. */
export function loadEffects(reader: TokenReader): readonly Effect[] | undefined {
  let replaces = false;
  while (reader.peek() && !reader.accept('INTO TABLE'))
    replaces = reader.next()?.text.toUpperCase() === 'REPLACE' || replaces;
  const table = reader.qualifiedName();
  return table && [wrote(table, replaces ? 'replace' : 'insert')];
}

/** Reads an UPDATE from behind its verb; undefined where a table it sets cannot be told. */
export function updateEffects(reader: TokenReader): readonly Effect[] | undefined {
  skip(reader, MODIFIERS);
  const references = tableReferences(reader, ['SET']);
  if (!reader.accept('SET') || references.length === 0) return undefined;
  const columns = new Map<TableReference, string[]>();
  for (const [...tokens] of reader.list((previous) => ENDS.has(reader.keyword()) && !isMark(previous, '.'))) {
    const path = tokens.slice(
      0,
      tokens.findIndex(({ kind, text }) => kind === 'mark' && /[=:]/.test(text)),
    );
    const names = path.filter(({ kind }) => kind !== 'mark').map(({ text }) => text);
    const column = names.at(-1);
    if (column === undefined) return undefined;
    const owner = names.at(-2);
    const owners = references.filter(({ table, alias }) => owner === undefined || (alias ?? table.name) === owner);
    if (owners.length === 0) return undefined;
    for (const reference of owners) columns.set(reference, [...(columns.get(reference) ?? []), column]);
  }
  return [...columns].map(([{ table }, names]) => ({ ...wrote(table, 'update'), columns: names }));
}

/** Reads a DELETE, of one table or several, from behind its verb. */
export function deleteEffects(reader: TokenReader): readonly Effect[] | undefined {
  skip(reader, MODIFIERS);
  // Elsewhere a table may be called so.
  if (!isMark(reader.peek(1), '.') && !isMark(reader.peek(1), ',')) reader.accept('QUICK');
  skip(reader, MODIFIERS);
  const listsFirst = !reader.accept('FROM');
  const targets: QualifiedName[] = [];
  do {
    const target = reader.qualifiedName();
    if (!target) return undefined;
    targets.push(target);
    if (reader.acceptMark('.')) reader.acceptMark('*');
  } while (reader.acceptMark(','));
  if (!reader.accept(listsFirst ? 'FROM' : 'USING'))
    return listsFirst ? undefined : targets.map((table) => wrote(table, 'delete'));

  const references = tableReferences(reader, [...ENDS]);
  return targets.map((target) => {
    const reference = references.find(
      ({ table, alias }) => target.schema === undefined && (alias ?? table.name) === target.name,
    );
    return wrote(reference?.table ?? target, 'delete');
  });
}

/** Reads on from behind WITH to the verb that uses the common table expressions. */
export function skipCommonTables(reader: TokenReader): void {
  for (let depth = 0; reader.peek(); reader.next()) {
    if (depth === 0 && ['SELECT', 'UPDATE', 'DELETE', 'INSERT', 'REPLACE'].includes(reader.keyword())) return;
    if (reader.isNext('(')) depth += 1;
    if (reader.isNext(')')) depth -= 1;
  }
}

const MODIFIERS = ['LOW_PRIORITY', 'HIGH_PRIORITY', 'DELAYED', 'IGNORE'];
const ENDS = new Set(['WHERE', 'ORDER', 'LIMIT']);
const NO_ALIAS = new Set(
  'JOIN INNER CROSS LEFT RIGHT NATURAL STRAIGHT_JOIN ON USING USE IGNORE FORCE PARTITION SET WHERE ORDER LIMIT'.split(
    ' ',
  ),
);
const QUERIES = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

/** Reads the tables of a join until one of these words; what is derived or joined on is passed over. */
function tableReferences(reader: TokenReader, ends: readonly string[]): readonly TableReference[] {
  const references: TableReference[] = [];
  let expected = true;
  while (reader.peek() && !ends.includes(reader.keyword())) {
    if (expected && reader.isNext('(')) {
      // A group of tables is read as if its parentheses were not there; a query in parentheses is no table to write to.
      if (QUERIES.has(reader.keyword(1))) {
        reader.group();
        expected = false;
      } else {
        reader.next();
      }
    } else if (expected) {
      const table = reader.qualifiedName();
      if (!table) return [];
      if (reader.accept('PARTITION')) reader.group();
      const named = reader.accept('AS') || !NO_ALIAS.has(reader.keyword());
      references.push({ table, alias: named ? reader.name() : undefined });
      expected = false;
    } else if (reader.isNext('(')) {
      reader.group();
    } else {
      expected = reader.isNext(',') || reader.keyword() === 'JOIN' || reader.keyword() === 'STRAIGHT_JOIN';
      reader.next();
    }
  }
  return references;
}

function skip(reader: TokenReader, words: readonly string[]): void {
  while (reader.acceptAny(...words));
}

function wrote(table: QualifiedName, write: 'insert' | 'update' | 'delete' | 'replace'): Effect {
  return { action: 'data', write, object: { kind: 'rows', ...table } };
}
