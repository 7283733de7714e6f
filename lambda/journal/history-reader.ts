import {
  isOwed,
  NO_HISTORY,
  stands,
  type DeploymentRow,
  type History,
  type HistoryRow,
  type MigrationState,
} from '../plan/history';
import type { Resource } from '../plan/intent';
import { lossOfDeployments, lossOfMigrations, type Seal } from '../plan/journal-problem';
import { readMark } from '../plan/mark';
import type { OtherHistory } from '../adopt/tool-history';
import { readOtherHistories } from '../look/tool-tables';
import { withoutExtension } from '../manifest/name';
import type { Checksum, Manifest } from '../manifest/types';
import { findJournal, incomplete, type UnusableJournal } from './journal-finder';
import { deploymentTable, migrationTable, type ReadTables } from './journal-tables';
import { readDeployments } from './deployment-rows';
import type { Database, Row } from '../ports';
import { optionalNumber, optionalText, text } from './row-values';
import { sql } from '../sql-text';
import { NOT_THERE } from '../words/server-error-numbers';

/**
 * What the journal holds.
 * - `complete`: its tables have all the columns that this code knows
 * - `at-release`: so they have, and the database is exactly at the release that was asked about, whose migrations were not read
 * - `absent`: there are none, or only one that another tool made
 * - `outdated`: older code made them; before anything is written, `createJournal` has to add what is missing
 * - `unusable`: a part of it is missing, or somebody else's table has its name
 */
export type Reading = UsableReading | UnusableReading;

export interface UsableReading {
  readonly journal: 'complete' | 'at-release' | 'absent' | 'outdated';
  readonly history: History;
  /** Histories of other tools; none where the journal is there. */
  readonly otherHistories?: readonly OtherHistory[];
}

export interface UnusableReading extends UnusableJournal {
  /** What the deployments say; null where they could not be read. Of migrations it has none. */
  readonly history: History | null;
}

/**
 * Reads history. Missing tables are an empty history: only a forward request creates them. Not so where only one of them
 * is missing, or rows that must be there.
 *
 * Where `release` is given, and the newest deployment left exactly that release in the database, its migrations are not
 * read: what a release with thousands of migrations has applied already costs no time.
 *
 * @param outdated what is read in place of tables that lack columns
 */
export async function readHistory(
  database: Database,
  resource: Resource,
  release?: Manifest,
  outdated?: ReadTables,
): Promise<Reading> {
  let history: History | null = null;
  const tables = outdated ?? tablesOf(database);
  try {
    const { seal, ...deployments } = await readDeployments(database, tables.migration_deployment, resource, release);
    history = { ...NO_HISTORY, ...deployments };
    if (release !== undefined && (await holdsExactly(database, release, history.deployments)))
      return { history, journal: 'at-release' };
    const { rows, newestDeployment, newestMigration } = await readRows(database, tables);
    const stray = lossOfDeployments(rows, newestDeployment);
    if (stray !== null) return { ...incomplete(stray), history: null };
    const loss = seal === null ? null : lossOfMigrations(rows, seal);
    if (seal !== null && loss !== null && (await isSealed(database, seal))) return { ...incomplete(loss), history };
    return { history: { ...history, migrations: rows, newestMigration }, journal: 'complete' };
  } catch (error) {
    if (outdated !== undefined || !NOT_THERE.has((error as { errno?: number }).errno ?? 0)) throw error;
    return readOther(database, resource, history);
  }
}

/** What there is in place of a journal that this code can read. */
async function readOther(database: Database, resource: Resource, history: History | null): Promise<Reading> {
  const found = await findJournal(database);
  if (found.journal === 'unusable') return { ...found, history };
  if (found.journal === 'outdated') {
    const reading = await readHistory(database, resource, undefined, found.tables);
    return reading.journal === 'unusable' ? reading : { ...reading, journal: 'outdated' };
  }
  const migrations = found.hasNames ? await readForeignTable(database) : [];
  const otherHistories = await readOtherHistories(database, found.toolTables);
  return { journal: 'absent', history: { ...NO_HISTORY, migrations }, otherHistories };
}

/**
 * Whether the table `migration` holds exactly what a release carries: the newest deployment that was not reverted
 * applied just that release, as many rows are there, and each of them is applied, and there to stay.
 */
