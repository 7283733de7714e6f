import { describeDrift } from '../../../lambda/schema/schema-drift';
import type { SchemaSnapshot } from '../../../lambda/schema/inventory';
import type { Stage } from '../stage';
import type { RowFiller } from './row-filler';
import { readRows, type TableRows } from './row-reader';
import { readTables, type TableFacts } from './table-facts';

/** A database at one moment. */
export interface Look {
  readonly schema: SchemaSnapshot;
  readonly tables: readonly TableFacts[];
  readonly rows: readonly TableRows[];
}

/** Makes rows, and notes where none could be made. What is there then. */
export async function fill(stage: Stage, rows: RowFiller, notes: string[]): Promise<Look> {
  const database = await stage.database();
  const tables = await readTables(database);
  const unfilled = await rows.fill(database, tables);
  for (const { table, why } of unfilled) {
    const note = `no row could be made in ${table}: ${why}`;
    if (!notes.includes(note)) notes.push(note);
  }
  return { schema: await stage.schema(), tables, rows: await readRows(database, tables) };
}

/** @param known an earlier look: where the schema is what it was then, its tables need not be asked for again */
export async function look(stage: Stage, known?: Look): Promise<Look> {
  const database = await stage.database();
  const schema = await stage.schema();
  const isKnown = known !== undefined && describeDrift(known.schema, schema) === null;
  const tables = isKnown ? known.tables : await readTables(database);
  return { schema, tables, rows: await readRows(database, tables) };
}
