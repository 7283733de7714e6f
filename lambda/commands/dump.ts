import { readSchema } from '../look/fingerprint';
import { readServer, type ServerName } from '../look/server-name';
import type { Database } from '../ports';
import type { SchemaSnapshot } from '../schema/inventory';
import type { Refused } from './by-hand';
import { refused } from './by-hand';

/** The schema as it is. */
export type DumpResult =
  Refused | { readonly kind: 'schema'; readonly server: ServerName; readonly schema: SchemaSnapshot };

/** Lambda takes no larger answer than 6 MB, and fails the invocation otherwise. Bytes, with some room. */
const MOST_BYTES = 5_500_000;

/** Reads the schema that is migrated. */
export async function dump(database: Database): Promise<DumpResult> {
  const schema = await readSchema(database);
  const result: DumpResult = { kind: 'schema', server: await readServer(database), schema };
  const size = Buffer.byteLength(JSON.stringify(result));
  if (size <= MOST_BYTES) return result;
  return refused(
    'bad-request',
    `the schema has ${size} bytes, and an answer of Lambda no more than 6 MB: read it with --url`,
  );
}
