import { deploymentTable, migrationTable } from './journal-tables';
import { at } from './deployment-journal';
import type { Database } from './ports';
import { ServerError } from './ports';
import { fragment, sql } from './sql';

/** The stack operation has ended well; what it deployed stays. */
const SETTLING = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);

/** EventBridge's times are whole seconds of another clock than the database's. */
const SLACK_MS = 10_000;

const NO_SUCH_TABLE = 1146;

/** A change of the status of the stack whose deployments the journal holds. */
export interface StackStatusChange {
  readonly stackId: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * Notes a stack's status at the newest deployment of each of its resources, and settles deployments that began before a
 * status of success. An event that is older than the deployment belongs to an earlier operation and settles nothing.
 */
export async function noteStackStatus(database: Database, change: StackStatusChange): Promise<void> {
  const { stackId, status } = change;
  const table = deploymentTable(database);
  const isFailure = status.includes('ROLLBACK') || status.endsWith('_FAILED');
  try {
    const hasBegun = fragment(sql`startedAt <= ${at(change.at + SLACK_MS)}`);
    await database.write(
      sql`UPDATE ${table} SET sawFailure = IF(${isFailure}, 1, sawFailure),
            stackStatus = IF(stackStatusAt IS NULL OR stackStatusAt <= ${at(change.at)}, ${status}, stackStatus),
            stackStatusAt = COALESCE(GREATEST(stackStatusAt, ${at(change.at)}), ${at(change.at)})
          WHERE ${hasBegun} AND id IN (SELECT id FROM (
            SELECT MAX(id) AS id FROM ${table} WHERE rootStackId = ${stackId} GROUP BY stackId, logicalId) newest)`,
    );
    if (!SETTLING.has(status)) return;
    await database.write(
      sql`UPDATE ${table} SET settledAt = UTC_TIMESTAMP(3)
          WHERE rootStackId = ${stackId} AND status = 'applied' AND settledAt IS NULL
            AND ${hasBegun} AND (stackStatusAt IS NULL OR stackStatusAt <= ${at(change.at)})`,
    );
    // The release that removed them is there to stay.
    await database.write(
      sql`DELETE m FROM ${migrationTable(database)} m JOIN ${table} d ON d.id = m.removedBy
          WHERE m.state = 'removed' AND d.settledAt IS NOT NULL`,
    );
  } catch (error) {
    // Nothing was ever deployed here.
    if (error instanceof ServerError && error.errno === NO_SUCH_TABLE) return;
    throw error;
  }
}
