import { keyOf, type DbObject, type Effect } from '../../../lambda/sql/db-object';
import { elementsMade } from '../../../lambda/sql/table-elements';
import { TokenReader, type QualifiedName } from '../../../lambda/sql/token-reader';
import { tokensOf } from '../../../lambda/sql/tokens';
import type { StatementUnderReview } from '../statement-under-review';
import { readStatement } from './read-statement';
import type { ColumnDefinition, TableStatement } from './table-change';
import { targetOf } from './table-target';

/**
 * The definitions that statements have given to columns, of one migration and of those before it. They are read only where one
 * is asked for, since that takes a large parser.
 */
export class ColumnDefinitions {
  #told: Told[] = [];

  /** The definition that a column has after the statements so far; undefined where it is not known. */
  of({ schema, name: table }: QualifiedName, name: string): ColumnDefinition | undefined {
    const column: DbObject = { kind: 'column', schema, table, name };
    for (const told of this.#told.toReversed()) {
      const said = saidBy(told, column, keyOf({ kind: 'table', schema, name: table }));
      if (said !== 'nothing') return said === 'unknown' ? undefined : said;
    }
    return undefined;
  }

  /** Notes what a statement has made of tables. */
  follow(statement: StatementUnderReview): void {
    const { effects, step } = statement;
    // What looks after the server or its accounts leaves columns alone.
    if (effects === undefined && step.nature !== 'repeatable') {
      this.forget();
      return;
    }
    const target = targetOf(statement);
    const altered = target?.verb === 'ALTER' ? target.tables.map((each) => keyOf({ kind: 'table', ...each })) : [];
    const isOfRows = (effects ?? []).every(({ action }) => action === 'data');
    if (altered.length > 0 || !isOfRows) this.#told.push({ statement, effects: effects ?? [], altered });
  }

  /** Something may have changed any column. */
  forget(): void {
    this.#told = [];
  }
}

interface Told {
  readonly statement: StatementUnderReview;
  readonly effects: readonly Effect[];
  /** Keys of the tables that it alters. */
  readonly altered: readonly string[];
  /** Once it was read. */
  read?: TableStatement | 'unreadable';
}

function saidBy(told: Told, column: DbObject, table: string): ColumnDefinition | 'unknown' | 'nothing' {
  const { statement, effects, altered } = told;
  if (altered.includes(table)) {
    told.read ??= readStatement(statement.text) ?? 'unreadable';
    if (told.read === 'unreadable') return 'unknown';
    const definition = definitionIn(told.read, column, effects);
    if (definition !== undefined) return definition;
    // The same text then stands for another character set.
    if (told.read.changes.some(({ kind }) => CHARSETS.has(kind))) return 'unknown';
  }
  const isIt = (object: DbObject): boolean => keyOf(object) === table || keyOf(object) === keyOf(column);
  for (const effect of effects) {
    if (effect.action === 'drop' && isIt(effect.object)) return 'unknown';
    if (effect.action === 'rename' && (isIt(effect.object) || isIt(effect.to))) return 'unknown';
    if (effect.action === 'create' && keyOf(effect.object) === table && !isDoubtful(effect)) {
      return definitionMade(statement.text, column) ?? 'unknown';
    }
  }
  return 'nothing';
}

const CHARSETS: ReadonlySet<string> = new Set(['change-default-charset', 'convert-charset']);

/** The last word of an ALTER about a column. */
function definitionIn(
  { changes, added = [] }: TableStatement,
  column: DbObject,
  effects: readonly Effect[],
): ColumnDefinition | undefined {
  const isIt = (name: string): boolean => name.toLowerCase() === column.name.toLowerCase();
  const change = changes.findLast((each) => each.kind === 'change-column' && isIt(each.to));
  if (change?.kind === 'change-column') return change.definition;
  if (effects.some((effect) => isDoubtful(effect) && keyOf(effect.object) === keyOf(column))) return undefined;
  return added.findLast(({ name }) => isIt(name))?.definition;
}

/** With IF NOT EXISTS it may be there with another definition. */
function isDoubtful(effect: Effect): boolean {
  return effect.action === 'create' && effect.ifNotExists === true;
}

/** A column's definition in CREATE TABLE: the grammar that we have reads it as one that is added. */
function definitionMade(text: string, column: DbObject): ColumnDefinition | undefined {
  const reader = new TokenReader(tokensOf(text));
  reader.accept('CREATE');
  reader.accept('OR REPLACE');
  reader.accept('TABLE');
  reader.accept('IF NOT EXISTS');
  const table = reader.qualifiedName();
  if (table === undefined) return undefined;
  const element = reader
    .group()
    .find((tokens) =>
      elementsMade(new TokenReader(tokens), table).some(
        ({ kind, name }) => kind === 'column' && name.toLowerCase() === column.name.toLowerCase(),
      ),
    );
  const [first] = element ?? [];
  if (element === undefined || first === undefined) return undefined;
  const read = readStatement(`ALTER TABLE t ADD COLUMN ${text.slice(first.start, element.at(-1)?.end)}`);
  const definition = read?.added?.[0]?.definition;
  if (definition === undefined) return undefined;
  // A key is the table's, and makes its columns NOT NULL.
  const attributes = definition.attributes.filter((each) => !KEYS.has(each));
  return {
    ...definition,
    attributes,
    nullable: definition.nullable && attributes.length === definition.attributes.length,
  };
}

const KEYS: ReadonlySet<string> = new Set(['primarykey', 'key']);
