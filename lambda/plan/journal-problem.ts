import { failure, type Failure } from '../words/failure';
import type { FoundTable } from './journal-shape';
import type { JOURNAL_TABLES } from '../sql/journal-touch';
import type { HistoryRow } from './history';

/** How many migrations a deployment left in the history. Nothing that takes one away keeps it. */
export interface Seal {
  /** The deployment. */
  readonly id: number;
  readonly holds: number;
}

/** A part of the journal is missing. It is never taken for a fresh database: applied migrations would run again. */
export function notWhole(what: string): Failure {
  return failure(
    'journal-incomplete',
    `the journal is not whole: ${what}; nothing was run. Find out who changed it and restore it, from a backup or a copy of the cluster ` +
      `at an earlier time. Only if every migration is to run again, as on an empty database, drop both migration and migration_deployment`,
  );
}

/** Somebody else's table has the name of one of the journal's. */
export function notOurs(table: (typeof JOURNAL_TABLES)[number], { isTable, columns }: FoundTable): Failure {
  const shown = columns.slice(0, MAX_COLUMNS).join(', ') + (columns.length > MAX_COLUMNS ? ', …' : '');
  return failure(
    'incompatible-journal',
    `the database has a ${isTable ? 'table' : 'view'} ${table} (${shown}) that another tool or the application made, and this tool keeps its journal ` +
      `under that name; nothing was run. Rename it, or migrate another database of the server (databaseName)`,
  );
}

/** Why deployments that were read cannot be all that the journal held; null where nothing shows it. */
export function lossOfDeployments(rows: readonly HistoryRow[], newest: number): string | null {
  const stray = rows.find(({ deployment }) => deployment !== null && deployment > newest);
  if (stray === undefined) return null;
  return `${stray.name} was applied by deployment ${stray.deployment}, which the table migration_deployment lacks`;
}

/** Why migrations that were read cannot be all that the journal held; null where nothing shows it. */
export function lossOfMigrations(rows: readonly HistoryRow[], { id, holds }: Seal): string | null {
  // One that is being reverted is there still; one that was removed is in no deployment's count.
  const standing = rows.filter(({ state }) => state !== 'removed').length;
  return standing < holds
    ? `deployment ${id} left ${holds} applied in the table migration, which has ${standing}`
    : null;
}

const MAX_COLUMNS = 6;
