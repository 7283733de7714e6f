import type { Step } from '../sql/step';
import { ServerError, type Database } from '../ports';
import { isPossibleName } from '../sql/possible-name';
import { sql } from '../sql-text';
import { ER_SPECIFIC_ACCESS_DENIED_ERROR, ER_UNKNOWN_TABLE } from '../words/server-error-numbers';

/**
 * The TABLE_ID of the partition that a step swaps or empties, which SHOW CREATE does not show and which changes with
 * it; null for all other steps, and where it cannot be read. Names without a schema mean the session's database.
 */
export async function partitionId(database: Database, step: Step): Promise<string | null> {
  if (step.partition === undefined) return null;
  const { schema, table, partition } = step.partition;
  if (![schema ?? '', table, partition].every(isPossibleName)) return null;
  // MySQL writes `#p#` and the partition's name in lower case.
  const name = sql`LOWER(CONCAT(COALESCE(${schema ?? null}, DATABASE()), ${`/${table}#p#${partition}`}))`;
  for (const view of ['INNODB_TABLES', 'INNODB_SYS_TABLES']) {
    try {
      const [row] = await database.query(
        `SELECT TABLE_ID AS id FROM information_schema.${view} WHERE LOWER(NAME) = ${name}`,
      );
      if (row !== undefined) return String(row['id']);
    } catch (error) {
      if (!(error instanceof ServerError && NOT_SHOWN.has(error.errno))) throw error;
    }
  }
  return null;
}

const NOT_SHOWN = new Set([ER_UNKNOWN_TABLE, ER_SPECIFIC_ACCESS_DENIED_ERROR]);
