import type { ManifestEntry } from '../manifest/types';
import type { ReleaseRow } from '../plan/history';
import type { ReleaseIntent, Resource } from '../plan/intent';
import { deploymentTable } from './journal-tables';
import type { Database, Row } from '../ports';
import { optionalNumber, uncompress } from './row-values';
import { fragment, sql, type Fragment } from '../sql-text';
import { at } from './utc-time';

// The resources of releases, each one row of the table `migration_deployment`: whether the application of a release may be
// live. To older code such a row is one that was reverted, of a resource that it does not know.

/** Notes that a release begins. Before CloudFormation is told: what is not noted has no code that is live. */
export async function noteBegun(database: Database, { request, logicalId, release }: ReleaseIntent): Promise<void> {
  const { resource, requestId, issuedAt } = request;
  const table = deploymentTable(database);
  const { found } = await database.write(
    sql`UPDATE ${table} SET requestId = ${requestId}, issuedAt = ${at(issuedAt)}, newDigest = ${release.digest},
          startedAt = UTC_TIMESTAMP(3), endedAt = NULL
        WHERE ${ofReleases(resource)} AND logicalId = ${logicalId}`,
  );
  if (found > 0) return;
  await database.write(
    sql`INSERT INTO ${table} (stackId, logicalId, releaseOf, requestId, issuedAt, type, newDigest, status, startedAt)
        VALUES (${resource.stackId}, ${logicalId}, ${resource.logicalId}, ${requestId}, ${at(issuedAt)}, 'Release',
          ${release.digest}, 'reverted', UTC_TIMESTAMP(3))`,
  );
}

/** Notes that a release has ended. A request that comes again does not change when. */
export async function noteEnded(database: Database, { request, logicalId }: ReleaseIntent): Promise<void> {
  await database.write(
    sql`UPDATE ${deploymentTable(database)} SET endedAt = COALESCE(endedAt, UTC_TIMESTAMP(3))
        WHERE ${ofReleases(request.resource)} AND logicalId = ${logicalId}`,
  );
}

/** What a row says of a release. */
export function releaseOf(row: Row): ReleaseRow {
  return {
    names: null,
    digest: String(row['newDigest']),
    createdAt: Number(row['issuedAt']),
    endedAt: optionalNumber(row, 'endedAt'),
  };
}

/**
 * The manifest that one digest stood for, as a deployment stored it; null where none did. The caller checks it against the digest.
 *
 * @param table what is read in place of a table that lacks columns
 */
export async function readManifest(
  database: Database,
  digest: string,
  table = deploymentTable(database),
): Promise<readonly Pick<ManifestEntry, 'name' | 'sha256'>[] | null> {
  const [row] = await database.query(
    sql`SELECT manifest FROM ${table} m WHERE newDigest = ${digest} AND manifest IS NOT NULL ORDER BY id DESC LIMIT 1`,
  );
  const stored = uncompress(row?.['manifest']);
  if (stored === null) return null;
  const pairs = JSON.parse(stored) as readonly (readonly [ManifestEntry['name'], string])[];
  return pairs.map(([name, sha256]) => ({ name, sha256 }));
}

/** The rows of the releases of a construct. */
export function ofReleases({ stackId, logicalId, contractOf = logicalId }: Resource): Fragment {
  return fragment(sql`stackId = ${stackId} AND type = 'Release' AND releaseOf = ${contractOf}`);
}
