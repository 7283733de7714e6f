import { deploymentTable, migrationTable } from './journal-tables';
import { at, ofConstruct } from './deployment-journal';
import type { ReleaseEvent } from '../plan/intent';
import type { Database } from './ports';
import { ServerError } from './ports';
import type { Fragment } from './sql';
import { fragment, sql } from './sql';

/** The stack operation has ended well; what it deployed stays. */
const SETTLING = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);

/** No such table, and no such column: one of that name is somebody else's. */
const NOT_THERE: ReadonlySet<number> = new Set([1146, 1054]);

/** A change of the status of the stack whose deployments the journal holds. */
export interface StackStatusChange {
  readonly stackId: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Notes a stack's status at the newest deployment of each of its resources, and settles deployments that were asked for
 * before a status of success. An event that is older than the deployment belongs to an earlier operation: it comes late,
 * and settles nothing. Both times are CloudFormation's, in whole seconds: the database's clock has no part in it.
 */
export async function noteStackStatus(database: Database, change: StackStatusChange): Promise<void> {
  const { stackId, status } = change;
  const table = deploymentTable(database);
  const isFailure = status.includes('ROLLBACK') || status.endsWith('_FAILED');
  try {
    // Ids first, then rows by their key: a scan that updates would lock rows that a run beside it writes.
    const newest = await idsOf(
      database,
      sql`SELECT MAX(id) AS id FROM ${table} WHERE rootStackId = ${stackId} GROUP BY stackId, logicalId`,
    );
    const hasBegun = fragment(sql`issuedAt <= ${at(change.at)}`);
    for (const id of newest) {
      // A day after its success a deployment counts as settled: what fails then is a later operation.
      await database.write(
        sql`UPDATE ${table} SET sawFailure = IF(${isFailure} AND NOT COALESCE(answered = 'SUCCESS'
                AND endedAt < ${at(change.at)} - INTERVAL 1 DAY, 0), 1, sawFailure),
              stackStatus = IF(stackStatusAt IS NULL OR stackStatusAt <= ${at(change.at)}, ${status}, stackStatus),
              stackStatusAt = COALESCE(GREATEST(stackStatusAt, ${at(change.at)}), ${at(change.at)})
            WHERE id = ${id} AND ${hasBegun}`,
      );
    }
    if (status === 'UPDATE_ROLLBACK_COMPLETE') await keepSkipped(database, newest, change.at);
    if (!SETTLING.has(status)) return;
    await settle(database, fragment(sql`rootStackId = ${stackId} AND ${hasBegun}`));
  } catch (error) {
    // Nothing was ever deployed here.
    if (error instanceof ServerError && NOT_THERE.has(error.errno)) return;
    throw error;
  }
}

/**
 * CloudFormation has deleted the resource of a release. Where another release stands in the database by then, it is there
 * to stay: the update that brought it has succeeded, or one that failed is back at it. All deployments of the construct
 * that were asked for before are settled. Gives how many.
 *
 * Where it is the release that stands, its stack or its construct is going away, or its rollback was skipped; and a stack
 * whose creation failed deletes all releases that were tried. Those settle nothing.
 */
export async function noteReleaseGone(
  database: Database,
  { construct, digest, issuedAt }: ReleaseEvent,
): Promise<number> {
  const table = deploymentTable(database);
  try {
    const [standing] = await database.query(
      sql`SELECT newDigest, stackStatus FROM ${table}
          WHERE ${ofConstruct(construct)} AND status <> 'reverted' AND newHash IS NOT NULL ORDER BY id DESC LIMIT 1`,
    );
    if (standing === undefined || standing['newDigest'] === digest) return 0;
    if (GOING_AWAY.has(String(standing['stackStatus']))) return 0;
    return await settle(database, fragment(sql`${ofConstruct(construct)} AND issuedAt <= ${at(issuedAt)}`));
  } catch (error) {
    if (error instanceof ServerError && NOT_THERE.has(error.errno)) return 0;
    throw error;
  }
}

/** Statuses of a stack that deletes all of its resources. */
const GOING_AWAY = new Set(['ROLLBACK_IN_PROGRESS', 'ROLLBACK_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_FAILED']);

/** Settles those of some deployments that are applied. */
async function settle(database: Database, ofThem: Fragment): Promise<number> {
  const table = deploymentTable(database);
  const isOpen = fragment(sql`status = 'applied' AND settledAt IS NULL AND ${ofThem}`);
  // Ids first, then rows by their key: a scan that updates would lock rows that a run beside it writes.
  const settled = await idsOf(database, sql`SELECT id FROM ${table} WHERE ${isOpen}`);
  for (const id of settled) {
    await database.write(sql`UPDATE ${table} SET settledAt = UTC_TIMESTAMP(3) WHERE id = ${id} AND ${isOpen}`);
    // The release that removed them is there to stay.
    await database.write(sql`DELETE FROM ${migrationTable(database)} WHERE state = 'removed' AND removedBy = ${id}`);
  }
  return settled.length;
}

/**
 * A stack's rollback is over, and a deployment that ended was not undone: its resource was skipped
 * (`continue-update-rollback --resources-to-skip`). What it applied stays, and nobody will ask for it to be reverted. Of
 * the same second, it is the rollback of the operation before.
 */
async function keepSkipped(database: Database, newest: readonly number[], over: number): Promise<void> {
  const table = deploymentTable(database);
  for (const deployment of newest) {
    const skipped = await idsOf(
      database,
      sql`SELECT id FROM ${table} WHERE id = ${deployment} AND type = 'Update' AND status IN ('applied', 'failed')
            AND issuedAt < ${at(over)}
            AND settledAt IS NULL AND sawFailure = 1 AND stackStatus = 'UPDATE_ROLLBACK_COMPLETE'`,
    );
    for (const id of skipped) {
      await database.write(
        sql`UPDATE ${migrationTable(database)} SET state = 'kept', irreversible = 1
            WHERE deployment = ${id} AND state = 'applied'`,
      );
      await database.write(sql`UPDATE ${table} SET status = 'reverted' WHERE id = ${id}`);
    }
  }
}

async function idsOf(database: Database, query: string): Promise<readonly number[]> {
  return (await database.query(query)).map((row) => Number(row['id']));
}
