import type { Database, Row } from '../../../lambda/ports';
import { ServerError } from '../../../lambda/ports';
import { fragment, identifier, sql } from '../../../lambda/sql-text';
import { generatedValue, type RowKind } from './generated-value';
import type { ForeignKeyFacts, TableFacts } from './table-facts';

/** The rows that are made in each table; as many again when its columns have changed. */
const VARIED: readonly RowKind[] = ['plain', 'full', 'sparse'];
const PLAIN: readonly RowKind[] = VARIED.map(() => 'plain');
const ROWS = VARIED.length;

/** What rows are made: of all kinds; plain ones only; or none. */
export type Variety = 'varied' | 'plain' | 'none';

/** A table in which no row could be made. */
export interface Unfilled {
  readonly table: string;
  readonly why: string;
}

/** Fills tables with rows that fit, as the application would have done by then. */
export class RowFiller {
  /** Rows that were made in each table. */
  readonly #made = new Map<string, number>();
  readonly #filledAs = new Map<string, string>();
  /** In which tables no row could be made, and why. */
  readonly #told = new Set<string>();
  #variety: Variety = 'varied';

  get variety(): Variety {
    return this.#variety;
  }

  /** What rows are made from now on. */
  make(variety: Variety): void {
    this.#variety = variety;
  }

  /**
   * Makes rows in the tables that have none of ours of that variety for their columns of now. Says where none could be made,
   * once.
   */
  async fill(database: Database, tables: readonly TableFacts[]): Promise<readonly Unfilled[]> {
    const unfilled: Unfilled[] = [];
    if (this.#variety === 'none') return unfilled;
    for (const table of tables) {
      const form = JSON.stringify([this.#variety, table]);
      if (this.#filledAs.get(table.name) === form) continue;
      this.#filledAs.set(table.name, form);
      const why = await this.#fillTable(database, table);
      const told = JSON.stringify([table.name, why]);
      if (why !== null && !this.#told.has(told)) unfilled.push({ table: table.name, why });
      this.#told.add(told);
    }
    return unfilled;
  }

  /** The database was made anew: none of the rows are there any more. */
  forget(): void {
    this.#made.clear();
    this.#filledAs.clear();
  }

  /** Why no row could be made; null where there is one. */
  async #fillTable(database: Database, table: TableFacts): Promise<string | null> {
    const before = this.#made.get(table.name) ?? 0;
    let problem: string | null = null;
    let count = 0;
    for (const [at, kind] of (this.#variety === 'plain' ? PLAIN : VARIED).entries()) {
      const n = before + 1 + at;
      const first = await insertRow(database, table, n, kind);
      // What a table allows beyond its types, only its checks and triggers know.
      const result = first === null || kind === 'plain' ? first : await insertRow(database, table, n, 'plain');
      if (result === null) count += 1;
      problem ??= result;
    }
    this.#made.set(table.name, before + ROWS);
    return count > 0 || (await hasRows(database, table)) ? null : problem;
  }
}

/** Why the row could not be made; null where it is there. */
async function insertRow(database: Database, table: TableFacts, n: number, kind: RowKind): Promise<string | null> {
  const values = new Map<string, string>();
  for (const column of table.columns) {
    if (column.isGenerated) continue;
    const value = generatedValue(column, n, kind);
    if (value === null && !column.isNullable) return `no value is known for ${column.name} ${column.fullType}`;
    values.set(column.name, value ?? 'NULL');
  }
  for (const key of table.foreignKeys) {
    if (kind === 'sparse' && key.columns.some((name) => values.get(name) === 'NULL')) continue;
    const parents = (await parentOf(database, table, key, n)) ?? itself(table, key, values);
    if (parents === null) return `no row of ${key.parent} is there to refer to`;
    for (const [column, value] of parents) if (values.has(column)) values.set(column, value);
  }
  const names = [...values.keys()].map((name) => identifier(name).text).join(', ');
  const into = identifier(database.name, table.name);
  try {
    await database.write(
      sql`INSERT INTO ${into} (${fragment(names)}) VALUES (${fragment([...values.values()].join(', '))})`,
    );
    return null;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    // Not with its code: the driver knows MySQL's names, and MariaDB has others for the same numbers.
    return error.message;
  }
}

/** Values of a row that is referred to; NULL where there is none and there may be none; null where there must be one. */
async function parentOf(
  database: Database,
  table: TableFacts,
  key: ForeignKeyFacts,
  n: number,
): Promise<readonly (readonly [string, string])[] | null> {
  const columns = key.parentColumns.map((name) => `QUOTE(CAST(${identifier(name).text} AS CHAR))`).join(", ', ', ");
  const parent = identifier(key.parentSchema, key.parent);
  const rows = await database
    .query(sql`SELECT CONCAT(${fragment(columns)}) AS quoted FROM ${parent} ORDER BY 1 LIMIT ${ROWS}`)
    .catch((error: unknown): readonly Row[] => {
      // With foreign_key_checks = 0 a key may refer to what is not there, or not any more.
      if (error instanceof ServerError) return [];
      throw error;
    });
  const chosen = rows[(n - 1) % Math.max(rows.length, 1)]?.['quoted'];
  if (typeof chosen === 'string') {
    const values = chosen.match(/'(?:[^'\\]|\\.)*'|NULL/g) ?? [];
    return key.columns.map((column, index) => [column, values[index] ?? 'NULL'] as const);
  }
  const mayBeNull = key.columns.every((name) => table.columns.find((each) => each.name === name)?.isNullable === true);
  return mayBeNull ? key.columns.map((column) => [column, 'NULL'] as const) : null;
}

/** The row's own values where it may refer to itself; null where it refers to another table. */
function itself(
  table: TableFacts,
  key: ForeignKeyFacts,
  values: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] | null {
  if (key.parent !== table.name) return null;
  return key.columns.map((column, index) => [column, values.get(key.parentColumns[index] ?? '') ?? 'NULL'] as const);
}

async function hasRows(database: Database, { name }: TableFacts): Promise<boolean> {
  return (await database.query(sql`SELECT 1 FROM ${identifier(database.name, name)} LIMIT 1`)).length > 0;
}
