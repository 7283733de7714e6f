import { compress, uncompress } from './row-values';
import { ForwardJournal } from './forward/forward-journal';
import { progressOf, type HistoryRow } from '../plan/history';
import type { Clock, Database } from '../ports';
import { RowWriter } from './row-writer';
import { fragment, sql } from '../sql-text';
import { markIn, type StepEvent, type StepJournal } from './step-journal';
import { ownTransaction } from './own-transaction';

/**
 * The down statements that are run: their positions in the script's down, and whether the object of one may be missing. Positions
 * only: the text comes from the script, which is vouched for.
 */
export type ChosenDowns = readonly (readonly [position: number, mayBeMissing: boolean])[];

/** Reads and writes the table `migration`. Each write that a step depends on holds only while the lock is ours. */
export class MigrationJournal {
  readonly rows: RowWriter;

  constructor(database: Database) {
    this.rows = new RowWriter(database);
  }

  /** A migration's stored script as JSON text; null where it has none. */
  script(storedName: string): Promise<string | null> {
    return this.#text(storedName, 'script');
  }

  /**
   * Journals what a forward deployment applies.
   *
   * @param newestId - the highest one of the migrations that are there
   */
  forward(deployment: number, clock: Clock, newestId: number): ForwardJournal {
    return new ForwardJournal(this.rows, deployment, clock, newestId);
  }

  /** Journals the steps of a migration's down. */
  down(storedName: string): StepJournal {
    return this.#steps(storedName, 'downStepsDone', '');
  }

  /** Writes how many steps of a half-applied migration are done, once it is known what became of the one in doubt. */
  async resolveDoubt(row: HistoryRow, done: number): Promise<void> {
    const counter = fragment(progressOf(row).direction === 'up' ? 'stepsDone' : 'downStepsDone');
    await this.rows.update(row.storedName, sql`${counter} = ${done}, \`before\` = NULL`);
  }

  /** Writes that a migration's down begins, and which of its statements are to be run. */
  async beginRevert({ storedName, removedBy }: HistoryRow, downs: ChosenDowns): Promise<void> {
    await this.rows.writeStep(
      storedName,
      sql`state = 'reverting', downStepsDone = 0, \`before\` = NULL, downs = ${compress(JSON.stringify(downs))},
        removedBy = COALESCE(${removedBy}, removedBy)`,
    );
  }

  /** The down statements that were chosen when the revert began; null where none has begun. */
  async chosenDowns(storedName: string): Promise<ChosenDowns | null> {
    const stored = await this.#text(storedName, 'downs');
    return stored === null ? null : (JSON.parse(stored) as ChosenDowns);
  }

  async #text(storedName: string, column: 'script' | 'downs'): Promise<string | null> {
    const [row] = await this.rows.database.query(
      sql`SELECT ${fragment(column)} FROM ${this.rows.table} WHERE name = ${storedName}`,
    );
    return uncompress(row?.[column]);
  }

  /** Removes the row of a migration that was reverted, or removed by an earlier release. */
  async remove(storedName: string): Promise<void> {
    await this.rows.database.write(sql`DELETE FROM ${this.rows.table} WHERE name = ${storedName}`);
  }

  /** Writes that a migration was reverted. Where that is because a release lacks it (`removedBy`), its row is kept. */
  async reverted({ storedName, removedBy }: HistoryRow): Promise<void> {
    if (removedBy === null) return this.remove(storedName);
    await this.rows.update(
      storedName,
      sql`state = 'removed', stepsDone = 0, downStepsDone = 0, downs = NULL, \`before\` = NULL`,
    );
  }

  /** Writes that a migration is to be reverted once the release before has ended: the deployment's release lacks it. */
  async leave(storedName: string, deployment: number): Promise<void> {
    await this.rows.update(storedName, sql`removedBy = ${deployment}`);
  }

  /** Removes rows of what some deployments both applied and took away, once all of them are reverted: nothing wants it back. */
  async forgetRemoved(deployments: readonly number[]): Promise<void> {
    if (deployments.length === 0) return;
    const ids = fragment(deployments.join(', '));
    await this.rows.database.write(
      sql`DELETE FROM ${this.rows.table} WHERE state = 'removed' AND removedBy IN (${ids}) AND deployment IN (${ids})`,
    );
  }

  /** Writes that a removed migration is begun again. */
  async beginAgain(storedName: string): Promise<void> {
    await this.rows.writeStep(
      storedName,
      sql`state = 'applying', stepsDone = 0, unchanged = 0, downStepsDone = 0, downs = NULL, \`before\` = NULL`,
    );
  }

  /** Journals the steps of a removed migration that is applied again. */
  again(storedName: string): StepJournal {
    return this.#steps(storedName, 'stepsDone', ", state = 'applied', removedBy = NULL");
  }

  /** `finished`: what else is written with the last one, as SQL. */
  #steps(storedName: string, counter: 'stepsDone' | 'downStepsDone', finished: string): StepJournal {
    const note = async (event: StepEvent): Promise<boolean> => {
      const progress = sql`${fragment(counter)} = ${event.done}, \`before\` = ${markIn(event)}`;
      if (event.kind !== 'stands') {
        return this.rows.writeStep(storedName, progress + (event.kind === 'finished' ? finished : ''));
      }
      await this.rows.update(storedName, progress);
      return true;
    };
    return { note, transaction: ownTransaction(this.rows.database, note) };
  }

  /** Marks what a rollback could not revert. It stays irreversible: whoever takes it over did not make it. */
  async keep(storedName: string): Promise<void> {
    await this.rows.update(storedName, sql`state = 'kept', irreversible = 1`);
  }

  /** Makes a row of an earlier tool part of a release, or a kept one, which then belongs to that release's deployment. */
  async adopt(storedName: string, checksum: string, deployment: number): Promise<void> {
    await this.rows.update(
      storedName,
      sql`deployment = IF(state = 'kept', ${deployment}, deployment), state = 'applied', checksum = ${checksum},
        removedBy = NULL`,
    );
  }
}
