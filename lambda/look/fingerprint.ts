import { sha256 } from '../manifest/checksum';
import type { SchemaSnapshot } from '../schema/inventory';
import { databaseProperties } from './database-properties';
import { readDefinitions, type Definition } from './definition';
import type { Database } from '../ports';
import { listSchema, type Listed } from './schema-listing';
import { fragment, identifier, sql } from '../sql-text';

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

/** What a clock shows at this moment, where it shows the most. */
export function latestTime(): string {
  return new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
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
