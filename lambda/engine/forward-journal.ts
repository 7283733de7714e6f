import type { ManifestEntry } from '../plan/types';
import { compress } from './compressed';
import { deploymentTable, migrationTable } from './journal-tables';
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
    const row = sql`${entry.name}, ${id}, ${entry.checksum}, d.id, ${state}, ${done}, ${entry.steps}, ${entry.irreversible},
      ${isLarge ? null : before}, ${durationMs}, ${stored.subarray(0, CHUNK_BYTES)}`;
    if (!(await this.#insertRow(row))) return this.#rows.requireLock();
    this.#newestId = id;
    for (let offset = CHUNK_BYTES; offset < stored.length; offset += CHUNK_BYTES) {
      const chunk = stored.subarray(offset, offset + CHUNK_BYTES);
      await this.#rows.update(entry.name, sql`script = CONCAT(script, ${chunk})`);
    }
    if (!isLarge || before === null) return true;
    return this.#rows.writeStep(entry.name, progress(done, before, null), this.#mayGoOn());
  }

  /** The new row and the end of the migration before it in one statement, which is one commit and one round trip. */
  async #insertRow(row: string): Promise<boolean> {
    const { database } = this.#rows;
    const table = migrationTable(database);
    const from = fragment(
      sql`FROM ${deploymentTable(database)} d WHERE d.id = ${this.#deployment} AND d.cancelled = 0 AND ${this.#rows.lockIsOurs()}`,
    );
    const columns =
      'name, id, checksum, deployment, state, stepsDone, stepsTotal, irreversible, `before`, durationMs, script';
    const insert = sql`INSERT INTO ${table} (${fragment(columns)}, createdAt, updatedAt)
      SELECT ${fragment(row)}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) ${from}`;
    const owed = this.#owed;
    if (owed === null) return (await this.#rows.database.write(insert)).found > 0;
    const name = fragment(sql`${table}.name = ${owed.name}`);
    const { found } = await database.write(
      // The owed row is there, so that of these values only its name counts.
      insert +
        sql` UNION ALL SELECT ${owed.name}, 0, NULL, 0, ${'applied'}, 0, 0, 0, NULL, NULL, NULL, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) ${from}
        ON DUPLICATE KEY UPDATE state = IF(${name}, 'applied', state), stepsDone = IF(${name}, stepsTotal, stepsDone),
          \`before\` = IF(${name}, NULL, \`before\`), durationMs = IF(${name}, ${owed.durationMs}, durationMs),
          updatedAt = UTC_TIMESTAMP(3)`,
    );
    if (found === 0) return false;
    // One row inserted, and one updated, which counts twice.
    if (found !== 3) throw new Error(`the row of ${owed.name} is gone, or that of the next migration is there already`);
    this.#owed = null;
    return true;
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
