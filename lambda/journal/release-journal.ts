import type { ManifestEntry } from '../manifest/types';
import type { ReleaseRow } from '../plan/history';
import type { ReleaseIntent, Resource } from '../plan/intent';
import { deploymentTable } from './journal-tables';
import type { Database, Row } from '../ports';
import { optionalNumber, readIds, uncompress } from './row-values';
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

/**
 * The operation of a stack is over: notes that releases have ended that began before the one that it is at, or that it has gone back
 * from, though that could not be written down when it was told. Not where a request came since; nor those before one that has not
 * settled: a rollback that skipped the construct has gone back to them.
 *
 * @param ofThem - which deployments are the stack's
 * @param until - when it was over, in epoch milliseconds
 */
export async function noteOthersEnded(database: Database, ofThem: Fragment, until: number): Promise<void> {
  const table = deploymentTable(database);
  const newest = await readIds(
    database,
    sql`SELECT MAX(IF(status = 'applied' AND owedAt IS NULL, id, 0)) AS id FROM ${table} WHERE ${ofThem} AND contractOf IS NULL
        GROUP BY stackId, logicalId HAVING MAX(newestRequestAt) < ${at(until)}`,
  );
  for (const id of newest) {
    const over = await readIds(
      database,
      sql`SELECT r.id FROM ${table} d JOIN ${table} s ON s.stackId = d.stackId AND s.releaseOf = d.logicalId
            JOIN ${table} r ON r.stackId = d.stackId AND r.releaseOf = d.logicalId
          WHERE d.id = ${id} AND s.type = 'Release' AND s.endedAt IS NULL AND s.newDigest = d.newDigest
            AND r.type = 'Release' AND r.endedAt IS NULL AND r.newDigest <> d.newDigest AND r.issuedAt < ${at(until)}
            AND (r.issuedAt < s.issuedAt AND d.settledAt IS NOT NULL OR EXISTS (SELECT 1 FROM ${table} o WHERE o.stackId = d.stackId
              AND o.logicalId = d.logicalId AND o.newDigest = r.newDigest AND o.owedAt IS NOT NULL AND o.status <> 'reverted'))`,
    );
    for (const release of over)
      await database.write(
        sql`UPDATE ${table} SET endedAt = UTC_TIMESTAMP(3) WHERE id = ${release} AND endedAt IS NULL`,
      );
  }
}

/** A construct goes away: notes that all of its releases have ended. */
export async function noteAllEnded(database: Database, construct: Resource): Promise<void> {
  await database.write(
    sql`UPDATE ${deploymentTable(database)} SET endedAt = UTC_TIMESTAMP(3) WHERE ${ofReleases(construct)} AND endedAt IS NULL`,
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
