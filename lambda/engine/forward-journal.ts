import type { ManifestEntry } from '../plan/types';
import { compress } from './compressed';
import { deploymentTable, migrationTable } from './journal-tables';
import { ServerError } from './ports';
import type { StepJournal } from './steps';
import type { RowWriter } from './row-writer';
import type { Fragment } from './sql';
import { fragment, sql } from './sql';

/** A statement of ours longer than this is sent in parts: max_allowed_packet is 16 MB on MariaDB, 64 MB on MySQL. */
export const CHUNK_BYTES = 2 * 1024 * 1024;

/** A migration all of whose steps are done, which the journal does not say yet. */
interface Owed {
  readonly name: string;
  readonly durationMs: number;
}

/** A row of the table `migration` that is to be written. `values`: all that nothing else depends on. */
interface NewRow {
  readonly id: number;
  readonly name: string;
  readonly values: string;
}

/** A number is out of range. */
const OUT_OF_RANGE = 1690;

/**
 * Journals the migrations of one forward deployment, with one write where one of them ends and the next begins.
 *
 * - A migration's row is written with the first step that needs it: before DDL, and in the transaction of DML. A migration
 *   of one DML statement is written once, and one that died before its first step was never there.
 * - That the last step of a migration is done may wait for the beginning of the next: its fingerprint tells, as it does for
 *   every step that is in doubt.
 */
export class ForwardJournal {
  readonly #rows: RowWriter;
  readonly #deployment: number;
  #owed: Owed | null = null;
  #newestId: number | null = null;

  constructor(rows: RowWriter, deployment: number) {
    this.#rows = rows;
    this.#deployment = deployment;
  }

  /**
   * Journals the steps of one migration. `isBegun`: an earlier attempt wrote its row. Each write answers false where the
   * deployment was cancelled.
   */
  steps(entry: ManifestEntry, script: string, isBegun: boolean, elapsedMs: () => number): StepJournal {
    const { name } = entry;
    let hasRow = isBegun;
    const write = async (done: number, before: string | null, durationMs: number | null): Promise<boolean> => {
      const isWritten = hasRow
        ? await this.#rows.writeStep(name, progress(done, before, durationMs), this.#mayGoOn())
        : await this.#insert(entry, script, done, before, durationMs);
      hasRow ||= isWritten;
      return isWritten;
    };
    return {
      begins: (done, before) => write(done, before, null),
      done: async (done, isLast, mayWait) => {
        const durationMs = isLast ? Math.round(elapsedMs()) : null;
        if (durationMs === null || !mayWait) return write(done, null, durationMs);
        this.#owed = { name, durationMs };
        return true;
      },
      stands: async (done) => {
        // Without a row, what was to be its first step did nothing, or was rolled back with it.
        if (hasRow) await this.#rows.update(name, progress(done, null, null));
      },
    };
  }

  /** Writes what is owed. False where the deployment was cancelled. Call it before anything else reads the journal. */
  async settle(): Promise<boolean> {
    const owed = this.#owed;
    if (owed === null) return true;
    this.#owed = null;
    const mayGoOn = await this.#rows.writeStep(owed.name, finished(owed), this.#mayGoOn());
    // It is done all the same.
    if (!mayGoOn) await this.#rows.update(owed.name, finished(owed));
    return mayGoOn;
  }

