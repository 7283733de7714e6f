import { sha256 } from '../plan/checksum';
import { describeDrift } from '../plan/compare';
import type { SchemaSnapshot } from '../plan/inventory';
import { databaseProperties } from './database-properties';
import type { Definition } from './definition';
import { readDefinitions } from './definition';
import type { Database } from './ports';
import type { Run } from './run';
import type { Listed } from './schema-listing';
import { listSchema } from './schema-listing';
import { fragment, identifier, sql } from './sql';

/**
 * Reads the definitions of a database and of all its objects as the server prints them. Left out is what changes without
 * anybody changing the schema: the journal's own tables and the next AUTO_INCREMENT value.
 */
export async function readSchema(database: Database): Promise<SchemaSnapshot> {
  const { objects, details, follows } = await listSchema(database);
  const shown = [...objects, ...details].map(({ shownAs, name }) =>
    shownAs === 'DATABASE'
      ? sql`DATABASE ${identifier(name)}`
      : sql`${fragment(shownAs)} ${identifier(database.name, name)}`,
  );
  const definitions = await readDefinitions(database, shown);
  const read = present(objects, definitions);
  return {
    objects: read.map(({ kind, name, definition }) => ({ kind, name, definition: definition.text })),
    details: [
      ...present(details, definitions.slice(objects.length)).map(({ kind, name, definition: { text } }) => ({
        kind,
        name,
        definition: kind === 'database' ? databaseProperties(text) : text,
      })),
      ...read.flatMap(({ kind, name, definition: { databaseCollation } }) =>
        databaseCollation === undefined ? [] : [{ kind, name, definition: `database collation ${databaseCollation}` }],
      ),
      ...follows,
    ],
  };
}

/** The schema before a deployment: what an earlier attempt noted, or else what is there now. */
export async function noteSchemaBefore(run: Run, deployment: number): Promise<SchemaSnapshot> {
  const noted = await schemaBefore(run, deployment);
  if (noted !== null) return noted;
  const schema = await readSchema(run.database);
  await run.deployments.setSchemaBefore(deployment, schemaDigest(schema), JSON.stringify(schema));
  return schema;
}

/** Notes what a deployment has made of the schema, so that a later look can say what was changed since. */
export async function noteSchemaAfter(run: Run, deployment: number): Promise<void> {
  const schema = await readSchema(run.database);
  await run.deployments.setSchemaAfter(deployment, schemaDigest(schema), JSON.stringify(schema));
}

/** The schema that was noted before a deployment; null where none was. */
export async function schemaBefore(run: Run, deployment: number): Promise<SchemaSnapshot | null> {
  const text = await run.deployments.schemaBefore(deployment);
  return text === null ? null : (JSON.parse(text) as SchemaSnapshot);
}

/** How the schema differs from an earlier one, in words; null where it does not. */
export async function driftSince(run: Run, before: SchemaSnapshot): Promise<string | null> {
  return describeDrift(before, await readSchema(run.database));
}

/** Hash over the definitions of the objects alone: older code makes the same of them, and compares it. */
export function schemaDigest(schema: SchemaSnapshot): string {
  return sha256(JSON.stringify(schema.objects));
}

/** Without what somebody dropped since it was listed. */
function present<Kind extends string>(
  listed: readonly Listed<Kind>[],
  definitions: readonly (Definition | null)[],
): readonly { readonly kind: Kind; readonly name: string; readonly definition: Definition }[] {
  return listed.flatMap(({ kind, name }, index) => {
    const definition = definitions[index] ?? null;
    return definition === null ? [] : [{ kind, name, definition }];
  });
}
