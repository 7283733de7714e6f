import type { DeploymentStatus } from '../plan/history';
import type { Request } from '../plan/intent';
import type { ManifestEntry } from '../plan/types';
import { compress, uncompress } from './compressed';
import { deploymentTable, migrationTable } from './journal-tables';
import type { Database } from './ports';
import { ConnectionLost } from './ports';
import type { Fragment } from './sql';
import { fragment, sql } from './sql';

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
  readonly manifest: readonly ManifestEntry[];
  /** `applied` where there is nothing to do: then the row is ended at once. */
  readonly status: 'running' | 'applied';
}

/** How a deployment ended. */
export interface Ending {
  readonly status: DeploymentStatus;
  /** Null leaves what is there. */
  readonly answered: 'SUCCESS' | 'FAILED' | null;
  readonly error: string | null;
  readonly schemaAfter: string | null;
}

/** Journals steps one by one. */
export interface StepJournal {
  /** Before DDL: `done` steps are done, and the next begins on objects with that fingerprint. False: do not run it. */
  begins(done: number, before: string): Promise<boolean>;
  /** After a step; in its transaction where it is DML. False: roll it back, and stop. */
  done(done: number, isLast: boolean): Promise<boolean>;
  /** Exactly `done` steps are done, and none is in doubt. */
  stands(done: number): Promise<void>;
}

/** A statement of ours longer than this is sent in parts: max_allowed_packet is 16 MB on MariaDB, 64 MB on MySQL. */
const CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * Writes the journal. Each statement names its database, since a migration may say USE, and each step's write holds only
 * while the lock is ours and nobody cancelled the deployment.
 */
export class Journal {
  readonly #database: Database;
  readonly #lockName: string;

  constructor(database: Database, lockName: string) {
    this.#database = database;
    this.#lockName = lockName;
  }

