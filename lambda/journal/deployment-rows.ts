import {
  sameConstruct,
  type DeploymentRow,
  type DeploymentStatus,
  type History,
  type OtherRelease,
} from '../plan/history';
import type { Resource } from '../plan/intent';
import type { Seal } from '../plan/journal-problem';
import { ofConstruct } from './deployment-journal';
import { deploymentTable } from './journal-tables';
import type { Database, Row } from '../ports';
import { ofReleases, releaseOf } from './release-journal';
import { optionalNumber, optionalText, text } from './row-values';
import { sql } from '../sql-text';
import { ER_BAD_FIELD_ERROR } from '../words/server-error-numbers';

/** Forward deployments of one construct that are read: chains of updates without rollback are not longer. */
const DEPLOYMENTS_READ = 100;

/** So are releases; those that stand come first. */
const RELEASES_READ = 100;

/** What a row of the answer is. */
const DEPLOYMENTS = 0;
const NEWEST_APPLIED = 1;
const RELEASES = 2;
const RELEASES_OF_OTHERS = 3;

/** What the table `migration_deployment` says for one construct. Throws where it lacks our columns. */
export async function readDeployments(
  database: Database,
  resource: Resource,
): Promise<Omit<History, 'migrations'> & { readonly seal: Seal | null }> {
  const columns =
    'id, stackId, logicalId, contractOf, releaseOf, requestId, type, physicalId, oldHash, newHash, newDigest, checksum, status, cancelled, revertedHash, answered, ' +
    'attempts, stackStatus, owedUnder, error, ' +
    ['issuedAt', 'newestRequestAt', 'startedAt', 'endedAt', 'settledAt', 'stackStatusAt', 'owedAt']
      .map((column) => `${milliseconds(column)} AS ${column}`)
      .join(', ') +
    // Its value is not used: a journal without the column is outdated, which this error tells.
    ', schemaAfterText IS NULL AS isUnused';
  const table = deploymentTable(database);
  const all = await database.query(
    `(SELECT holds, ${DEPLOYMENTS} AS part, ${columns} ` +
      sql`FROM ${table} WHERE ${ofConstruct(resource)} ORDER BY id DESC LIMIT ${DEPLOYMENTS_READ})` +
      ` UNION (SELECT holds, ${DEPLOYMENTS}, ${columns} ` +
      sql`FROM ${table} WHERE status <> 'reverted' AND type <> 'up' ORDER BY id DESC LIMIT 1)` +
      ` UNION (SELECT holds, ${DEPLOYMENTS}, ${columns} ` +
      sql`FROM ${table} WHERE ${ofConstruct(resource)} AND contractOf IS NULL
          AND type = 'Create' AND status = 'applied' ORDER BY id DESC LIMIT 1)` +
      ` UNION (SELECT holds, ${NEWEST_APPLIED}, ${columns} ` +
      sql`FROM ${table} WHERE status = 'applied' ORDER BY id DESC LIMIT 1)` +
      ` UNION (SELECT holds, ${RELEASES}, ${columns} ` +
      sql`FROM ${table} WHERE ${ofReleases(resource)} ORDER BY endedAt IS NULL DESC, id DESC LIMIT ${RELEASES_READ})` +
      ` UNION (SELECT holds, ${RELEASES_OF_OTHERS}, ${columns} ` +
      sql`FROM ${table} WHERE type = 'Release' AND endedAt IS NULL AND NOT (${ofReleases(resource)}) ORDER BY id DESC LIMIT ${RELEASES_READ}) ORDER BY id DESC`,
  );
  const ofPart = (part: number): readonly Row[] => all.filter((row) => Number(row['part']) === part);
  const rows = ofPart(DEPLOYMENTS);
  const [newestApplied] = ofPart(NEWEST_APPLIED);
  const alsoInUseBy = ofPart(RELEASES_OF_OTHERS).map(otherRelease);
  const ours = rows.filter((row) => sameConstruct(resourceOf(row), resource));
  const newestRequestAt = Math.max(0, ...ours.map((row) => Number(row['newestRequestAt'])));
  const newest = ours.filter((row) => Number(row['newestRequestAt']) === newestRequestAt);
  return {
    seal: sealOf(newestApplied),
    deployments: rows.map(deploymentOf),
    releases: ofPart(RELEASES).map(releaseOf),
    ...(alsoInUseBy.length > 0 && { alsoInUseBy }),
    newestRequestAt,
    revertedThen: newest.map((row) => optionalText(row, 'revertedHash')).filter((hash) => hash !== null),
  };
}

/**
 * When the newest request of a construct was issued, in epoch milliseconds; 0 where none was seen, or the code that made the
 * table had no such column yet.
 */
export async function readNewestRequestAt(database: Database, resource: Resource): Promise<number> {
  try {
    const [row] = await database.query(
      `SELECT ${milliseconds('MAX(newestRequestAt)')} AS newestRequestAt ` +
        sql`FROM ${deploymentTable(database)} WHERE ${ofConstruct(resource)}`,
    );
    return Number(row?.['newestRequestAt'] ?? 0);
  } catch (error) {
    if ((error as { errno?: number }).errno !== ER_BAD_FIELD_ERROR) throw error;
    return 0;
  }
}

/** Older code, which knows of no seal, may have taken away since what an older deployment left. */
function sealOf(newestApplied: Row | undefined): Seal | null {
  const holds = newestApplied === undefined ? null : optionalNumber(newestApplied, 'holds');
  return newestApplied === undefined || holds === null ? null : { id: Number(newestApplied['id']), holds };
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
    owedAt: optionalNumber(row, 'owedAt'),
    owedUnder: optionalText(row, 'owedUnder') as DeploymentRow['owedUnder'],
    error: optionalText(row, 'error'),
  };
}

function otherRelease(row: Row): OtherRelease {
  return { stackId: text(row, 'stackId'), logicalId: text(row, 'releaseOf'), digest: text(row, 'newDigest') };
}

function resourceOf(row: Row): Resource {
  const contractOf = optionalText(row, 'contractOf');
  const resource = { stackId: text(row, 'stackId'), logicalId: text(row, 'logicalId') };
  return contractOf === null ? resource : { ...resource, contractOf };
}

/** Milliseconds until a DATETIME that is UTC, of the epoch where nothing else is said, whatever the session's time zone. */
export function milliseconds(until: string, since = "'1970-01-01'"): string {
  return `TIMESTAMPDIFF(MICROSECOND, ${since}, ${until}) DIV 1000`;
}
