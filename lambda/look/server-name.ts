import type { Database } from '../ports';

/** What a server is, as far as it matters to what it prints. */
export interface ServerName {
  readonly kind: 'mysql' | 'mariadb';
  /** Without the patch: such as 8.4. */
  readonly version: string;
}

/** Asks a server what it is. */
export async function readServer(database: Database): Promise<ServerName> {
  const [row] = await database.query('SELECT VERSION() AS version');
  const version = String(row?.['version']);
  return {
    kind: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version: /^\d+\.\d+/.exec(version)?.[0] ?? version,
  };
}
