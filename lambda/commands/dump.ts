import { readBrokenViews } from '../look/broken-views';
import { readSchema } from '../look/fingerprint';
import { readServer, type ServerName } from '../look/server-name';
import type { Database } from '../ports';
import type { SchemaSnapshot } from '../schema/inventory';

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
