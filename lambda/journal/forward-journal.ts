import type { Mark } from '../plan/mark';
import { deploymentTable, migrationTable } from './journal-tables';
import { partBytes } from './large-value';
import {
  durationOf,
  finished,
  newRow,
  progress,
  type JournalledMigration,
  type NewRow,
  type Owed,
} from './migration-row';
import { ServerError, type Clock, type Written } from '../ports';
import type { StepJournal } from './step-journal';
import type { RowWriter } from './row-writer';
import { fragment, sql, type Fragment } from '../sql-text';
import { COMMIT, ROLLBACK } from './own-transaction';
import { ER_DATA_OUT_OF_RANGE } from '../words/server-error-numbers';

/** A transaction that is open. */
interface Open {
  readonly since: number;
  /** Of migrations that are done in it, and not written yet. */
  readonly rows: NewRow[];
}

/**
 * For so long the transaction of a migration that is DML alone stays open for the next one. As long as it is, the rows that
 * they have changed are locked, and what was done is lost where the time runs out. Milliseconds.
 */
const SHARED_MS = 250;

/** Of SQL text: more rows than that are not kept for one INSERT. */
const SHARED_BYTES = 512 * 1024;

/**
 * Journals the migrations of one forward deployment, with one write where one of them ends and the next begins.
 *
 * - A migration's row is written with the first step that needs it: before DDL, and in the transaction of DML. A migration
 *   of one DML statement is written once, and one that died before its first step was never there.
 * - That the last step of a migration is done may wait for the beginning of the next: its fingerprint tells, as it does for
 *   every step that is in doubt.
 * - Quick migrations of nothing but DML that follow each other are one transaction: of those, either all that were committed
 *   together are done, or none is.
 */
export class ForwardJournal {
  readonly #rows: RowWriter;
  readonly #deployment: number;
  readonly #clock: Clock;
  #owed: Owed | null = null;
  #newestId: number | null = null;
  #open: Open | null = null;
  #rolledBack: string[] = [];
  /** Not after a deadlock: the smaller a transaction, the rarer they are. */
  #mayShare = true;

  constructor(rows: RowWriter, deployment: number, clock: Clock) {
    this.#rows = rows;
    this.#deployment = deployment;
    this.#clock = clock;
  }