async function holdsExactly(
  database: Database,
  { digest, checksum, migrations }: Manifest,
  deployments: readonly DeploymentRow[],
): Promise<boolean> {
  const newest = deployments.find(stands);
  const isSame =
    newest?.status === 'applied' && !isOwed(newest) && newest.newDigest === digest && newest.checksum === checksum;
  if (!isSame) return false;
  const states = await database.query(
    sql`SELECT state, removedBy IS NULL AS stays, COUNT(*) AS count FROM ${migrationTable(database)} GROUP BY state, stays`,
  );
  const [only] = states;
  const areThereToStay = only?.['state'] === 'applied' && Number(only['stays']) !== 0;
  return states.length === 1 && areThereToStay && Number(only['count']) === migrations.length;
}

/** What the table `migration` holds, in order of application. Throws where it lacks our columns. */
export async function readMigrations(database: Database): Promise<readonly HistoryRow[]> {
  return (await readRows(database, tablesOf(database))).rows;
}

function tablesOf(database: Database): ReadTables {
  return { migration: migrationTable(database), migration_deployment: deploymentTable(database) };
}

interface ReadRows {
  readonly rows: readonly HistoryRow[];
  readonly newestMigration: number;
  /** Id of the newest row of the table `migration_deployment`; 0 where there is none, or no migration. */
  readonly newestDeployment: number;
}

async function readRows(
  database: Database,
  { migration, migration_deployment: deployments }: ReadTables,
): Promise<ReadRows> {
  const rows = await database.query(
    sql`SELECT (SELECT MAX(id) FROM ${deployments} n) AS newestDeployment, m.id, m.name, m.checksum, m.state, m.stepsDone, m.stepsTotal, m.unchanged, m.stepLines, m.downStepsDone, m.\`before\`, m.deployment, m.removedBy,
          m.script IS NULL AND m.stepsTotal = 0 AS isForeign, (m.irreversible <> 0 OR m.script IS NULL) AS irreversible, (m.contracts <> 0 OR d.contractOf IS NOT NULL) AS contracts, d.stackId, COALESCE(d.contractOf, d.logicalId) AS logicalId
        FROM ${migration} m LEFT JOIN ${deployments} d ON d.id = m.deployment
        ORDER BY m.id IS NOT NULL, m.id, m.createdAt, m.name`,
  );
  return {
    rows: rows.map(migrationOf),
    newestMigration: Number(rows.at(-1)?.['id'] ?? 0),
    newestDeployment: Number(rows[0]?.['newestDeployment'] ?? 0),
  };
}

function migrationOf(row: Row): HistoryRow {
  const before = optionalText(row, 'before');
  return {
    storedName: text(row, 'name'),
    // A row of another tool keeps the name that this gave it, for as long as it is there. It has no number of steps.
    name: Number(row['isForeign']) !== 0 ? withoutExtension(text(row, 'name')) : text(row, 'name'),
    checksum: optionalText(row, 'checksum') as Checksum | null,
    state: text(row, 'state') as MigrationState,
    stepsDone: Number(row['stepsDone']),
    stepsTotal: Number(row['stepsTotal']),
    unchanged: Number(row['unchanged']),
    stepLines: optionalText(row, 'stepLines'),
    downStepsDone: Number(row['downStepsDone']),
    before: before === null ? null : readMark(before),
    irreversible: Number(row['irreversible']) !== 0,
    contracts: Number(row['contracts']) !== 0,
    deployment: optionalNumber(row, 'deployment'),
    owner: ownerOf(row),
    removedBy: optionalNumber(row, 'removedBy'),
  };
}

/** A table that another tool made. */
async function readForeignTable(database: Database): Promise<readonly HistoryRow[]> {
  const rows = await database.query(
    sql`SELECT name, 'applied' AS state, 0 AS stepsDone, 0 AS stepsTotal, 0 AS unchanged, 0 AS downStepsDone, 1 AS isForeign,
          1 AS irreversible, 0 AS contracts FROM ${migrationTable(database)} ORDER BY name`,
  );
  return rows.map(migrationOf);
}

/** Whether what a deployment left there is still there: what takes a migration away says so before. */
async function isSealed(database: Database, { id, holds }: Seal): Promise<boolean> {
  const rows = await database.query(
    sql`SELECT 1 FROM ${deploymentTable(database)} WHERE id = ${id} AND holds = ${holds} AND status = 'applied'`,
  );
  return rows.length > 0;
}

function ownerOf(row: Row): Resource | null {
  const stackId = optionalText(row, 'stackId');
  const logicalId = optionalText(row, 'logicalId');
  // What `up` applied belongs to no resource.
  return stackId === null || stackId === '' || logicalId === null ? null : { stackId, logicalId };
}