  /** Writes a migration's row, with all that is needed to undo it. */
  async #insert(
    entry: ManifestEntry,
    script: string,
    done: number,
    before: string | null,
    durationMs: number | null,
  ): Promise<boolean> {
    const stored = compress(script);
    const isLarge = stored.length > CHUNK_BYTES;
    const id = (this.#newestId ?? (await this.#readNewestId())) + 1;
    // What cannot be undone as long as its script is not complete must not have begun.
    const state = durationMs === null ? 'applying' : 'applied';
    const values = sql`${entry.checksum}, ${state}, ${done}, ${entry.steps}, ${entry.irreversible},
      ${isLarge ? null : before}, ${durationMs}, ${stored.subarray(0, CHUNK_BYTES)}`;
    if (!(await this.#insertRow({ id, name: entry.name, values }))) return this.#rows.requireLock();
    this.#newestId = id;
    for (let offset = CHUNK_BYTES; offset < stored.length; offset += CHUNK_BYTES) {
      const chunk = stored.subarray(offset, offset + CHUNK_BYTES);
      await this.#rows.update(entry.name, sql`script = CONCAT(script, ${chunk})`);
    }
    if (!isLarge || before === null) return true;
    return this.#rows.writeStep(entry.name, progress(done, before, null), this.#mayGoOn());
  }

  /**
   * The new row and the end of the migration before it in one statement, which is one commit and one round trip. False
   * where it may not be written.
   *
   * As VALUES, and the condition as a value, which is faster than a SELECT with the condition in its WHERE: two rows of that
   * go through a temporary table first.
   */
  async #insertRow({ id, name, values }: NewRow): Promise<boolean> {
    const { database } = this.#rows;
    const columns = 'id, name, checksum, state, stepsDone, stepsTotal, irreversible, `before`, durationMs, script';
    // An id plus ~0 is more than a BIGINT, which is an error whatever the sql_mode is: then nothing is written.
    const guarded = fragment(sql`${id} + IF(${this.#mayInsert()}, CAST(0 AS UNSIGNED), ~0)`);
    const insert = sql`INSERT INTO ${migrationTable(database)} (${fragment(columns)}, deployment, createdAt, updatedAt)
      VALUES (${guarded}, ${name}, ${fragment(values)}, ${this.#deployment}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`;
    const owed = this.#owed;
    try {
      const { found } = await database.write(insert + (owed === null ? '' : this.#endOf(owed)));
      // One row inserted, and one updated, which counts twice.
      if (owed !== null && found !== 3)
        throw new Error(`the row of ${owed.name} is gone, or that of the next migration is there already`);
    } catch (error) {
      if (error instanceof ServerError && error.errno === OUT_OF_RANGE) return false;
      throw error;
    }
    this.#owed = null;
    return true;
  }

  /** What makes an INSERT end a migration whose row is there too. */
  #endOf({ name, durationMs }: Owed): string {
    const isIt = fragment(sql`${migrationTable(this.#rows.database)}.name = ${name}`);
    // Of these values only the name counts.
    return sql`, (0, ${name}, NULL, ${'applied'}, 0, 0, 0, NULL, NULL, NULL, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
      ON DUPLICATE KEY UPDATE state = IF(${isIt}, 'applied', state), stepsDone = IF(${isIt}, stepsTotal, stepsDone),
        \`before\` = IF(${isIt}, NULL, \`before\`), durationMs = IF(${isIt}, ${durationMs}, durationMs),
        updatedAt = UTC_TIMESTAMP(3)`;
  }

  /** Read as it is now, and not as it was when the transaction of a step began. */
  #mayInsert(): Fragment {
    const deployment = fragment(
      sql`SELECT 1 FROM ${deploymentTable(this.#rows.database)} WHERE id = ${this.#deployment} AND cancelled = 0 LOCK IN SHARE MODE`,
    );
    return fragment(sql`EXISTS (${deployment}) AND ${this.#rows.lockIsOurs()}`);
  }

  async #readNewestId(): Promise<number> {
    const { database } = this.#rows;
    const [row] = await database.query(sql`SELECT MAX(id) AS id FROM ${migrationTable(database)}`);
    return Number(row?.['id'] ?? 0);
  }

  #mayGoOn(): Fragment {
    return fragment(
      sql`NOT EXISTS (SELECT 1 FROM ${deploymentTable(this.#rows.database)} WHERE id = ${this.#deployment} AND cancelled <> 0)`,
    );
  }
}

function progress(done: number, before: string | null, durationMs: number | null): string {
  const isApplied = durationMs === null ? '' : sql`, state = 'applied', durationMs = ${durationMs}`;
  return sql`stepsDone = ${done}, \`before\` = ${before}` + isApplied;
}

function finished({ durationMs }: Owed): string {
  return sql`stepsDone = stepsTotal, \`before\` = NULL, state = 'applied', durationMs = ${durationMs}`;
}
