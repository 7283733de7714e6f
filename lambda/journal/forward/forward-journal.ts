import type { Mark } from '../../plan/mark';
import { BeginningStatements } from './beginning-statements';
import { deploymentTable } from '../journal-tables';
import { partBytes } from '../large-value';
import { finished, newRow, progress, tookMs, type JournalledMigration, type NewRow, type Owed } from './migration-row';
import { ServerError, type Clock, type Written } from '../../ports';
import type { StepEvent, StepJournal } from '../step-journal';
import type { RowWriter } from '../row-writer';
import { fragment, sql, type Fragment } from '../../sql-text';
import { COMMIT, ROLLBACK } from '../own-transaction';
import { ER_DATA_OUT_OF_RANGE } from '../../words/server-error-numbers';

/** A transaction that is open. */
interface Open {
  readonly since: number;
  /** Of migrations that are done in it, and not written yet. */
  readonly rows: NewRow[];
}

/** A step that is to begin. */
export interface Beginning {
  readonly migration: JournalledMigration;
  /** At 0, its migration begins with it. */
  readonly step: { readonly at: number };
  readonly mark: Mark;
  /** Whether its migration ends with it. */
  readonly isLast: boolean;
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
  readonly #statements: BeginningStatements;
  readonly #clock: Clock;
  #owed: Owed | null = null;
  #newestId: number | null;
  #open: Open | null = null;
  #rolledBack: string[] = [];
  /** Not after a deadlock: the smaller a transaction, the rarer they are. */
  #mayShare = true;

  constructor(rows: RowWriter, deployment: number, clock: Clock, newestId: number | null) {
    this.#rows = rows;
    this.#deployment = deployment;
    this.#statements = new BeginningStatements(rows, deployment);
    this.#clock = clock;
    this.#newestId = newestId;
  }

  /** Journals the steps of one migration. Each write answers false where the deployment was cancelled. */
  steps(migration: JournalledMigration): StepJournal {
    const { name } = migration.entry;
    let hasRow = migration.isBegun;
    const write = async (event: StepEvent): Promise<boolean> => {
      const isWritten = hasRow
        ? await this.#rows.writeStep(name, progress(migration, event), this.#mayGoOn())
        : await this.#insert(migration, event);
      hasRow ||= isWritten;
      return isWritten;
    };
    return {
      note: async (event) => {
        if (event.kind === 'stands') {
          // After the last step that counts, one that sets the session was refused: an irreversible migration is not done then.
          const isOpen = migration.entry.irreversible;
          if (isOpen && this.#owed?.name === name) this.#owed = null;
          // Without a row, what was to be its first step did nothing, or was rolled back with it.
          if (hasRow)
            await this.#rows.update(name, progress(migration, event) + (isOpen ? ", state = 'applying'" : ''));
        } else if (event.kind === 'finished' && event.isShown) {
          this.#owed = { name, durationMs: tookMs(migration) };
        } else {
          return (await this.commit()) && write(event);
        }
        return true;
      },
      transaction: {
        begin: () => this.#begin(),
        end: async (event) => {
          const mayWait = migration.mayShare && event.kind === 'finished' && !hasRow;
          if (mayWait && this.#leaveOpen(newRow(migration, event, this.#rows.database.packets))) return true;
          return this.#end(await write(event));
        },
        rollBack: () => this.#rollBack(),
      },
    };
  }

  /**
   * One statement for each step, to be sent just before it. A migration's first also ends the migration before. If one is
   * refused, the server runs nothing after it. Gives as many as it can: none from a script on that is written in parts.
   * {@link began} is to be told how far they came.
   *
   * @param until - on the server's clock, in UTC: later, the marks do not hold any more
   */
  async beginningsOf(links: readonly Beginning[], until: string): Promise<readonly string[]> {
    const statements: string[] = [];
    let id = await this.#nextId();
    let owed = this.#owed;
    for (const { migration, step, mark, isLast } of links) {
      const { name } = migration.entry;
      const event: StepEvent = { kind: 'begins', done: step.at, mark };
      if (step.at > 0) {
        statements.push(this.#statements.progress(migration, event, until));
      } else {
        const row = newRow(migration, event, this.#rows.database.packets);
        if (row.rest.length > 0) break;
        statements.push(this.#statements.insert([row], id, owed, until));
        id += 1;
      }
      owed = isLast ? { name, durationMs: null } : null;
    }
    return statements;
  }

  /**
   * Told of the steps that have begun so. All but the last are done.
   *
   * @param written - the server's answers, of the first steps
   * @param lastMs - milliseconds that the last one took; null where it was not carried out
   */
  began(links: readonly Omit<Beginning, 'mark'>[], written: readonly Written[], lastMs: number | null): void {
    for (const [index, { found }] of written.entries()) {
      const link = links[index];
      if (link === undefined) break;
      const isInsert = link.step.at === 0;
      expectRows(found, 1, isInsert && this.#owed !== null);
      if (isInsert) this.#newestId = (this.#newestId ?? 0) + 1;
      const isDone = index < written.length - 1 || lastMs !== null;
      // One of several steps began earlier than its last one.
      const durationMs = isInsert ? lastMs : null;
      this.#owed = link.isLast && isDone ? { name: link.migration.entry.name, durationMs } : null;
    }
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
  async #insert(migration: JournalledMigration, event: StepEvent): Promise<boolean> {
    const row = newRow(migration, event, this.#rows.database.packets);
    if (!(await this.#insertRows([row]))) return false;
    const { name, rest } = row;
    for (const part of rest) await this.#rows.update(name, sql`script = CONCAT(script, ${part})`);
    if (rest.length === 0 || event.kind !== 'begins') return true;
    return this.#rows.writeStep(name, progress(migration, event), this.#mayGoOn());
  }

  /** New rows, those that wait for the transaction's end before them, and the end of the migration before all of these. */
  async #insertRows(newest: readonly NewRow[]): Promise<boolean> {
    const rows = [...(this.#open?.rows ?? []), ...newest];
    if (rows.length === 0) return true;
    const owed = this.#owed;
    const firstId = await this.#nextId();
    try {
      const written = await this.#rows.database.write(this.#statements.insert(rows, firstId, owed));
      expectRows(written.found, rows.length, owed !== null);
    } catch (error) {
      if (error instanceof ServerError && error.errno === ER_DATA_OUT_OF_RANGE) return this.#rows.requireLock();
      throw error;
    }
    this.#owed = null;
    this.#newestId = firstId + rows.length - 1;
    return true;
  }

  async #nextId(): Promise<number> {
    if (this.#newestId === null) {
      const { database, table } = this.#rows;
      const [row] = await database.query(sql`SELECT MAX(id) AS id FROM ${table}`);
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

/** A row that was inserted counts once, and one that was updated with it twice. */
function expectRows(found: number, written: number, isOneEnded: boolean): void {
  if (found !== written + (isOneEnded ? 2 : 0))
    throw new Error('a row of the journal is gone, or that of a later migration is there already');
}
