import type { Database } from '../ports';
import { sql } from '../sql-text';

/** Names of views whose tables, views or columns are gone: the server lists no column of them. */
export async function readBrokenViews(database: Database): Promise<readonly string[]> {
  const rows = await database.query(
    sql`SELECT v.TABLE_NAME AS name FROM information_schema.VIEWS v WHERE v.TABLE_SCHEMA = ${database.name} AND NOT EXISTS
          (SELECT 1 FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = ${database.name} AND c.TABLE_NAME = v.TABLE_NAME)
        ORDER BY v.TABLE_NAME`,
  );
  return rows.map(({ name }) => String(name));
}
