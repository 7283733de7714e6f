import type { DeploymentRow, HistoryRow } from '../plan/history';
import type { OnRemovedValue, Request, Resource } from '../plan/intent';
import type { ManifestEntry } from '../manifest/types';
import type { SchemaSnapshot } from '../schema/inventory';
import { readSchema, schemaDigest } from '../look/fingerprint';
import { ofConstruct } from './deployment-rows';
import { readManifest } from './release-journal';
import { compress, readIds, snapshotIn } from './row-values';
import { deploymentTable, migrationTable } from './journal-tables';
import type { Database } from '../ports';
import { lockName } from '../session/lock';
import { fragment, sql, type Fragment, type SqlValue } from '../sql-text';
import { writeLarge } from './large-value';
import { at, NOW } from './utc-time';

/** What a new deployment row says. */
export interface NewDeployment {
  readonly request: Request;
  readonly type: 'Create' | 'Update' | 'up';
  readonly rootStackId: string;
  readonly physicalId: string;
  readonly oldHash: string | null;
  readonly newHash: string;
  readonly oldDigest: string | null;
  readonly newDigest: string;
  /** Null where an earlier row has it. */
  readonly manifest: readonly ManifestEntry[] | null;
  readonly checksum: string;
  /** `applied` where there is nothing to do, `reverted` where it is refused: then the row is ended at once. */
  readonly status: 'running' | 'applied' | 'reverted';
  /** Why it is refused. */
  readonly error?: string;
}

/** How a deployment ended. An answer or error of null leaves what is there. */
export type Ending = Pick<DeploymentRow, 'status' | 'answered' | 'error'>;

const ANSWERED = { running: null, applied: 'SUCCESS', reverted: 'FAILED' } as const;

/** Writes the table `migration_deployment`. */
export class DeploymentJournal {
  readonly #database: Database;
  readonly #table: Fragment;

  constructor(database: Database) {
    this.#database = database;
    this.#table = deploymentTable(database);
  }