  /** Writes the row of a forward request and gives its id. */
  async beginDeployment(row: NewDeployment): Promise<number> {
    const { request } = row;
    const isEnded = row.status === 'applied';
    const manifest = compress(JSON.stringify(row.manifest.map(({ name, sha256 }) => [name, sha256])));
    const { insertId } = await this.#database.write(
      sql`INSERT INTO ${deploymentTable(this.#database)} (stackId, logicalId, rootStackId, requestId, issuedAt,
            newestRequestAt, type, physicalId, oldHash, newHash, oldDigest, newDigest, manifest, status, answered,
            session, startedAt, endedAt)
          VALUES (${request.resource.stackId}, ${request.resource.logicalId}, ${row.rootStackId}, ${request.requestId},
            ${at(request.issuedAt)}, ${at(request.issuedAt)}, ${row.type}, ${row.physicalId}, ${row.oldHash},
            ${row.newHash}, ${row.oldDigest}, ${row.newDigest}, ${manifest}, ${row.status},
            ${isEnded ? 'SUCCESS' : null}, CONNECTION_ID(), UTC_TIMESTAMP(3), ${isEnded ? NOW : null})`,
    );
    return insertId;
  }

  /** Notes that another attempt at a request goes on with its row. */
  async continueDeployment(id: number): Promise<void> {
    await this.#updateDeployment(id, sql`session = CONNECTION_ID(), attempts = attempts + 1`);
  }

  async setSchemaBefore(id: number, digest: string, text: string): Promise<void> {
    await this.#updateDeployment(id, sql`schemaBefore = ${digest}, schemaBeforeText = ${compress(text)}`);
  }

  /** The schema as it was before a deployment, as it was stored; null where it was not. */
  async schemaBefore(id: number): Promise<string | null> {
    const [row] = await this.#database.query(
      sql`SELECT schemaBeforeText AS text FROM ${deploymentTable(this.#database)} WHERE id = ${id}`,
    );
    const stored = row?.['text'];
    return Buffer.isBuffer(stored) ? uncompress(stored) : null;
  }

  async isCancelled(id: number): Promise<boolean> {
    const [row] = await this.#database.query(
      sql`SELECT cancelled FROM ${deploymentTable(this.#database)} WHERE id = ${id}`,
    );
    return Number(row?.['cancelled']) !== 0;
  }

  async startReverting(id: number): Promise<void> {
    await this.#updateDeployment(id, sql`status = 'reverting'`);
  }

  /** Written before the answer is sent: an answer that CloudFormation has must not be news to the journal. */
  async endDeployment(id: number, ending: Ending): Promise<void> {
    const { status, answered, error, schemaAfter } = ending;
    await this.#updateDeployment(
      id,
      sql`status = ${status}, answered = COALESCE(${answered}, answered), error = ${error}, endedAt = UTC_TIMESTAMP(3),
          schemaAfter = COALESCE(${schemaAfter}, schemaAfter)`,
    );
  }

  /**
   * Notes a request that writes no row of its own, so that an older one that is still on its way finds itself stale.
   * Where the resource has no row at all, the mark is a row that stands for no deployment.
   */
  async noteRequest(request: Request, type: 'Update' | 'Delete'): Promise<void> {
    const table = deploymentTable(this.#database);
    const { stackId, logicalId } = request.resource;
    const { found } = await this.#database.write(
      sql`UPDATE ${table} SET newestRequestAt = COALESCE(GREATEST(newestRequestAt, ${at(request.issuedAt)}), ${at(request.issuedAt)}),
            cancelled = IF(status = 'running' AND issuedAt < ${at(request.issuedAt)}, 1, cancelled)
          WHERE stackId = ${stackId} AND logicalId = ${logicalId}`,
    );
    if (found > 0) return;
    await this.#database.write(
      sql`INSERT INTO ${table} (stackId, logicalId, requestId, issuedAt, newestRequestAt, type, status, endedAt)
          VALUES (${stackId}, ${logicalId}, ${request.requestId}, ${at(request.issuedAt)}, ${at(request.issuedAt)},
            ${type}, 'reverted', UTC_TIMESTAMP(3))`,
    );
  }

  /** Tells runs of older requests of a resource to stop. May be called without the lock: a mark only ever appears. */
  async cancelOlder({ resource, issuedAt }: Request): Promise<void> {
    await this.#database.write(
      sql`UPDATE ${deploymentTable(this.#database)} SET cancelled = 1
          WHERE stackId = ${resource.stackId} AND logicalId = ${resource.logicalId}
            AND status = 'running' AND issuedAt < ${at(issuedAt)}`,
    );
  }

  /** The manifest that one digest stood for, as a deployment stored it. The caller checks it against the digest. */
  async manifest(digest: string): Promise<readonly Pick<ManifestEntry, 'name' | 'sha256'>[] | null> {
    const [row] = await this.#database.query(
      sql`SELECT manifest FROM ${deploymentTable(this.#database)}
          WHERE newDigest = ${digest} AND manifest IS NOT NULL ORDER BY id DESC LIMIT 1`,
    );
    const stored = row?.['manifest'];
    if (!Buffer.isBuffer(stored)) return null;
    const pairs = JSON.parse(uncompress(stored)) as readonly (readonly [ManifestEntry['name'], string])[];
    return pairs.map(([name, sha256]) => ({ name, sha256 }));
  }

  /** A migration's stored script as JSON text; null where it has none. */
  async script(storedName: string): Promise<string | null> {
    const [row] = await this.#database.query(
      sql`SELECT script FROM ${migrationTable(this.#database)} WHERE name = ${storedName}`,
    );
    const stored = row?.['script'];
    return Buffer.isBuffer(stored) ? uncompress(stored) : null;
  }

  /**
   * Writes that a migration begins, with all that is needed to undo it, and the fingerprint before its first step where
   * that is DDL. False where nothing may be run: the deployment was cancelled.
   */
  async beginMigration(
    deployment: number,
    entry: ManifestEntry,
    script: string,
    before: string | null,
  ): Promise<boolean> {
    const stored = compress(script);
    const table = migrationTable(this.#database);
    const { found } = await this.#database.write(
      sql`INSERT INTO ${table} (name, id, checksum, deployment, state, stepsDone, stepsTotal, irreversible, \`before\`, script,
            createdAt, updatedAt)
          SELECT ${entry.name}, (SELECT COALESCE(MAX(m.id), 0) + 1 FROM ${table} m), ${entry.checksum}, d.id, 'applying',
            0, ${entry.steps}, ${entry.irreversible}, ${before}, ${stored.subarray(0, CHUNK_BYTES)},
            UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
          FROM ${deploymentTable(this.#database)} d WHERE d.id = ${deployment} AND d.cancelled = 0 AND ${this.#lockIsOurs()}`,
    );
    for (let offset = CHUNK_BYTES; found > 0 && offset < stored.length; offset += CHUNK_BYTES) {
      const chunk = stored.subarray(offset, offset + CHUNK_BYTES);
      await this.#updateMigration(entry.name, sql`script = CONCAT(script, ${chunk})`);
    }
    return found > 0 || this.#requireLock();
  }

  /** Journals the steps of a migration's up. Each write answers false where the deployment was cancelled. */
  up(name: string, deployment: number, elapsedMs: () => number): StepJournal {
    const mayGoOn = fragment(
      sql`NOT EXISTS (SELECT 1 FROM ${deploymentTable(this.#database)} WHERE id = ${deployment} AND cancelled <> 0)`,
    );
    return {
      begins: (done, before) => this.#writeStep(name, sql`stepsDone = ${done}, \`before\` = ${before}`, mayGoOn),
      done: (done, isLast) => {
        const applied = isLast ? sql`, state = 'applied', durationMs = ${Math.round(elapsedMs())}` : '';
        return this.#writeStep(name, sql`stepsDone = ${done}, \`before\` = NULL` + applied, mayGoOn);
      },
      stands: (done) => this.#updateMigration(name, sql`stepsDone = ${done}, \`before\` = NULL`),
    };
  }

  /** Journals the steps of a migration's down. */
  down(storedName: string): StepJournal {
    const always = fragment('TRUE');
    return {
      begins: (done, before) =>
        this.#writeStep(storedName, sql`downStepsDone = ${done}, \`before\` = ${before}`, always),
      done: (done) => this.#writeStep(storedName, sql`downStepsDone = ${done}, \`before\` = NULL`, always),
      stands: (done) => this.#updateMigration(storedName, sql`downStepsDone = ${done}, \`before\` = NULL`),
    };
  }

  /** Writes how many steps are done, once it is known what became of the one in doubt. */
  async resolveDoubt(storedName: string, counter: 'stepsDone' | 'downStepsDone', done: number): Promise<void> {
    await this.#updateMigration(storedName, sql`${fragment(counter)} = ${done}, \`before\` = NULL`);
  }

  /** Writes that a migration's down begins, and which of its statements are to be run. */
  async beginRevert(storedName: string, downs: string): Promise<void> {
    await this.#writeStep(
      storedName,
      sql`state = 'reverting', downStepsDone = 0, \`before\` = NULL, downs = ${compress(downs)}`,
      fragment('TRUE'),
    );
  }

  /** The down statements that were chosen when the revert began; null where none has begun. */
  async chosenDowns(storedName: string): Promise<string | null> {
    const [row] = await this.#database.query(
      sql`SELECT downs FROM ${migrationTable(this.#database)} WHERE name = ${storedName}`,
    );
    const stored = row?.['downs'];
    return Buffer.isBuffer(stored) ? uncompress(stored) : null;
  }

  /** Removes a reverted migration's row. */
  async removeMigration(storedName: string): Promise<void> {
    await this.#database.write(sql`DELETE FROM ${migrationTable(this.#database)} WHERE name = ${storedName}`);
  }

  /** Marks what a rollback could not revert. */
  async keepMigrations(storedNames: readonly string[]): Promise<void> {
    for (const name of storedNames) await this.#updateMigration(name, sql`state = 'kept'`);
  }

  /** Makes a row of an earlier tool or a kept one part of a release. */
  async adoptMigration(storedName: string, checksum: string, deployment: number): Promise<void> {
    await this.#updateMigration(
      storedName,
      sql`state = 'applied', checksum = ${checksum}, deployment = COALESCE(deployment, ${deployment})`,
    );
  }

  /** A write that a step depends on: only while the lock is ours. */
  async #writeStep(name: string, assignments: string, mayGoOn: Fragment): Promise<boolean> {
    const { found } = await this.#database.write(
      sql`UPDATE ${migrationTable(this.#database)} SET ` +
        assignments +
        sql`, updatedAt = UTC_TIMESTAMP(3) WHERE name = ${name} AND ${mayGoOn} AND ${this.#lockIsOurs()}`,
    );
    return found > 0 || this.#requireLock();
  }

  async #updateMigration(name: string, assignments: string): Promise<void> {
    await this.#database.write(
      sql`UPDATE ${migrationTable(this.#database)} SET ` +
        assignments +
        sql`, updatedAt = UTC_TIMESTAMP(3) WHERE name = ${name}`,
    );
  }

  async #updateDeployment(id: number, assignments: string): Promise<void> {
    await this.#database.write(
      sql`UPDATE ${deploymentTable(this.#database)} SET ` + assignments + sql` WHERE id = ${id}`,
    );
  }

  #lockIsOurs(): Fragment {
    return fragment(sql`IS_USED_LOCK(${this.#lockName}) = CONNECTION_ID()`);
  }

  /** False, unless the lock is gone: then somebody else may be at work, and history must be read anew. */
  async #requireLock(): Promise<false> {
    const [row] = await this.#database.query(sql`SELECT ${this.#lockIsOurs()} AS isOurs`);
    if (Number(row?.['isOurs']) !== 1) throw new ConnectionLost('the lock is no longer ours');
    return false;
  }
}

const NOW = fragment('UTC_TIMESTAMP(3)');

/** A DATETIME in UTC, whatever the session's time zone. */
export function at(epochMilliseconds: number): Fragment {
  return fragment(`('1970-01-01' + INTERVAL ${Math.round(epochMilliseconds)}000 MICROSECOND)`);
}
