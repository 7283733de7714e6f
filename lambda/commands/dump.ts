import { readSchema } from '../look/fingerprint';
import type { Database } from '../ports';
import type { SchemaSnapshot } from '../schema/inventory';
import { sql } from '../sql-text';

/** What a server is, as far as it matters to what it prints. */
export interface ServerName {
  readonly kind: 'mysql' | 'mariadb';
  /** Without the patch: such as 8.4. */
  readonly version: string;
}

/** The schema as it is, in the form in which it is compared. */
export interface DumpResult {
  readonly kind: 'schema';
  readonly database: string;
  readonly server: ServerName;
  readonly schema: SchemaSnapshot;
  /** Names of views that cannot be used as they are. */
  readonly brokenViews: readonly string[];
}

/** Reads the schema that is migrated. */
export async function dump(database: Database): Promise<DumpResult> {
  return {
    kind: 'schema',
    database: database.name,
    server: await readServer(database),
    schema: await readSchema(database),
    brokenViews: await readBrokenViews(database),
  };
}

/** Asks a server what it is. */
async function readServer(database: Database): Promise<ServerName> {
  const [row] = await database.query('SELECT VERSION() AS version');
  const version = String(row?.['version']);
  return { kind: /mariadb/i.test(version) ? 'mariadb' : 'mysql', version: /^\d+\.\d+/.exec(version)?.[0] ?? version };
}

/** Names of views whose tables, views or columns are gone: the server lists no column of them. */
async function readBrokenViews(database: Database): Promise<readonly string[]> {
  const rows = await database.query(
    sql`SELECT v.TABLE_NAME AS name FROM information_schema.VIEWS v WHERE v.TABLE_SCHEMA = ${database.name} AND NOT EXISTS
          (SELECT 1 FROM information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = ${database.name} AND CAST(c.TABLE_NAME AS BINARY) = CAST(v.TABLE_NAME AS BINARY))
        ORDER BY v.TABLE_NAME`,
  );
  return rows.map(({ name }) => String(name));
}
