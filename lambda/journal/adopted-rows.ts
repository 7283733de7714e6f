import type { ManifestEntry } from '../manifest/types';
import { migrationTable } from './journal-tables';
import type { History } from '../plan/history';
import type { Database } from '../ports';
import { noteSchemaByHand, type ByHandMark } from './schema-after-last-run';
import { fragment, sql } from '../sql-text';

/** Rows of one INSERT: it stays far below what a server takes at once. */
const AT_ONCE = 500;

/**
 * Writes that migrations are applied which were not run here, all of them or none. They have no script, so that nothing
 * reverts them, and the text that they have now is what later releases are compared with. Call it under the lock.
 */
export async function recordAdopted(
  database: Database,
  mark: ByHandMark,
  record: readonly ManifestEntry[],
  { newestMigration }: History,
): Promise<void> {
  await noteSchemaByHand(database, mark, null, async () => {
    for (let at = 0; at < record.length; at += AT_ONCE) {
      const rows = record
        .slice(at, at + AT_ONCE)
        .map(
          ({ name, checksum, steps, phase }, index) =>
            sql`(${newestMigration + at + index + 1}, ${name}, ${checksum}, 'applied', ${steps}, ${steps}, 1, ${phase === 'contract'}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
        );
      await database.write(
        sql`INSERT INTO ${migrationTable(database)} (id, name, checksum, state, stepsDone, stepsTotal, irreversible, contracts, createdAt, updatedAt)
          VALUES ${fragment(rows.join(', '))}`,
      );
    }
  });
}
