import { structuredPatch } from 'diff';
import type { RowDataPacket } from 'mysql2/promise';
import { SERVER_SCHEMAS } from '../../../lambda/words/server-schemas';
import { connectTo } from '../../../rehearsal/servers/connect';
import type { Database } from '../../../rehearsal/servers/database-types';
import { dumpSchema, type SchemaDump } from '../../../rehearsal/servers/schema-dump';
import type { SchemaChange } from '../report/rehearsal-report';

/** All databases of a server but its own, by name. */
export type DatabaseDumps = ReadonlyMap<string, SchemaDump>;

/** Looks at a server from outside of the function. */
export async function dumpDatabases(server: Database): Promise<DatabaseDumps> {
  const connection = await connectTo(server);
  try {
    const [rows] = await connection.query<RowDataPacket[]>('SHOW DATABASES');
    const names = rows.map((row) => String(Object.values(row)[0])).filter((name) => !SERVER_SCHEMAS.includes(name));
    const dumps = new Map<string, SchemaDump>();
    for (const name of names) dumps.set(name, await dumpSchema(server, name));
    return dumps;
  } finally {
    connection.destroy();
  }
}

/** What of one database differs between two looks: its objects, and itself where it was there both times. */
export function schemaChanges(
  name: string,
  before: SchemaDump | undefined,
  after: SchemaDump | undefined,
): readonly SchemaChange[] {
  const was = before?.objects ?? new Map<string, string>();
  const is = after?.objects ?? new Map<string, string>();
  const objects = [...new Set([...was.keys(), ...is.keys()])]
    .filter((object) => was.get(object) !== is.get(object))
    .map((object): SchemaChange => ({
      object,
      kind: !was.has(object) ? 'new' : !is.has(object) ? 'gone' : 'changed',
      lines: linesOf(was.get(object), is.get(object)),
    }));
  // One that is new or gone came with the cluster, or went with it.
  if (before === undefined || after === undefined || before.database === after.database) return objects;
  return [{ object: `database ${name}`, kind: 'changed', lines: linesOf(before.database, after.database) }, ...objects];
}

function linesOf(before: string | undefined, after: string | undefined): readonly string[] {
  const patch = structuredPatch('', '', comparable(before), comparable(after), undefined, undefined, { context: 100 });
  return patch.hunks.flatMap(({ lines }) => lines).filter((line) => !line.startsWith('\\'));
}

function comparable(definition: string | undefined): string {
  return definition === undefined ? '' : `${definition}\n`;
}
