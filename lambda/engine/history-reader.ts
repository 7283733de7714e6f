import type { DeploymentRow, DeploymentStatus, History, HistoryRow, MigrationState } from '../plan/history';
import { sameConstruct } from '../plan/history';
import type { Resource } from '../plan/intent';
import { withoutExtension } from '../plan/name';
import type { Checksum, Manifest } from '../plan/types';
import { createJournal, deploymentTable, migrationTable } from './journal-tables';
import { ofConstruct } from './deployment-journal';
import type { Database, Row } from './ports';
import { sql } from './sql';

/**
 * What the journal holds.
 * - `complete`: its tables have all the columns that this code knows
 * - `absent`: there are none, or only one that another tool made
 * - `outdated`: older code made them; {@link createJournal} adds what is missing, then read again
 */
export type Reading =
  | {
      readonly journal: 'complete' | 'absent';
      readonly history: History;
      /** The database is exactly at the release that was asked about, whose migrations were not read. */
      readonly isAtRelease: boolean;
    }
  | { readonly journal: 'outdated' };

const NO_SUCH_TABLE = 1146;
const NO_SUCH_COLUMN = 1054;

/** Forward deployments of one construct that are read: chains of updates without rollback are not longer. */
const DEPLOYMENTS_READ = 100;

/**
 * Reads history. Missing tables are an empty history: only a forward request creates them.
 *
 * Where `release` is given, and the newest deployment left exactly that release in the database, its migrations are not
 * read, and `isAtRelease` says so: what a release with thousands of migrations has applied already costs no time.
 */
export async function readHistory(database: Database, resource: Resource, release?: Manifest): Promise<Reading> {
  try {
    const { deployments, ...newestRequest } = await readDeployments(database, resource);
    const isAtRelease = release !== undefined && (await holdsExactly(database, release, deployments));
    const migrations = isAtRelease ? [] : await readMigrations(database);
    return { history: { migrations, deployments, ...newestRequest }, isAtRelease, journal: 'complete' };
  } catch (error) {
    const number = (error as { errno?: number }).errno;
    // Deployments are read first: where their table is there, the tables are ours.
    if (number === NO_SUCH_COLUMN) return { journal: 'outdated' };
    if (number !== NO_SUCH_TABLE) throw error;
    const migrations = await readForeignTable(database);
    return { history: { migrations, deployments: [], newestRequestAt: 0 }, isAtRelease: false, journal: 'absent' };
  }
}

/** Reads history under the lock, and brings a journal up to date first that older code made. */
export async function readUpToDate(
  database: Database,
  resource: Resource,
  release?: Manifest,
): Promise<Reading & { journal: 'complete' | 'absent' }> {
  const reading = await readHistory(database, resource, release);
  if (reading.journal !== 'outdated') return reading;
  await createJournal(database);
  const again = await readHistory(database, resource);
  if (again.journal === 'outdated')
    throw new Error('the tables migration and migration_deployment lack columns that could not be added');
  return again;
}

/**
 * Whether the table `migration` holds exactly what a release carries: the newest deployment that was not taken back
 * applied just that release, as many rows are there, and each of them is applied.
 */
async function holdsExactly(
  database: Database,
  { digest, checksum, migrations }: Manifest,
  deployments: readonly DeploymentRow[],
): Promise<boolean> {
  const newest = deployments.find(({ status }) => status !== 'reverted');
  const isSame = newest?.status === 'applied' && newest.newDigest === digest && newest.checksum === checksum;
  if (!isSame) return false;
  const states = await database.query(
    sql`SELECT state, COUNT(*) AS count FROM ${migrationTable(database)} GROUP BY state`,
  );
  const [only] = states;
  return states.length === 1 && only?.['state'] === 'applied' && Number(only['count']) === migrations.length;
}

/** What the table `migration` holds, in order of application. Throws where it lacks our columns. */
export async function readMigrations(database: Database): Promise<readonly HistoryRow[]> {
  const rows = await database.query(
    sql`SELECT m.name, m.checksum, m.state, m.stepsDone, m.stepsTotal, m.unchanged, m.downStepsDone, m.\`before\`, m.deployment, m.removedBy,
          m.script IS NULL AS isForeign, (m.irreversible <> 0 OR m.script IS NULL) AS irreversible, d.stackId, COALESCE(d.contractOf, d.logicalId) AS logicalId
        FROM ${migrationTable(database)} m LEFT JOIN ${deploymentTable(database)} d ON d.id = m.deployment
        ORDER BY m.id IS NOT NULL, m.id, m.createdAt, m.name`,
  );
  return rows.map((row) => ({
    storedName: text(row, 'name'),
    // An adopted row keeps the name that another tool gave it, for as long as it is there.
    name: Number(row['isForeign']) !== 0 ? withoutExtension(text(row, 'name')) : text(row, 'name'),
    checksum: optionalText(row, 'checksum') as Checksum | null,
    state: text(row, 'state') as MigrationState,
    stepsDone: Number(row['stepsDone']),
    stepsTotal: Number(row['stepsTotal']),
    unchanged: Number(row['unchanged']),
    downStepsDone: Number(row['downStepsDone']),
    before: optionalText(row, 'before'),
    irreversible: Number(row['irreversible']) !== 0,
    deployment: optionalNumber(row, 'deployment'),
    owner: ownerOf(row),
    removedBy: optionalNumber(row, 'removedBy'),
  }));
}

