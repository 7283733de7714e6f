import { sha256 } from '../plan/checksum';
import { describeDrift } from '../plan/compare';
import type { SchemaObject, SchemaSnapshot } from '../plan/inventory';
import { readDefinitions } from './definition';
import { JOURNAL_TABLES } from '../plan/journal-touch';
import type { Database } from './ports';
import type { Run } from './run';
import { identifier, sql } from './sql';

/**
 * Reads the definitions of all objects of the database as the server prints them. Left out is what changes without
 * anybody changing the schema: the journal's own tables and the next AUTO_INCREMENT value.
 */
export async function readSchema(database: Database): Promise<SchemaSnapshot> {
  const listed = await listObjects(database);
  const definitions = await readDefinitions(
    database,
    listed.map(({ kind, name }) => sql`${SHOWN_AS[kind]} ${identifier(database.name, name)}`),
  );
  const objects = listed.flatMap(({ kind, name }, index): readonly SchemaObject[] => {
    const definition = definitions[index] ?? null;
    // Null: somebody dropped it since it was listed.
    return definition === null ? [] : [{ kind, name, definition }];
  });
  return { objects };
}

/** The schema before a deployment: what an earlier attempt noted, or else what is there now. */
export async function noteSchemaBefore(run: Run, deployment: number): Promise<SchemaSnapshot> {
  const noted = await schemaBefore(run, deployment);
  if (noted !== null) return noted;
  const schema = await readSchema(run.database);
  await run.deployments.setSchemaBefore(deployment, schemaDigest(schema), JSON.stringify(schema));
  return schema;
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

/** Hash over a schema; equal exactly where all definitions are. */
export function schemaDigest(schema: SchemaSnapshot): string {
  return sha256(JSON.stringify(schema.objects));
}

type Kind = SchemaObject['kind'];

const SHOWN_AS = {
  table: { text: 'TABLE' },
  view: { text: 'VIEW' },
  procedure: { text: 'PROCEDURE' },
  function: { text: 'FUNCTION' },
  trigger: { text: 'TRIGGER' },
  event: { text: 'EVENT' },
} as const satisfies Record<Kind, { text: string }>;

async function listObjects(database: Database): Promise<readonly { readonly kind: Kind; readonly name: string }[]> {
  const schema = database.name;
  const rows = await database.query(
    sql`SELECT IF(TABLE_TYPE LIKE '%VIEW', 'view', 'table') AS kind, TABLE_NAME AS name
          FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${schema}
        UNION ALL SELECT LOWER(ROUTINE_TYPE), ROUTINE_NAME FROM information_schema.ROUTINES
          WHERE ROUTINE_SCHEMA = ${schema} AND ROUTINE_TYPE IN ('PROCEDURE', 'FUNCTION')
        UNION ALL SELECT 'trigger', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${schema}
        UNION ALL SELECT 'event', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ${schema}`,
  );
  const journal = new Set<string>(JOURNAL_TABLES);
  return rows
    .map((row) => ({ kind: String(row['kind']) as Kind, name: String(row['name']) }))
    .filter(({ kind, name }) => !(kind === 'table' && journal.has(name)))
    .toSorted((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1));
}
