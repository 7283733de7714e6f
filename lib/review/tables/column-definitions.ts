import { keyOf, tableOf, type DbObject, type Effect } from '../../../lambda/sql/db-object';
import type { QualifiedName } from '../../../lambda/sql/token-reader';
import type { ColumnDefinition, TableStatement } from './table-change';

/** The definitions that the statements of an up so far have given to columns. */
export class ColumnDefinitions {
  readonly #byColumn = new Map<string, { readonly table: string; readonly definition: ColumnDefinition }>();

  of(table: QualifiedName, column: string): ColumnDefinition | undefined {
    return this.#byColumn.get(keyOf(columnOf(table, column)))?.definition;
  }

  /** @param effects of any statement; undefined where they cannot be told */
  forget(effects: readonly Effect[] | undefined): void {
    if (effects === undefined) this.#byColumn.clear();
    for (const effect of effects ?? []) {
      if (effect.action === 'drop') this.#forget(effect.object);
      if (effect.action === 'rename') [effect.object, effect.to].forEach((object) => this.#forget(object));
    }
  }

  /** Notes what a statement makes of a table's columns, after what it takes away is forgotten. */
  note(table: QualifiedName, { changes, added = [] }: TableStatement, effects: readonly Effect[] = []): void {
    const note = (column: string, definition: ColumnDefinition): void => {
      const object = columnOf(table, column);
      this.#byColumn.set(keyOf(object), { table: keyOf({ kind: 'table', ...table }), definition });
    };
    for (const change of changes) {
      if (change.kind === 'change-column') note(change.to, change.definition);
      // The same text then stands for another character set.
      if (change.kind === 'change-default-charset' || change.kind === 'convert-charset') {
        this.#forget({ kind: 'table', ...table });
      }
    }
    for (const { name, definition } of added) {
      const key = keyOf(columnOf(table, name));
      if (!effects.some((effect) => isDoubtful(effect) && keyOf(effect.object) === key)) note(name, definition);
    }
  }

  #forget(object: DbObject): void {
    const key = keyOf(object);
    for (const [column, { table }] of this.#byColumn) {
      if (column === key || (tableOf(object) === undefined && table === key)) this.#byColumn.delete(column);
    }
  }
}

/** With IF NOT EXISTS it may be there with another definition. */
function isDoubtful(effect: Effect): boolean {
  return effect.action === 'create' && effect.ifNotExists === true;
}

function columnOf({ schema, name: table }: QualifiedName, name: string): DbObject {
  return { kind: 'column', schema, table, name };
}
