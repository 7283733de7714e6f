import { isHalf, type History, type HistoryRow, type LastRun } from '../plan/history';
import type { SchemaSnapshot } from '../schema/inventory';
import { describeDrift } from '../schema/schema-drift';
import { compress, optionalText, snapshotIn, text } from './row-values';
import { latestTime, readSchema, schemaDigest } from '../look/fingerprint';
import { deploymentTable } from './journal-tables';
import { writeLarge } from './large-value';
import type { Database, Row } from '../ports';
import { fragment, sql } from '../sql-text';

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

/** Where a run has left what: the digest of that schema, as SQL. */
const LEFT = fragment(sql`IF(status = 'applied' OR ${IS_BY_HAND}, schemaAfter, schemaBefore)`);

/** Columns of a row of the table `migration_deployment` that tell what that run has left. */
export const LEFT_COLUMNS = sql`${LEFT} AS leftDigest, ${IS_BY_HAND} AS isByHand`;

/** Finds the row of the last run: also one that is at work or has stopped half-way, of which it is not known what it left. */
export const IS_LAST_RUN = fragment(
  sql`type <> 'Release' AND (status IN ('running', 'reverting', 'failed') OR ${LEFT} IS NOT NULL)
      ORDER BY status = 'reverting' DESC, COALESCE(endedAt, startedAt) DESC, endedAt IS NULL DESC, ${IS_BY_HAND} DESC, id LIMIT 1`,
);

/** What the row of the last run says; null where it is not known what that left. */
export function lastRunOf(row: Row | undefined): LastRun | null {
  const digest = row === undefined ? null : optionalText(row, 'leftDigest');
  if (row === undefined || digest === null) return null;
  const isByHand = Number(row['isByHand']) !== 0;
  const status = text(row, 'status');
  if (status !== 'applied' && status !== 'reverted') return null;
  return { id: Number(row['id']), type: text(row, 'type'), isReverted: status === 'reverted' && !isByHand, digest };
}

/** Says how the schema of now differs from what the last run left; null where it does not, or is not to be compared. */
export async function describeDriftSince(
  database: Database,
  last: LastRun,
  now: SchemaSnapshot,
): Promise<string | null> {
  const left = await readSchemaAfter(database, last);
  const what = left === null ? undescribed(last, now) : describeDrift(left, now, latestTime());
  return what === null ? null : `the schema is not what the last run (${last.type} ${last.id}) left: ${what}`;
}

function undescribed({ digest }: LastRun, now: SchemaSnapshot): string | null {
  if (schemaDigest(now) === digest) return null;
  return 'how it differs is not known, since an older version of the function has stored only the digest of that schema';
}

/** The last run, where the schema should be what that left. What is half-applied, or was kept by a rollback, is no drift. */
export function comparableRun({ lastRun, migrations }: History): LastRun | null {
  if (lastRun === null || migrations.length === 0) return null;
  const { id, isReverted } = lastRun;
  const isKept = (row: HistoryRow): boolean => row.state === 'kept' && (row.deployment ?? 0) >= id;
  return migrations.some((row) => isHalf(row) || (isReverted && isKept(row))) ? null : lastRun;
}

/** The schema that a run has left; null where an older version of the function has stored only its digest. */
export async function readSchemaAfter(database: Database, { id, digest }: LastRun): Promise<SchemaSnapshot | null> {
  const [stored] = await database.query(
    sql`SELECT IF(status = 'applied', schemaAfterText, schemaBeforeText) AS text FROM ${deploymentTable(database)} WHERE id = ${id}`,
  );
  return snapshotIn(stored) ?? withSameObjects(database, digest);
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
