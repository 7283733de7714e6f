import type { ManifestEntry } from '../plan/types';
import { compress, uncompress } from './compressed';
import { deploymentTable, migrationTable } from './journal-tables';
import type { Database } from './ports';
import { ConnectionLost } from './ports';
import type { Fragment } from './sql';
import { fragment, sql } from './sql';

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
 * Writes the table `migration`. Each statement names its database, since a migration may say USE, and each write that a
 * step depends on holds only while the lock is ours.
 */
export class MigrationJournal {
  readonly #database: Database;
  readonly #lockName: string;

  constructor(database: Database, lockName: string) {
    this.#database = database;
    this.#lockName = lockName;
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
  async begin(deployment: number, entry: ManifestEntry, script: string, before: string | null): Promise<boolean> {
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
      await this.#update(entry.name, sql`script = CONCAT(script, ${chunk})`);
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
      stands: (done) => this.#update(name, sql`stepsDone = ${done}, \`before\` = NULL`),
    };
  }

  /** Journals the steps of a migration's down. */
  down(storedName: string): StepJournal {
    const always = fragment('TRUE');
    return {
      begins: (done, before) =>
        this.#writeStep(storedName, sql`downStepsDone = ${done}, \`before\` = ${before}`, always),
      done: (done) => this.#writeStep(storedName, sql`downStepsDone = ${done}, \`before\` = NULL`, always),
      stands: (done) => this.#update(storedName, sql`downStepsDone = ${done}, \`before\` = NULL`),
    };
  }

  /** Writes how many steps are done, once it is known what became of the one in doubt. */
  async resolveDoubt(storedName: string, counter: 'stepsDone' | 'downStepsDone', done: number): Promise<void> {
    await this.#update(storedName, sql`${fragment(counter)} = ${done}, \`before\` = NULL`);
  }

  /** Writes that a migration's down begins, and which of its statements are to be run. */
  async beginRevert(storedName: string, downs: string, removedBy: number | null): Promise<void> {
    await this.#writeStep(
      storedName,
      sql`state = 'reverting', downStepsDone = 0, \`before\` = NULL, downs = ${compress(downs)},
        removedBy = COALESCE(${removedBy}, removedBy)`,
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
  async remove(storedName: string): Promise<void> {
    await this.#database.write(sql`DELETE FROM ${migrationTable(this.#database)} WHERE name = ${storedName}`);
  }

  /** Keeps the row of a migration that was reverted because a release lacks it. */
  async markRemoved(storedName: string): Promise<void> {
    await this.#update(
      storedName,
      sql`state = 'removed', stepsDone = 0, downStepsDone = 0, downs = NULL, \`before\` = NULL`,
    );
  }

  /** Removes rows of removed migrations. */
  async forget(storedNames: readonly string[]): Promise<void> {
    for (const name of storedNames) await this.remove(name);
  }

  /** Writes that a removed migration is begun again. */
  async beginAgain(storedName: string): Promise<void> {
    await this.#writeStep(
      storedName,
      sql`state = 'applying', stepsDone = 0, downStepsDone = 0, downs = NULL, \`before\` = NULL`,
      fragment('TRUE'),
    );
  }

  /** Journals the steps of a removed migration that is applied again. */
  again(storedName: string): StepJournal {
    const always = fragment('TRUE');
    return {
      begins: (done, before) => this.#writeStep(storedName, sql`stepsDone = ${done}, \`before\` = ${before}`, always),
      done: (done, isLast) => {
        const applied = isLast ? ", state = 'applied', removedBy = NULL" : '';
        return this.#writeStep(storedName, sql`stepsDone = ${done}, \`before\` = NULL` + applied, always);
      },
      stands: (done) => this.#update(storedName, sql`stepsDone = ${done}, \`before\` = NULL`),
    };
  }

  /** Marks what a rollback could not revert. It stays irreversible: whoever takes it over did not make it. */
  async keep(storedNames: readonly string[]): Promise<void> {
    for (const name of storedNames) await this.#update(name, sql`state = 'kept', irreversible = 1`);
  }

  /** Makes a row of an earlier tool part of a release, or a kept one, which then belongs to that release's deployment. */
  async adopt(storedName: string, checksum: string, deployment: number): Promise<void> {
    await this.#update(
      storedName,
      sql`deployment = IF(state = 'kept', ${deployment}, deployment), state = 'applied', checksum = ${checksum}`,
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

  async #update(name: string, assignments: string): Promise<void> {
    await this.#database.write(
      sql`UPDATE ${migrationTable(this.#database)} SET ` +
        assignments +
        sql`, updatedAt = UTC_TIMESTAMP(3) WHERE name = ${name}`,
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
