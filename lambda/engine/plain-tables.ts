import type { StepNature } from '../plan/step-nature';
import { natureOf } from '../plan/step-nature';
import type { Database } from './ports';

/**
 * Tables whose engine knows no transactions, such as MyISAM, MEMORY and Aria. What DML does to them is there at once and
 * no rollback takes it away, so a step on one of them cannot be one with its journal entry.
 */
export class PlainTables {
  readonly #database: Database;
  #names: readonly string[] | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The nature of a statement that is about to run. DML that may concern one is blind: its text has the name somewhere. */
  async natureOf(statement: string): Promise<StepNature> {
    const nature = natureOf(statement);
    if (nature !== 'dml') return nature;
    this.#names ??= await this.#read();
    const text = statement.toLowerCase();
    return this.#names.some((name) => text.includes(name)) ? 'blind' : nature;
  }

  /** Told of each statement: it may make one. */
  note(statement: string): void {
    const mayMakeOne = (this.#names ?? []).length > 0 || ENGINE.test(statement);
    if (mayMakeOne && natureOf(statement) !== 'dml') this.#names = undefined;
  }

  async #read(): Promise<readonly string[]> {
    const rows = await this.#database.query(
      `SELECT LOWER(t.TABLE_NAME) AS name FROM information_schema.TABLES t
         JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE AND e.TRANSACTIONS = 'NO'
       WHERE t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`,
    );
    return rows.map((row) => String(row['name']));
  }
}

/** Sets an engine, of a table or as the default for those to come; or runs what nobody has read. */
const ENGINE = /ENGINE(?!\s*=?\s*InnoDB\b)|\bCALL\b|\bEXECUTE\b/i;
