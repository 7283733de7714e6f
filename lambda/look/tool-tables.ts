import { TOOLS, type Tool } from '../plan/command';
import type { OtherHistory, ToolRow, ToolTables } from '../adopt/tool-history';
import { notOfTool, TOOL_FORMS } from '../adopt/tools';
import type { Database, Row } from '../ports';
import { isPossibleName } from '../sql/possible-name';
import { identifier, sql } from '../sql-text';
import { refuse, type Refused } from '../words/failure';

/** Tables in which other tools keep their history by default. */
export const TOOL_TABLES: readonly string[] = [...new Set(Object.values(TOOL_FORMS).map(({ table }) => table))];

/** Reads the histories of other tools from those of {@link TOOL_TABLES} that are there. */
export async function readOtherHistories(
  database: Database,
  tables: readonly string[],
): Promise<readonly OtherHistory[]> {
  const histories: OtherHistory[] = [];
  for (const table of tables) {
    const [tool] = toolsOf(table, await columnsOf(database, table));
    if (tool !== undefined) histories.push({ tool, table, rows: await rowsOf(database, table), lock: [] });
  }
  return histories;
}

/** The tools whose history a table may be, by its name and its columns. */
function toolsOf(table: string, columns: readonly string[]): readonly Tool[] {
  // A server may keep all names in small letters.
  const isNamed = (tool: Tool): boolean => TOOL_FORMS[tool].table.toLowerCase() === table.toLowerCase();
  return TOOLS.filter((tool) => isNamed(tool) && notOfTool(tool, columns) === null);
}

/** Reads the table in which a tool keeps its history. Of a table of another form no row is read. */
export async function readToolTables(database: Database, tool: Tool, table: string): Promise<ToolTables | Refused> {
  const columns = await columnsOf(database, table);
  const problem = columns.length === 0 ? await describeAbsent(database, table) : describeOther(table, tool, columns);
  if (problem !== null) return refuse('cannot-adopt', `${problem}; nothing was written`);
  const lockTable = TOOL_FORMS[tool].lock?.(table);
  const isLockThere = lockTable !== undefined && (await columnsOf(database, lockTable)).length > 0;
  return { table, rows: await rowsOf(database, table), lock: isLockThere ? await rowsOf(database, lockTable) : [] };
}

function describeOther(table: string, tool: Tool, columns: readonly string[]): string | null {
  const otherForm = notOfTool(tool, columns);
  return otherForm === null
    ? null
    : `${table} is not a table of ${tool}: ${otherForm}. Say with --from whose it is, or with --table which one is meant`;
}

async function columnsOf(database: Database, table: string): Promise<readonly string[]> {
  if (!isPossibleName(table)) return [];
  const rows = await database.query(
    sql`SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = ${database.name} AND TABLE_NAME = ${table}`,
  );
  return rows.map(({ name }) => String(name));
}

async function rowsOf(database: Database, table: string): Promise<readonly ToolRow[]> {
  const rows = await database.query(sql`SELECT * FROM ${identifier(database.name, table)}`);
  return rows.map(textsOf);
}

function textsOf(row: Row): ToolRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column.toLowerCase(), value === null ? null : String(value)]),
  );
}

/** Which histories are there instead. */
async function describeAbsent(database: Database, table: string): Promise<string> {
  const found: string[] = [];
  for (const name of TOOL_TABLES) {
    const columns = await columnsOf(database, name);
    const froms = toolsOf(name, columns).map((tool) => `--from ${tool}`);
    if (columns.length > 0) found.push(`${name} (${froms.join(' or ')})`);
  }
  const others =
    found.length === 0 ? 'There is no history of another tool that is known' : `There is ${found.join(', ')}`;
  return `database ${database.name} has no table ${table}. ${others}. Where it has another name, say so with --table`;
}
