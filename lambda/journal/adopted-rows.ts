import type { Recorded } from '../adopt/plan-adopt';
import { migrationTable } from './journal-tables';
import type { Database } from '../ports';
import { COMMIT } from './own-transaction';
import { lookAtSchema, noteSchema } from './schema-after-last-run';
import { fragment, sql } from '../sql-text';

/** Rows of one INSERT: it stays far below what a server takes at once. */
const AT_ONCE = 500;

/**
 * Writes that migrations are applied which were not run here, all of them or none. They have no script, so that nothing
 * reverts them, and the text that they have now is what later releases are compared with. Call it under the lock.
 */
export async function recordAdopted(database: Database, record: readonly Recorded[]): Promise<void> {
  const schema = await lookAtSchema(database);
  await database.write('START TRANSACTION');
  for (let at = 0; at < record.length; at += AT_ONCE) {
    const rows = record
      .slice(at, at + AT_ONCE)
      .map(
        ({ entry }) =>
          sql`(${entry.name}, ${entry.checksum}, 'applied', ${entry.steps}, ${entry.steps}, 1, ${entry.phase === 'contract'}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      );
    await database.write(
      sql`INSERT INTO ${migrationTable(database)} (name, checksum, state, stepsDone, stepsTotal, irreversible, contracts, createdAt, updatedAt)
          VALUES ${fragment(rows.join(', '))}`,
    );
  }
  await noteSchema(database, 'adopt', schema);
  await database.write(COMMIT);
}