  /** Journals the steps of one migration. Each write answers false where the deployment was cancelled. */
  steps(migration: JournalledMigration): StepJournal {
    const { mayShare, elapsedMs, unchanged } = migration;
    const { packets } = this.#rows.database;
    const { name } = migration.entry;
    let hasRow = migration.isBegun;
    const write = async (done: number, before: Mark | null, durationMs: number | null): Promise<boolean> => {
      const isWritten = hasRow
        ? await this.#rows.writeStep(name, progress(done, before, durationMs, unchanged), this.#mayGoOn())
        : await this.#insert(migration, done, before, durationMs);
      hasRow ||= isWritten;
      return isWritten;
    };
    const duration = (): number => Math.round(elapsedMs());
    return {
      note: async (event) => {
        const { done } = event;
        switch (event.kind) {
          case 'begins':
            return (await this.commit()) && write(done, event.mark, null);
          case 'done':
            return (await this.commit()) && write(done, null, null);
          case 'finished':
            if (!event.isShown) return (await this.commit()) && write(done, null, duration());
            this.#owed = { name, durationMs: duration() };
            return true;
          case 'stands':
            // Without a row, what was to be its first step did nothing, or was rolled back with it.
            if (hasRow) await this.#rows.update(name, progress(done, null, null, unchanged));
            return true;
          default:
            return event satisfies never;
        }
      },
      transaction: {
        begin: () => this.#begin(),
        end: async ({ kind, done }) => {
          const durationMs = kind === 'finished' ? duration() : null;
          const mayWait = mayShare && durationMs !== null && !hasRow;
          if (mayWait && this.#leaveOpen(newRow(migration, done, null, durationMs, packets))) return true;
          return this.#end(await write(done, null, durationMs));
        },
        rollBack: () => this.#rollBack(),
      },
    };
  }

  /**
   * What begins migrations of one step each, to be sent with these steps, each before its own: it ends the migration before, too.
   * Nothing may be run after one that is refused. Of the first migrations, up to one whose script is written in parts. {@link began}
   * is to be told how far they came.
   *
   * @param until - on the server's clock, in UTC: later, the marks do not hold any more
   */
  async beginningsOf(
    links: readonly (readonly [JournalledMigration, Mark])[],
    until: string,
  ): Promise<readonly string[]> {
    const firstId = await this.#nextId();
    let owed = this.#owed;
    const rows = links.map(([migration, mark]) => newRow(migration, 0, mark, null, this.#rows.database.packets));
    const inParts = rows.findIndex(({ rest }) => rest.length > 0);
    return (inParts < 0 ? rows : rows.slice(0, inParts)).map((row, index) => {
      const insert = this.#insertOf([row], firstId + index, owed, until);
      owed = { name: row.name, durationMs: null };
      return insert;
    });
  }

  /**
   * Told of the migrations that have begun so. All but the last are done.
   *
   * @param lastMs - milliseconds that the last one took; null where its step was not carried out
   */
  began(begun: readonly { readonly name: string; readonly written: Written }[], lastMs: number | null): void {
    for (const [index, { written }] of begun.entries()) expectRows(written, 1, index > 0 || this.#owed !== null);
    const last = begun.at(-1);
    if (last === undefined) return;
    this.#owed = lastMs === null ? null : { name: last.name, durationMs: lastMs };
    this.#newestId = (this.#newestId ?? 0) + begun.length;
  }

  /** Commits what was left open for the next migration. False where the deployment was cancelled: then it is rolled back. */
  async commit(): Promise<boolean> {
    if (this.#open === null) return true;
    return this.#end(await this.#insertRows([]));
  }

  /** Writes what is owed. False where the deployment was cancelled. Call it before anything else reads the journal. */
  async flush(): Promise<boolean> {
    const isCommitted = await this.commit();
    const owed = this.#owed;
    if (owed === null) return isCommitted;
    this.#owed = null;
    const mayGoOn = await this.#rows.writeStep(owed.name, finished(owed), this.#mayGoOn());
    // It is done all the same.
    if (!mayGoOn) await this.#rows.update(owed.name, finished(owed));
    return mayGoOn;
  }

  /** The migrations that were done and are rolled back since the last call, with another one or because of a cancellation. */
  takeRolledBack(): readonly string[] {
    const names = this.#rolledBack;
    this.#rolledBack = [];
    return names;
  }

  async #begin(): Promise<void> {
    if (this.#open !== null) return;
    await this.#rows.database.write('START TRANSACTION');
    this.#open = { since: this.#clock.now(), rows: [] };
  }

  /** Keeps the row of a migration that is done, for the transaction's end. False where that is to come now. */
  #leaveOpen(row: NewRow): boolean {
    const open = this.#open;
    if (!this.#mayShare || open === null || this.#clock.now() - open.since > SHARED_MS) return false;
    const bytes = open.rows.reduce((sum, { values }) => sum + values.length, row.values.length);
    const limit = Math.min(SHARED_BYTES, partBytes(this.#rows.database.packets));
    if (bytes > limit || row.rest.length > 0) return false;
    open.rows.push(row);
    return true;
  }

  async #end(isJournalled: boolean): Promise<boolean> {
    if (!isJournalled) await this.#rollBack();
    else await this.#rows.database.write(COMMIT);
    this.#open = null;
    return isJournalled;
  }

  async #rollBack(): Promise<boolean> {
    const lost = this.#open?.rows ?? [];
    this.#open = null;
    await this.#rows.database.write(ROLLBACK);
    this.#newestId = null;
    this.#rolledBack.push(...lost.map(({ name }) => name));
    this.#mayShare &&= lost.length === 0;
    return lost.length > 0;
  }

  /** Writes a migration's row, with all that is needed to revert it. */
  async #insert(
    migration: JournalledMigration,
    done: number,
    before: Mark | null,
    durationMs: number | null,
  ): Promise<boolean> {
    const row = newRow(migration, done, before, durationMs, this.#rows.database.packets);
    if (!(await this.#insertRows([row]))) return false;
    const { name, rest } = row;
    for (const part of rest) await this.#rows.update(name, sql`script = CONCAT(script, ${part})`);
    if (rest.length === 0 || before === null) return true;
    return this.#rows.writeStep(name, progress(done, before, null, migration.unchanged), this.#mayGoOn());
  }

  /** New rows, those that wait for the transaction's end before them, and the end of the migration before all of these. */
  async #insertRows(newest: readonly NewRow[]): Promise<boolean> {
    const rows = [...(this.#open?.rows ?? []), ...newest];
    if (rows.length === 0) return true;
    const owed = this.#owed;
    const firstId = await this.#nextId();
    try {
      const written = await this.#rows.database.write(this.#insertOf(rows, firstId, owed));
      expectRows(written, rows.length, owed !== null);
    } catch (error) {
      if (error instanceof ServerError && error.errno === ER_DATA_OUT_OF_RANGE) return this.#rows.requireLock();
      throw error;
    }
    this.#owed = null;
    this.#newestId = firstId + rows.length - 1;
    return true;
  }

  /**
   * New rows and the end of the migration before them in one statement, which is one commit and one round trip. It is refused
   * where they may not be written.
   *
   * As VALUES, and the condition as a value, which is faster than a SELECT with the condition in its WHERE: two rows of that
   * go through a temporary table first.
   */
  #insertOf(rows: readonly NewRow[], firstId: number, owed: Owed | null, until: string | null = null): string {
    // An id plus ~0 is more than a BIGINT, which is an error whatever the sql_mode is: then nothing is written.
    const isInTime = fragment(until === null ? 'TRUE' : sql`UTC_TIMESTAMP(3) < CAST(${until} AS DATETIME(3))`);
    const guard = fragment(sql`IF(${isInTime} AND ${this.#mayInsert()}, CAST(0 AS UNSIGNED), ~0)`);
    const values = rows.map(({ name, values }, index) => {
      const id = fragment(index === 0 ? sql`${firstId} + ${guard}` : String(firstId + index));
      return sql`(${id}, ${name}, ${fragment(values)}, ${this.#deployment}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`;
    });
    const columns =
      'id, name, checksum, state, stepsDone, stepsTotal, unchanged, irreversible, contracts, `before`, durationMs, script';
    const insert = sql`INSERT INTO ${migrationTable(this.#rows.database)} (${fragment(columns)}, deployment, createdAt, updatedAt)
      VALUES ${fragment(values.join(', '))}`;
    return insert + (owed === null ? '' : this.#endOf(owed));
  }

  /** What makes an INSERT end a migration whose row is there too. */
  #endOf(owed: Owed): string {
    const { name } = owed;
    const isIt = fragment(sql`${migrationTable(this.#rows.database)}.name = ${name}`);
    // Of these values only the name counts. A row that is there already, and is another one, is an error, as above.
    return sql`, (0, ${name}, NULL, ${'applied'}, 0, 0, 0, 0, 0, NULL, NULL, NULL, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
      ON DUPLICATE KEY UPDATE state = IF(${isIt}, 'applied', state), stepsDone = IF(${isIt}, stepsTotal, ~0 + stepsTotal + 1),
        \`before\` = IF(${isIt}, NULL, \`before\`), durationMs = IF(${isIt}, ${durationOf(owed)}, durationMs),
        updatedAt = UTC_TIMESTAMP(3)`;
  }

  /** Read as it is now, and not as it was when the transaction of a step began. */
  #mayInsert(): Fragment {
    const deployment = fragment(
      sql`SELECT 1 FROM ${deploymentTable(this.#rows.database)} WHERE id = ${this.#deployment} AND cancelled = 0 LOCK IN SHARE MODE`,
    );
    return fragment(sql`EXISTS (${deployment}) AND ${this.#rows.lockIsOurs()}`);
  }

  async #nextId(): Promise<number> {
    const { database } = this.#rows;
    if (this.#newestId === null) {
      const [row] = await database.query(sql`SELECT MAX(id) AS id FROM ${migrationTable(database)}`);
      this.#newestId = Number(row?.['id'] ?? 0);
    }
    return this.#newestId + 1;
  }

  #mayGoOn(): Fragment {
    return fragment(
      sql`NOT EXISTS (SELECT 1 FROM ${deploymentTable(this.#rows.database)} WHERE id = ${this.#deployment} AND cancelled <> 0)`,
    );
  }
}

/** A row that was inserted counts once, and one that was updated twice. */
function expectRows({ found }: Written, inserted: number, isOneEnded: boolean): void {
  if (isOneEnded && found !== inserted + 2)
    throw new Error('the row of a migration that was applied is gone, or that of a later one is there already');
}
