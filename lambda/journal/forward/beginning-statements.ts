import { fragment, sql, type Fragment } from '../../sql-text';
import { deploymentTable } from '../journal-tables';
import { durationOf, progress, type JournalledMigration, type NewRow, type Owed } from './migration-row';
import type { RowWriter } from '../row-writer';
import type { StepEvent } from '../step-journal';

/** Statements that begin migrations of one deployment and their steps. They fail where nothing may begin. */
export class BeginningStatements {
  readonly #rows: RowWriter;
  readonly #deployment: number;

  constructor(rows: RowWriter, deployment: number) {
    this.#rows = rows;
    this.#deployment = deployment;
  }

  /**
   * New rows and the end of the migration before them in one statement, which is one commit and one round trip. It is refused
   * where they may not be written.
   *
   * As VALUES, and the condition as a value, which is faster than a SELECT with the condition in its WHERE: two rows of that
   * go through a temporary table first.
   */
  insert(rows: readonly NewRow[], firstId: number, owed: Owed | null, until: string | null = null): string {
    const values = rows.map(({ name, values }, index) => {
      const id = fragment(index === 0 ? sql`${firstId} + ${this.#guard(until)}` : String(firstId + index));
      return sql`(${id}, ${name}, ${fragment(values)}, ${this.#deployment}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`;
    });
    const columns =
      'id, name, checksum, state, stepsDone, stepsTotal, unchanged, irreversible, contracts, `before`, durationMs, stepLines, script';
    const insert = sql`INSERT INTO ${this.#rows.table} (${fragment(columns)}, deployment, createdAt, updatedAt)
      VALUES ${fragment(values.join(', '))}`;
    return insert + (owed === null ? '' : this.#endOf(owed));
  }

  /** A further step of a migration whose row is there; refused as an INSERT is. */
  progress(migration: JournalledMigration, event: StepEvent, until: string): string {
    const { name } = migration.entry;
    return (
      sql`UPDATE ${this.#rows.table} SET deployment = deployment + ${this.#guard(until)}, ` +
      progress(migration, event) +
      sql`, updatedAt = UTC_TIMESTAMP(3) WHERE name = ${name}`
    );
  }

  /**
   * Adds 0 where the row may be written, before that time, and ~0 otherwise: no id can be so large, so that the server refuses
   * the whole statement, whatever the sql_mode is.
   */
  #guard(until: string | null): Fragment {
    const isInTime = fragment(until === null ? 'TRUE' : sql`UTC_TIMESTAMP(3) < CAST(${until} AS DATETIME(3))`);
    return fragment(sql`IF(${isInTime} AND ${this.#mayInsert()}, CAST(0 AS UNSIGNED), ~0)`);
  }

  /** What makes an INSERT end a migration whose row is there too. */
  #endOf(owed: Owed): string {
    const { name } = owed;
    const isIt = fragment(sql`${this.#rows.table}.name = ${name}`);
    // Of these values only the name counts. A row that is there already, and is another one, is an error, as above.
    return sql`, (0, ${name}, NULL, ${'applied'}, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
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
}
