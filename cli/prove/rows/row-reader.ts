import type { Database, Row } from '../../../lambda/ports';
import { fragment, identifier, sql } from '../../../lambda/sql-text';
import type { ColumnFacts, TableFacts } from './table-facts';

/** Rows of a table as texts, in the order of its key. */
export interface TableRows {
  readonly table: string;
  readonly key: readonly string[];
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

/** More rows of a table are not compared: those that a migration brings along may be many. */
const MAX_ROWS = 200;

/** Types whose values are no texts. */
const BINARY =
  /binary|blob|^bit$|^(?:geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geometrycollection|geomcollection|vector)$/;

/** Reads the rows of tables, without what the server computes or changes by itself. */
export async function readRows(database: Database, tables: readonly TableFacts[]): Promise<readonly TableRows[]> {
  const read = tables.map((table) => ({ table, columns: table.columns.filter(isCompared) }));
  const statements = read.map(({ table, columns }) => {
    const list = columns.map((column, index) => `${textOf(column)} AS c${index}`).join(', ');
    const order = (table.primaryKey.length > 0 ? table.primaryKey : columns.map(({ name }) => name))
      .map((name) => identifier(name).text)
      .join(', ');
    const from = identifier(database.name, table.name);
    return columns.length === 0
      ? 'SELECT 1 FROM DUAL WHERE FALSE'
      : sql`SELECT ${fragment(list)} FROM ${from} ORDER BY ${fragment(order)} LIMIT ${MAX_ROWS}`;
  });
  const together = await database.readTogether(statements);
  const results: (readonly Row[])[] = together === null ? [] : [...together];
  if (together === null) for (const statement of statements) results.push(await database.query(statement));
  return read.map(({ table, columns }, at) => ({
    table: table.name,
    key: table.primaryKey,
    rows: (results[at] ?? []).map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, valueOf(row[`c${index}`])])),
    ),
  }));
}

function isCompared({ isGenerated, changesByItself }: ColumnFacts): boolean {
  return !isGenerated && !changesByItself;
}

function textOf({ name, type }: ColumnFacts): string {
  const quoted = identifier(name).text;
  if (BINARY.test(type)) return `HEX(${quoted})`;
  // As a text, a FLOAT has six digits, and looks as if a DOUBLE would still be in it.
  return `CAST(${type === 'float' ? `${quoted} + 0e0` : quoted} AS CHAR)`;
}

function valueOf(value: Row[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
