import type { Database } from '../ports';
import { isPossibleName } from '../sql/possible-name';
import { fragment, sql } from '../sql-text';

/** How large a table is, as the server estimates it. */
export interface TableSize {
  readonly name: string;
  /** An estimate: of InnoDB's it may be off by half. */
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

/** Sizes of those of some tables that are there. */
export async function readTableSizes(database: Database, all: readonly string[]): Promise<readonly TableSize[]> {
  const names = all.filter(isPossibleName);
  if (names.length === 0) return [];
  const rows = await database.query(
    sql`SELECT TABLE_NAME AS name, TABLE_ROWS AS estimate, DATA_LENGTH + INDEX_LENGTH AS bytes FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = ${database.name} AND TABLE_TYPE <> 'VIEW'
          AND TABLE_NAME IN (${fragment(names.map((name) => sql`${name}`).join(', '))}) ORDER BY TABLE_NAME`,
  );
  return rows.map((row) => ({
    name: String(row['name']),
    rows: Number(row['estimate'] ?? 0),
    bytes: Number(row['bytes'] ?? 0),
  }));
}