  /** Writes the row of a forward request and gives its id. */
  async begin(row: NewDeployment): Promise<number> {
    const { request } = row;
    const isEnded = row.status !== 'running';
    const manifest = row.manifest?.map(({ name, sha256 }) => [name, sha256]) ?? null;
    const insert = async (first: Buffer | null): Promise<number> => {
      const { insertId } = await this.#database.write(
        sql`INSERT INTO ${this.#table} (stackId, logicalId, contractOf, rootStackId, requestId, issuedAt,
            newestRequestAt, type, physicalId, oldHash, newHash, oldDigest, newDigest, checksum, manifest, status, answered,
            session, startedAt, endedAt, error, holds)
          VALUES (${request.resource.stackId}, ${request.resource.logicalId}, ${request.resource.contractOf ?? null}, ${row.rootStackId}, ${request.requestId},
            ${at(request.issuedAt)}, ${at(request.issuedAt)}, ${row.type}, ${row.physicalId}, ${row.oldHash}, ${row.newHash},
            ${row.oldDigest}, ${row.newDigest}, ${row.checksum}, ${first}, ${row.status}, ${ANSWERED[row.status]}, CONNECTION_ID(), UTC_TIMESTAMP(3), ${isEnded ? NOW : null}, ${row.error ?? null}, ${row.status === 'applied' ? this.#standing() : null})`,
      );
      return insertId;
    };
    if (manifest === null) return insert(null);
    return writeLarge(this.#database, compress(JSON.stringify(manifest)), insert, (part, id) =>
      this.#update(id, sql`manifest = CONCAT(manifest, ${part})`),
    );
  }

  /** Notes that another attempt at a request goes on with its row. */
  async continue(id: number, isNewAttempt: boolean): Promise<void> {
    await this.#update(id, sql`session = CONNECTION_ID(), attempts = attempts + ${isNewAttempt}`);
  }

  /** The schema before a deployment: what an earlier attempt noted, or else what is there now, which is noted. */
  async noteSchemaBefore(id: number, isFirstAttempt: boolean): Promise<SchemaSnapshot> {
    const noted = isFirstAttempt ? null : await this.schemaBefore(id);
    if (noted !== null) return noted;
    const schema = await readSchema(this.#database);
    await this.setSchemaBefore(id, schema);
    return schema;
  }

  async setSchemaBefore(id: number, schema: SchemaSnapshot): Promise<void> {
    await writeLarge(
      this.#database,
      compress(JSON.stringify(schema)),
      (first) => this.#update(id, sql`schemaBefore = ${schemaDigest(schema)}, schemaBeforeText = ${first}`),
      (part) => this.#update(id, sql`schemaBeforeText = CONCAT(schemaBeforeText, ${part})`),
    );
  }

  /** Before a deployment is reverted from below those of other constructs: the schema before these does not come back. */
  async forgetSchemasAbove(id: number, construct: Resource): Promise<void> {
    await this.#database.write(
      sql`UPDATE ${this.#table} SET schemaBefore = NULL, schemaBeforeText = NULL
          WHERE id > ${id} AND NOT (${ofConstruct(construct)}) AND schemaBefore IS NOT NULL`,
    );
  }

  /** The schema that was noted before a deployment; null where none was. */
  async schemaBefore(id: number): Promise<SchemaSnapshot | null> {
    const [row] = await this.#database.query(sql`SELECT schemaBeforeText AS text FROM ${this.#table} WHERE id = ${id}`);
    return snapshotIn(row);
  }

  /**
   * Notes the schema that a deployment has left, so that a later look can say what was changed since. Only that of the newest
   * is ever asked for: stored once, it takes no more room with each deployment.
   *
   * @param also - what else is written into its row
   */
  async noteSchemaAfter(id: number, also: Assignments = {}): Promise<void> {
    const schema = await readSchema(this.#database);
    const stored = await readIds(this.#database, sql`SELECT id FROM ${this.#table} WHERE schemaAfterText IS NOT NULL`);
    const ids = [id, ...stored].join(', ');
    const write = (first: Buffer): Promise<unknown> =>
      this.#database.write(
        sql`UPDATE ${this.#table} SET ${ofRow(id, { ...also, schemaAfter: schemaDigest(schema) })},
              schemaAfterText = IF(id = ${id}, ${first}, NULL) WHERE id IN (${fragment(ids)})`,
      );
    await writeLarge(this.#database, compress(JSON.stringify(schema)), write, (part) =>
      this.#update(id, sql`schemaAfterText = CONCAT(schemaAfterText, ${part})`),
    );
  }

  /** Notes what a run has left that ended no deployment, as left by the newest that stands. */
  async noteStanding(): Promise<void> {
    for (const id of await this.#newestStanding()) await this.noteSchemaAfter(id, { endedAt: NOW });
  }

  async isCancelled(id: number): Promise<boolean> {
    const [row] = await this.#database.query(sql`SELECT cancelled FROM ${this.#table} WHERE id = ${id}`);
    return Number(row?.['cancelled']) !== 0;
  }

  /** `error`: why it is reverted, for a later attempt that ends it; null leaves what is there. */
  async startReverting(id: number, error: string | null): Promise<void> {
    await this.#update(id, sql`status = 'reverting', error = COALESCE(${error}, error)`);
  }

  /** Writes that deployments are to be reverted, once the application is back. */
  async owe(rows: readonly DeploymentRow[], { issuedAt }: Request, under: OnRemovedValue): Promise<void> {
    for (const { id } of rows) await this.#update(id, sql`owedAt = ${at(issuedAt)}, owedUnder = ${under}`);
  }

  /** Writes that deployments are not to be reverted any more. One that its reverting has changed stands again. */
  async oweNoMore(rows: readonly DeploymentRow[]): Promise<void> {
    for (const { id } of rows) await this.#update(id, sql`owedAt = NULL, owedUnder = NULL, status = 'applied'`);
  }

  /** Writes that what the newest requests of a construct reverted is there to stay: the next request may bring it again. */
  async revertsNothing(construct: Resource): Promise<void> {
    await this.#database.write(
      sql`UPDATE ${this.#table} SET revertedHash = NULL WHERE ${ofConstruct(construct)} AND revertedHash IS NOT NULL`,
    );
  }

  /** Ends what is owed and of which nothing is left, and gives the ids: of what had applied any of `reverted`, or of all. */
  async endReverted(reverted?: readonly HistoryRow[]): Promise<readonly number[]> {
    const by = [0, ...(reverted ?? []).map(({ deployment }) => deployment ?? 0)].join(', ');
    const isMeant = fragment(reverted === undefined ? 'TRUE' : `id IN (${by})`);
    const ids = await readIds(
      this.#database,
      sql`SELECT id FROM ${this.#table} d WHERE owedAt IS NOT NULL AND status <> 'reverted' AND ${isMeant}
            AND NOT EXISTS (SELECT 1 FROM ${migrationTable(this.#database)} m
              WHERE d.id IN (m.deployment, m.removedBy) AND m.state <> 'kept'
                AND NOT (m.state = 'removed' AND m.removedBy = m.deployment))`,
    );
    for (const id of ids) await this.end(id, { status: 'reverted', answered: null, error: null });
    return ids;
  }

  /**
   * Written before the answer is sent: an answer that CloudFormation has must not be news to the journal. Of one that is
   * applied, together with the schema that it has left.
   */
  async end(id: number, { status, answered, error }: Ending): Promise<void> {
    const ending = {
      status,
      answered: fragment(sql`COALESCE(${answered}, answered)`),
      error: fragment(sql`COALESCE(${error}, error)`),
      endedAt: NOW,
      holds: status === 'applied' ? this.#standing() : null,
      ...(status === 'reverted' && { owedAt: null }),
    };
    if (status === 'applied') return this.noteSchemaAfter(id, ending);
    await this.#update(id, ofRow(id, ending).text);
    await this.seal();
  }

  /** Ends a run that another has taken the lock from. Nothing else is written: the other may be in the midst of it. */
  async endWithoutLock(id: number, error: string): Promise<void> {
    await this.#update(id, sql`status = 'failed', error = ${error}, endedAt = ${NOW}`);
  }

  /**
   * Before a migration is taken out of the history: what deployments left there need not be there any more. Of all: two stacks of
   * one database may have ended theirs in another order than they began them.
   */
  async unseal(): Promise<void> {
    await this.#database.write(sql`UPDATE ${this.#table} SET holds = NULL WHERE holds IS NOT NULL`);
  }

  /** Afterwards: what stands now must be there from now on. Under the lock. */
  async seal(): Promise<void> {
    for (const id of await this.#newestStanding()) await this.#update(id, sql`holds = ${this.#standing()}`);
  }

  #newestStanding(): Promise<readonly number[]> {
    return readIds(
      this.#database,
      sql`SELECT id FROM ${this.#table} WHERE status = 'applied' ORDER BY id DESC LIMIT 1`,
    );
  }

  /**
   * Notes a request that writes no row of its own, so that an older one that is still on its way finds itself stale.
   * Where the resource has no row at all, the mark is a row that stands for no deployment.
   * @param reverts - hash of the properties that it reverts; null where it reverts nothing
   */
  async noteRequest(request: Request, type: 'Update' | 'Delete', reverts: string | null): Promise<void> {
    const { stackId, logicalId, contractOf = null } = request.resource;
    const issuedAt = at(request.issuedAt);
    const { found } = await this.#database.write(
      // Assignments are made from left to right: the first one must not see what the second one does.
      sql`UPDATE ${this.#table} SET revertedHash = IF(newestRequestAt = ${issuedAt}, COALESCE(${reverts}, revertedHash), ${reverts}),
            newestRequestAt = COALESCE(GREATEST(newestRequestAt, ${issuedAt}), ${issuedAt}),
            cancelled = IF(status = 'running' AND issuedAt < ${issuedAt}, 1, cancelled)
          WHERE stackId = ${stackId} AND logicalId = ${logicalId}`,
    );
    if (found > 0) return;
    await this.#database.write(
      sql`INSERT INTO ${this.#table} (stackId, logicalId, contractOf, requestId, issuedAt, newestRequestAt, revertedHash, type, status, endedAt)
          VALUES (${stackId}, ${logicalId}, ${contractOf}, ${request.requestId}, ${issuedAt}, ${issuedAt}, ${reverts}, ${type}, 'reverted', UTC_TIMESTAMP(3))`,
    );
  }

  /**
   * Tells runs of older requests of a construct to stop, and gives the session of the one that holds the lock; null where
   * none of them does. May be called without the lock: a mark only ever appears. Times are whole seconds; of two requests
   * of the same second the one with a running row came first, since an operation brings one deployment only.
   */
  async cancelOlder({ resource, requestId, issuedAt }: Request): Promise<number | null> {
    const lock = lockName(this.#database.name);
    await this.#database.write(
      sql`UPDATE ${this.#table} SET cancelled = 1
          WHERE ${ofConstruct(resource)} AND status = 'running' AND issuedAt <= ${at(issuedAt)} AND requestId <> ${requestId}`,
    );
    const [row] = await this.#database.query(
      sql`SELECT session FROM ${this.#table}
          WHERE ${ofConstruct(resource)} AND status = 'running' AND cancelled <> 0 AND session = IS_USED_LOCK(${lock}) LIMIT 1`,
    );
    return row === undefined ? null : Number(row['session']);
  }

  /** As {@link readManifest}. */
  manifest(digest: string): ReturnType<typeof readManifest> {
    return readManifest(this.#database, digest);
  }

  /** Digests of the releases that some deployments brought. */
  async digests(ids: readonly number[]): Promise<readonly string[]> {
    if (ids.length === 0) return [];
    const rows = await this.#database.query(
      sql`SELECT DISTINCT newDigest FROM ${this.#table} WHERE id IN (${fragment(ids.join(', '))}) AND newDigest IS NOT NULL`,
    );
    return rows.map((row) => String(row['newDigest']));
  }

  /** How many migrations stand in the history. */
  #standing(): Fragment {
    return fragment(sql`(SELECT COUNT(*) FROM ${migrationTable(this.#database)} WHERE state IN ('applied', 'kept'))`);
  }

  async #update(id: number, assignments: string): Promise<void> {
    await this.#database.write(sql`UPDATE ${this.#table} SET ` + assignments + sql` WHERE id = ${id}`);
  }
}

/** Values by their columns. */
type Assignments = Readonly<Record<string, SqlValue>>;

/** Assignments to one row, also where more than that one are updated. */
function ofRow(id: number, assignments: Assignments): Fragment {
  const each = Object.entries(assignments).map(([name, value]) => {
    const column = fragment(name);
    return sql`${column} = IF(id = ${id}, ${value}, ${column})`;
  });
  return fragment(each.join(', '));
}
