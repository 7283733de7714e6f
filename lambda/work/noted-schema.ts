import { describeDrift } from '../schema/schema-drift';
import type { SchemaSnapshot } from '../schema/inventory';
import { readSchema, schemaDigest } from '../look/fingerprint';
import type { Run } from './run';

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