/** A table that another tool made. */
async function readForeignTable(database: Database): Promise<readonly HistoryRow[]> {
  try {
    const rows = await database.query(sql`SELECT name FROM ${migrationTable(database)} ORDER BY name`);
    return rows.map((row) => ({
      storedName: text(row, 'name'),
      name: withoutExtension(text(row, 'name')),
      checksum: null,
      state: 'applied',
      stepsDone: 0,
      stepsTotal: 0,
      downStepsDone: 0,
      before: null,
      irreversible: true,
      deployment: null,
      owner: null,
      removedBy: null,
    }));
  } catch (error) {
    if ((error as { errno?: number }).errno === NO_SUCH_TABLE) return [];
    throw error;
  }
}

async function readDeployments(database: Database, resource: Resource): Promise<Omit<History, 'migrations'>> {
  const columns =
    'id, stackId, logicalId, contractOf, requestId, type, physicalId, oldHash, newHash, newDigest, checksum, status, cancelled, takenBack, answered, ' +
    'attempts, stackStatus, sawFailure, error, ' +
    ['issuedAt', 'newestRequestAt', 'startedAt', 'endedAt', 'settledAt', 'stackStatusAt'].map(milliseconds).join(', ');
  const table = deploymentTable(database);
  const rows = await database.query(
    `(SELECT ${columns} ` +
      sql`FROM ${table} WHERE ${ofConstruct(resource)} ORDER BY id DESC LIMIT ${DEPLOYMENTS_READ})` +
      ` UNION (SELECT ${columns} ` +
      sql`FROM ${table} WHERE status <> 'reverted' AND type <> 'up' ORDER BY id DESC LIMIT 1)` +
      ` UNION (SELECT ${columns} ` +
      sql`FROM ${table} WHERE ${ofConstruct(resource)} AND contractOf IS NULL
          AND type = 'Create' AND status = 'applied' ORDER BY id DESC LIMIT 1) ORDER BY id DESC`,
  );
  const ours = rows.filter((row) => sameConstruct(resourceOf(row), resource));
  const newestRequestAt = Math.max(0, ...ours.map((row) => Number(row['newestRequestAt'])));
  const newest = ours.filter((row) => Number(row['newestRequestAt']) === newestRequestAt);
  return {
    deployments: rows.map(deploymentOf),
    newestRequestAt,
    takenBackThen: newest.map((row) => optionalText(row, 'takenBack')).filter((hash) => hash !== null),
  };
}

function deploymentOf(row: Row): DeploymentRow {
  return {
    id: Number(row['id']),
    resource: resourceOf(row),
    requestId: optionalText(row, 'requestId') ?? '',
    issuedAt: optionalNumber(row, 'issuedAt') ?? 0,
    type: text(row, 'type') as DeploymentRow['type'],
    physicalId: optionalText(row, 'physicalId'),
    oldHash: optionalText(row, 'oldHash'),
    newHash: optionalText(row, 'newHash'),
    newDigest: optionalText(row, 'newDigest') ?? '',
    checksum: optionalText(row, 'checksum'),
    status: text(row, 'status') as DeploymentStatus,
    cancelled: Number(row['cancelled']) !== 0,
    attempts: Number(row['attempts']),
    answered: optionalText(row, 'answered') as DeploymentRow['answered'],
    startedAt: optionalNumber(row, 'startedAt') ?? 0,
    endedAt: optionalNumber(row, 'endedAt'),
    settledAt: optionalNumber(row, 'settledAt'),
    stackStatus: optionalText(row, 'stackStatus'),
    stackStatusAt: optionalNumber(row, 'stackStatusAt'),
    sawFailure: Number(row['sawFailure']) !== 0,
    error: optionalText(row, 'error'),
  };
}

function resourceOf(row: Row): Resource {
  const contractOf = optionalText(row, 'contractOf');
  const resource = { stackId: text(row, 'stackId'), logicalId: text(row, 'logicalId') };
  return contractOf === null ? resource : { ...resource, contractOf };
}

/** Epoch milliseconds of a DATETIME that is UTC, whatever the session's time zone. */
function milliseconds(column: string): string {
  return `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000 AS ${column}`;
}

function ownerOf(row: Row): Resource | null {
  const stackId = optionalText(row, 'stackId');
  const logicalId = optionalText(row, 'logicalId');
  return stackId === null || logicalId === null ? null : { stackId, logicalId };
}

function text(row: Row, column: string): string {
  return optionalText(row, column) ?? '';
}

function optionalText(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value);
}

function optionalNumber(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}
