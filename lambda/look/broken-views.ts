import type { Database } from '../ports';
import { sql } from '../sql-text';

/** Names of views whose tables, views or columns are gone: the server lists no column of them. */
export async function readBrokenViews(database: Database): Promise<readonly string[]> {
  const rows = await database.query(
    sql`SELECT t.TABLE_NAME AS name FROM information_schema.TABLES t
          LEFT JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
        WHERE t.TABLE_SCHEMA = ${database.name} AND t.TABLE_TYPE LIKE '%VIEW' AND c.TABLE_NAME IS NULL ORDER BY t.TABLE_NAME`,
  );
  return rows.map(({ name }) => String(name));
}
