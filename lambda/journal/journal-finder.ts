import type { Failure } from '../words/failure';
import { notOurs, notWhole } from '../plan/journal-problem';
import { kindOfDeployments, kindOfHistory, type FoundTable } from '../plan/journal-shape';
import { JOURNAL_TABLES, type JournalTable } from '../sql/journal-touch';
import { deploymentTable, migrationTable, withAllColumns, type ReadTables } from './journal-tables';
import type { Database } from '../ports';
import { TOOL_TABLES } from '../look/tool-tables';
import { fragment, sql } from '../sql-text';

/**
 * What there is, where the journal could not be read as it should be.
 * - `absent`: no journal; `hasNames`: a table of names is there, to be adopted; `toolTables`: other tools may have a history there
 * - `outdated`: older code made it, or a process that made it died between its tables; `tables`: what it is read from
 * - `unusable`: a part is missing, or somebody else's table has its name and nothing of ours is there
 */
export type FoundJournal =
  | { readonly journal: 'absent'; readonly hasNames: boolean; readonly toolTables: readonly string[] }
  | { readonly journal: 'outdated'; readonly tables: ReadTables }
  | UnusableJournal;

/** A journal with which nothing may be done. */
export interface UnusableJournal {
  readonly journal: 'unusable';
  /** `incompatible-journal`: nothing of ours is there. */
  readonly failure: Failure;
}

/** Looks why a table or column of the journal is not there. */
export async function findJournal(database: Database): Promise<FoundJournal> {
  const { migration, migration_deployment: deployment, toolTables } = await findTables(database);
  const history = migration === undefined ? 'absent' : kindOfHistory(migration);
  const deployments = deployment === undefined ? 'absent' : kindOfDeployments(deployment);
  const hasDeployments =
    deployments === 'ours' && (await hasRows(database, sql`SELECT 1 FROM ${deploymentTable(database)} LIMIT 1`));
  // A row of an adopted table has neither, nor has one that another tool added since.
  const ours = sql`SELECT 1 FROM ${migrationTable(database)} WHERE deployment IS NOT NULL OR checksum IS NOT NULL LIMIT 1`;
  const hasHistory = history === 'ours' && deployments !== 'ours' && (await hasRows(database, ours));
  if (hasDeployments && history === 'absent')
    return incomplete('there is no table migration, and migration_deployment has rows');
  if (hasDeployments && history !== 'ours') {
    return incomplete('the table migration is another than the one that migration_deployment tells of');
  }
  if (hasHistory)
    return incomplete('the table migration has rows of deployments, and there is no such table migration_deployment');
  if (migration !== undefined && history === 'foreign')
    return { journal: 'unusable', failure: notOurs('migration', migration) };
  if (deployment !== undefined && deployments === 'foreign')
    return { journal: 'unusable', failure: notOurs('migration_deployment', deployment) };
  if (migration === undefined || deployment === undefined)
    return { journal: 'absent', hasNames: migration !== undefined, toolTables };
  return {
    journal: 'outdated',
    tables: {
      migration: withAllColumns(database, 'migration', migration.columns),
      migration_deployment: withAllColumns(database, 'migration_deployment', deployment.columns),
    },
  };
}

/** A part of the journal is missing. */
export function incomplete(what: string): UnusableJournal {
  return { journal: 'unusable', failure: notWhole(what) };
}

/** Each look is for one table by its name: a join would have MariaDB open every table of the server, which takes 0.1 s. */
async function findTables(
  database: Database,
): Promise<Partial<Record<JournalTable, FoundTable>> & { readonly toolTables: readonly string[] }> {
  const looks = JOURNAL_TABLES.flatMap((table) => [
    sql`SELECT TABLE_NAME AS tableName, TABLE_TYPE AS type, NULL AS columnName, 0 AS position
        FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${database.name} AND TABLE_NAME = ${table}`,
    sql`SELECT TABLE_NAME, NULL, COLUMN_NAME, ORDINAL_POSITION
        FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${database.name} AND TABLE_NAME = ${table}`,
  ]);
  // Of these nothing but the name is asked for, which opens no table.
  const tools = fragment(TOOL_TABLES.map((table) => sql`${table}`).join(', '));
  const others = sql`SELECT TABLE_NAME, 'of a tool', NULL, 0
      FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${database.name} AND TABLE_NAME IN (${tools})`;
  const rows = await database.query(`${[...looks, others].join(' UNION ALL ')} ORDER BY position`);
  const found = JOURNAL_TABLES.map((table) => {
    // These tables may be compared in any case where those of the database are not.
    const [own, ...columns] = rows.filter(({ tableName }) => tableName === table);
    if (own === undefined) return [table, undefined] as const;
    const names = columns.map(({ columnName }) => String(columnName));
    return [table, { isTable: own['type'] === 'BASE TABLE', columns: names }] as const;
  });
  const toolTables = rows.filter(({ type }) => type === 'of a tool').map(({ tableName }) => String(tableName));
  return { ...Object.fromEntries(found), toolTables };
}

async function hasRows(database: Database, query: string): Promise<boolean> {
  return (await database.query(query)).length > 0;
}
