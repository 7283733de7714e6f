import type { StepNature } from '../plan/step-nature';
import { natureOf } from '../plan/step-nature';
import type { Database } from './ports';

/**
 * Tables whose engine knows no transactions, such as MyISAM, MEMORY and Aria. What DML does to them is there at once and
 * no rollback takes it away, so a step on one of them cannot be one with its journal entry.
 */
export class PlainTables {
  readonly #database: Database;
  #tables: readonly PlainTable[] | undefined;
  /** Where names without a schema may be: in the migrated database, and in those that a migration has used. */
  #used: string;

  constructor(database: Database) {
    this.#database = database;
    this.#used = database.name.toLowerCase();
  }

  /**
   * The nature of a statement that is about to run. DML that may concern one is blind: its text has the name somewhere, and
   * the schema's, unless that was used.
   */
  async natureOf(statement: string): Promise<StepNature> {
    const nature = natureOf(statement);
    if (nature !== 'dml') return nature;
    this.#tables ??= await this.#read();
    if (this.#tables.length === 0) return nature;
    const text = statement.toLowerCase();
    const mayBeIn = this.#used + text;
    const isNamed = this.#tables.some(({ schema, name }) => text.includes(name) && mayBeIn.includes(schema));
    return isNamed ? 'blind' : nature;
  }

  /** Whether there are none: a view or a trigger may lead to one that the text of a statement does not name. */
  async areNone(): Promise<boolean> {
    this.#tables ??= await this.#read();
    return this.#tables.length === 0;
  }

  /** Told of each statement: it may make one. */
  note(statement: string): void {
    if (natureOf(statement) === 'dml') return;
    if (USE.test(statement)) this.#used += statement.toLowerCase();
    if ((this.#tables ?? []).length > 0 || ENGINE.test(statement)) this.#tables = undefined;
  }

  async #read(): Promise<readonly PlainTable[]> {
    const rows = await this.#database.query(
      `SELECT LOWER(t.TABLE_SCHEMA) AS db, LOWER(t.TABLE_NAME) AS name FROM information_schema.TABLES t
         JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE AND e.TRANSACTIONS = 'NO'
       WHERE t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`,
    );
    return rows.map((row) => ({ schema: String(row['db']), name: String(row['name']) }));
  }
}

interface PlainTable {
  readonly schema: string;
  readonly name: string;
}

const USE = /\bUSE\b/i;

/** Sets an engine, of a table or as the default for those to come; or runs what nobody has read. */
const ENGINE = /ENGINE(?!\s*=?\s*InnoDB\b)|\bCALL\b|\bEXECUTE\b/i;
