import { deploymentTable, migrationTable } from './journal-tables';
import { ofConstruct } from './deployment-rows';
import { noteOthersEnded } from './release-journal';
import { optionalNumber, readIds } from './row-values';
import type { Request, StackStatus } from '../plan/intent';
import { ServerError, type Database } from '../ports';
import { fragment, sql, type Fragment } from '../sql-text';
import { NOT_THERE } from '../words/server-error-numbers';
import { at } from './utc-time';

/** The stack operation has ended well; what it deployed stays. */
const SETTLING = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);

/**
 * Notes a stack's status at the newest deployment of each of its resources, and settles deployments that were asked for
 * before a status of success. An event that is older than the deployment belongs to an earlier operation: it comes late,
 * and settles nothing. Both times are CloudFormation's, in whole seconds: the database's clock has no part in it.
 */
export async function noteStackStatus(database: Database, change: StackStatus): Promise<void> {
  const { stackId, status } = change;
  const table = deploymentTable(database);
  try {
    const newest = await readIds(
      database,
      sql`SELECT MAX(id) AS id FROM ${table} WHERE rootStackId = ${stackId} GROUP BY stackId, logicalId`,
    );
    const hasBegun = fragment(sql`issuedAt <= ${at(change.at)}`);
    for (const id of newest) {
      await database.write(
        sql`UPDATE ${table} SET stackStatus = IF(stackStatusAt IS NULL OR stackStatusAt <= ${at(change.at)}, ${status}, stackStatus),
              stackStatusAt = COALESCE(GREATEST(stackStatusAt, ${at(change.at)}), ${at(change.at)})
            WHERE id = ${id} AND ${hasBegun}`,
      );
    }
    const isBack = status === 'UPDATE_ROLLBACK_COMPLETE';
    if (isBack) await keepSkipped(database, newest, change.at);
    const ofStack = fragment(sql`rootStackId = ${stackId}`);
    if (SETTLING.has(status)) await settle(database, fragment(sql`${ofStack} AND ${hasBegun}`));
    if (isBack || SETTLING.has(status)) await noteOthersEnded(database, ofStack, change.at);
  } catch (error) {
    // Nothing was ever deployed here: a table of that name is somebody else's.
    if (error instanceof ServerError && NOT_THERE.has(error.errno)) return;
    throw error;
  }
}

/** A release has ended, and what stands in its place is there to stay: settles what was asked for before. */
export async function settleBefore(database: Database, { resource, issuedAt }: Request): Promise<void> {
  await settle(database, fragment(sql`${ofConstruct(resource)} AND issuedAt <= ${at(issuedAt)}`));
}

/** Settles those of some deployments that are applied. */
async function settle(database: Database, ofThem: Fragment): Promise<void> {
  const table = deploymentTable(database);
  const isOpen = fragment(sql`status = 'applied' AND settledAt IS NULL AND owedAt IS NULL AND ${ofThem}`);
  const settled = await readIds(database, sql`SELECT id FROM ${table} WHERE ${isOpen}`);
  for (const id of settled) {
    await database.write(sql`UPDATE ${table} SET settledAt = UTC_TIMESTAMP(3) WHERE id = ${id} AND ${isOpen}`);
    // The release that removed them is there to stay.
    await database.write(sql`DELETE FROM ${migrationTable(database)} WHERE state = 'removed' AND removedBy = ${id}`);
  }
}

/**
 * A stack's rollback is over, and a deployment that ended was not reverted: its resource was skipped
 * (`continue-update-rollback --resources-to-skip`). What it applied stays, and nobody will ask for it to be reverted. Of
 * the same second, it is the rollback of the operation before. While its release stands, the rollback was another one's.
 */
async function keepSkipped(database: Database, newest: readonly number[], over: number): Promise<void> {
  const table = deploymentTable(database);
  for (const deployment of newest) {
    const skipped = await readIds(
      database,
      sql`SELECT id FROM ${table} d WHERE id = ${deployment} AND type = 'Update' AND status IN ('applied', 'failed')
            AND issuedAt < ${at(over)}
            AND settledAt IS NULL AND owedAt IS NULL AND stackStatus = 'UPDATE_ROLLBACK_COMPLETE'
            AND NOT EXISTS (SELECT 1 FROM ${table} r WHERE r.type = 'Release' AND r.endedAt IS NULL AND r.stackId = d.stackId
              AND r.releaseOf = COALESCE(d.contractOf, d.logicalId) AND r.newDigest = d.newDigest)`,
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

/** The oldest deployment of another release than before that may still be rolled back; null where none may. */
export async function oldestUnsettled(database: Database): Promise<number | null> {
  const [row] = await database.query(
    sql`SELECT MIN(id) AS id FROM ${deploymentTable(database)} WHERE type IN ('Create', 'Update') AND status = 'applied'
        AND settledAt IS NULL AND newDigest <> COALESCE(oldDigest, '')`,
  );
  return optionalNumber(row ?? {}, 'id');
}
