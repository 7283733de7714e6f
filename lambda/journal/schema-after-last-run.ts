import type { SchemaSnapshot } from '../schema/inventory';
import { compress, snapshotIn } from './row-values';
import { readSchema, schemaDigest } from '../look/fingerprint';
import { deploymentTable } from './journal-tables';
import { writeLarge } from './large-value';
import type { Database } from '../ports';
import { fragment, sql } from '../sql-text';

/** The schema as the last run left it. */
export interface SchemaAfterLastRun {
  /** That run's row in the table `migration_deployment`. */
  readonly id: number;
  readonly type: string;
  /** Whether that run was reverted, so that the schema is the one before it. */
  readonly isReverted: boolean;
  readonly digest: string;
  /** The schema itself, where a run has stored it. */
  readonly schema: SchemaSnapshot | null;
}

/**
 * What was done by hand, as rows that are no deployments to anything that decides: they belong to no resource, and count as
 * reverted from the beginning.
 */
export type ByHandMark = 'down' | 'repair' | 'adopt';

const IS_BY_HAND = fragment("type IN ('down', 'repair', 'adopt')");

/**
 * Notes the schema that somebody made by hand, in one transaction with what `writeFirst` writes.
 *
 * @param error why it was not done to its end; null where it was
 */
export async function noteSchemaByHand(
  database: Database,
  type: ByHandMark,
  error: string | null,
  writeFirst?: () => Promise<void>,
): Promise<void> {
  const schema = await readSchema(database);
  const digest = schemaDigest(schema);
  const table = deploymentTable(database);
  const write = async (text: Buffer): Promise<number> => {
    await writeFirst?.();
    const { insertId } = await database.write(
      sql`INSERT INTO ${table} (type, status, schemaBefore, schemaBeforeText, schemaAfter, error, startedAt, endedAt)
          VALUES (${type}, 'reverted', ${digest}, ${text}, ${digest}, ${error}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    );
    return insertId;
  };
  const append = (part: Buffer, id: number): Promise<unknown> =>
    database.write(sql`UPDATE ${table} SET schemaBeforeText = CONCAT(schemaBeforeText, ${part}) WHERE id = ${id}`);
  await writeLarge(database, compress(JSON.stringify(schema)), write, append, writeFirst !== undefined);
}

/** The schema that the run that ended last has left; null where that is not known. */
export async function readSchemaAfterLastRun(database: Database): Promise<SchemaAfterLastRun | null> {
  const table = deploymentTable(database);
  const [row] = await database.query(
    sql`SELECT id, type, status, ${IS_BY_HAND} AS isByHand, IF(status = 'applied' OR ${IS_BY_HAND}, schemaAfter, schemaBefore) AS digest
        FROM ${table} WHERE endedAt IS NOT NULL
        HAVING digest IS NOT NULL OR status IN ('failed', 'reverting')
        ORDER BY endedAt DESC, isByHand DESC, id LIMIT 1`,
  );
  if (row === undefined || row['status'] === 'failed' || row['status'] === 'reverting') return null;
  const digest = String(row['digest']);
  const id = Number(row['id']);
  // Not above: a text may be larger than what the server has for sorting.
  const [stored] = await database.query(
    sql`SELECT IF(status = 'applied', schemaAfterText, schemaBeforeText) AS text FROM ${table} WHERE id = ${id}`,
  );
  return {
    id,
    type: String(row['type']),
    isReverted: row['status'] === 'reverted' && Number(row['isByHand']) === 0,
    digest,
    schema: snapshotIn(stored) ?? (await withSameObjects(database, digest)),
  };
}

/** Older code has stored no schema at a run's end; but any run that began with the same objects has stored those. */
async function withSameObjects(database: Database, digest: string): Promise<SchemaSnapshot | null> {
  const [row] = await database.query(
    sql`SELECT schemaBeforeText AS text FROM ${deploymentTable(database)}
        WHERE schemaBefore = ${digest} AND schemaBeforeText IS NOT NULL LIMIT 1`,
  );
  const stored = snapshotIn(row);
  return stored === null ? null : { objects: stored.objects };
}
