import type { Failure } from '../words/failure';
import { notOurs, notWhole } from '../plan/journal-problem';
import type { FoundTables } from '../plan/journal-shape';
import { kindOfDeployments, kindOfHistory } from '../plan/journal-shape';
import { JOURNAL_TABLES } from '../sql/journal-touch';
import { deploymentTable, migrationTable } from './journal-tables';
import type { Database } from '../ports';
import { sql } from '../sql-text';

/**
 * What there is, where the journal could not be read as it should be.
 * - `absent`: no journal; `hasNames`: a table of names is there, to be adopted
 * - `outdated`: older code made it, or a process that made it died between its tables
 * - `unusable`: a part is missing, or (`isForeign`) somebody else's table has its name and nothing of ours is there
 */
export type FoundJournal =
  | { readonly kind: 'absent'; readonly hasNames: boolean }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'unusable'; readonly failure: Failure; readonly isForeign: boolean };

/** Looks why a table or column of the journal is not there. */
export async function findJournal(database: Database): Promise<FoundJournal> {
  const { migration, migration_deployment: deployment } = await readTables(database);
  const history = migration === undefined ? 'absent' : kindOfHistory(migration);
  const deployments = deployment === undefined ? 'absent' : kindOfDeployments(deployment);
  const hasDeployments =
    deployments === 'ours' && (await hasRows(database, sql`SELECT 1 FROM ${deploymentTable(database)} LIMIT 1`));
  // A row of an adopted table has neither, nor has one that another tool added since.
  const hasHistory =
    history === 'ours' &&
    deployments !== 'ours' &&
    (await hasRows(
      database,
      sql`SELECT 1 FROM ${migrationTable(database)} WHERE deployment IS NOT NULL OR checksum IS NOT NULL LIMIT 1`,
    ));
  if (hasDeployments && history === 'absent')
    return incomplete('there is no table migration, and migration_deployment has rows');
  if (hasDeployments && history !== 'ours') {
    return incomplete('the table migration is another than the one that migration_deployment tells of');
  }
  if (hasHistory)
    return incomplete('the table migration has rows of deployments, and there is no such table migration_deployment');
  if (migration !== undefined && history === 'foreign') return foreign(notOurs('migration', migration));
  if (deployment !== undefined && deployments === 'foreign')
    return foreign(notOurs('migration_deployment', deployment));
  if (deployments === 'absent' || history === 'absent') return { kind: 'absent', hasNames: history !== 'absent' };
  return { kind: 'outdated' };
}

function incomplete(what: string): FoundJournal {
  return { kind: 'unusable', failure: notWhole(what), isForeign: false };
}

function foreign(failure: Failure): FoundJournal {
  return { kind: 'unusable', failure, isForeign: true };
}

async function readTables(database: Database): Promise<FoundTables> {
  const [history, deployments] = JOURNAL_TABLES;
  const rows = await database.query(
    sql`SELECT t.TABLE_NAME AS tableName, t.TABLE_TYPE AS type, c.COLUMN_NAME AS columnName
        FROM information_schema.TABLES t
          LEFT JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
        WHERE t.TABLE_SCHEMA = ${database.name} AND t.TABLE_NAME IN (${history}, ${deployments})
        ORDER BY c.ORDINAL_POSITION`,
  );
  const found = JOURNAL_TABLES.map((table) => {
    // These tables may be compared in any case where those of the database are not.
    const own = rows.filter((row) => row['tableName'] === table);
    const columns = own.flatMap((row) => (row['columnName'] === null ? [] : [String(row['columnName'])]));
    return [table, own.length === 0 ? undefined : { isTable: own[0]?.['type'] === 'BASE TABLE', columns }] as const;
  });
  return Object.fromEntries(found);
}

async function hasRows(database: Database, query: string): Promise<boolean> {
  return (await database.query(query)).length > 0;
}
