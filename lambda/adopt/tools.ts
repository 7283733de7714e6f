import type { Tool } from '../plan/command';
import { readKnex, readNames } from './by-name';
import { readDbmate, readGolangMigrate, readGoose } from './by-number';
import { readFlyway } from './flyway-history';
import type { ToolReader } from './tool-history';

/** Where a tool keeps its history, and who reads it. */
export interface ToolForm {
  /** The table's name by default. */
  readonly table: string;
  /** Columns that it has, in lower case. */
  readonly columns: readonly string[];
  /** A column that it does not have, which tells it from another tool's table of the same name. */
  readonly lacks?: string;
  /** Name of the table that it marks while it runs. */
  readonly lock?: (table: string) => string;
  readonly read: ToolReader;
}

/** The forms of the tools' histories. */
export const TOOL_FORMS: Readonly<Record<Tool, ToolForm>> = {
  // In SequelizeStorage's default, sequelize-cli's.
  umzug: { table: 'SequelizeMeta', columns: ['name'], lacks: 'batch', read: readNames },
  sequelize: { table: 'SequelizeMeta', columns: ['name'], lacks: 'batch', read: readNames },
  knex: { table: 'knex_migrations', columns: ['name', 'batch'], lock: (table) => `${table}_lock`, read: readKnex },
  dbmate: { table: 'schema_migrations', columns: ['version'], lacks: 'dirty', read: readDbmate },
  'golang-migrate': { table: 'schema_migrations', columns: ['version', 'dirty'], read: readGolangMigrate },
  goose: { table: 'goose_db_version', columns: ['id', 'version_id', 'is_applied'], read: readGoose },
  flyway: {
    table: 'flyway_schema_history',
    columns: ['installed_rank', 'version', 'type', 'script', 'checksum', 'success'],
    read: readFlyway,
  },
};

/** Why a table is not the history of a tool; null where it has the form of one. */
export function notOfTool(tool: Tool, columns: readonly string[]): string | null {
  const { columns: needed, lacks } = TOOL_FORMS[tool];
  const found = new Set(columns.map((column) => column.toLowerCase()));
  const missing = needed.filter((column) => !found.has(column));
  if (missing.length > 0) return `it has no column ${missing.join(', ')}`;
  return lacks !== undefined && found.has(lacks) ? `it has a column ${lacks}` : null;
}
