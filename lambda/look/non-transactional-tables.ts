import { segmentsOf, type Segment, type StepToRun } from '../sql/segments';
import type { Step } from '../sql/step';
import type { StepNature } from '../sql/step-nature';
import { hasWholeName } from '../schema/whole-name';
import type { Database, Row } from '../ports';
import { ALL, OF_SERVER } from './schema-listing';

/**
 * Tables whose engine knows no transactions, such as MyISAM, MEMORY and Aria. What DML does to them is there at once and
 * no rollback takes it away, so a step on one of them cannot be one with its journal entry; nor can one on a view, a table
 * with a trigger, or a function that leads to one.
 */
export class NonTransactionalTables {
  readonly #database: Database;
  /** With what leads to them. */
  #tables: readonly Named[] | undefined;
  /** Where names without a schema may be: in the migrated database, and in those that a migration has used. */
  #used: string;

  constructor(database: Database) {
    this.#database = database;
    this.#used = database.name.toLowerCase();
  }

  /**
   * The nature of a step that is about to run. DML that may concern one is blind: its text has the name somewhere, and
   * the schema's, unless that was used.
   */
  async natureOf({ nature, text: asWritten }: Step): Promise<StepNature> {
    if (nature !== 'dml') return nature;
    this.#tables ??= await this.#read();
    if (this.#tables.length === 0) return nature;
    const text = asWritten.toLowerCase();
    const mayBeIn = `${this.#used}\n${text}`;
    const isNamed = this.#tables.some(({ schema, name }) => hasWholeName(text, name) && hasWholeName(mayBeIn, schema));
    return isNamed ? 'blind' : nature;
  }

  /** Cuts DML that is about to run once more, where some of it may concern one. */
  async cut(steps: readonly StepToRun[]): Promise<readonly Segment[]> {
    const blind = new Set<StepToRun>();
    for (const run of steps) {
      if ((await this.natureOf(run.step)) === 'blind') blind.add(run);
      // What follows a USE names other tables.
      else this.note(run.step);
    }
    return segmentsOf(steps, (run) => blind.has(run));
  }

  /** Told of each step: it may make one. */
  note(step: Step): void {
    if (step.nature === 'dml') return;
    if (step.shows('mayUse')) this.#used += `\n${step.text.toLowerCase()}`;
    if ((this.#tables ?? []).length > 0 || step.shows('maySetEngine')) this.#tables = undefined;
  }

  async #read(): Promise<readonly Named[]> {
    const tables = (await this.#database.query(NON_TRANSACTIONAL)).map(named);
    if (tables.length === 0) return tables;
    const others = (await this.#database.query(OTHERS)).map((row) => ({ ...named(row), text: row['text'] ?? null }));
    return [...tables, ...leadingTo(tables, others)];
  }
}

/** Names in small letters: a statement may write them in others. */
export interface Named {
  readonly schema: string;
  readonly name: string;
}

/** A view, the table of a trigger or one that a foreign key leads to, or a routine. `text`: what it runs; null where not shown. */
interface Other extends Named {
  readonly text: Row[string];
}

export function named(row: Row): Named {
  return { schema: String(row['db']).toLowerCase(), name: String(row['name']).toLowerCase() };
}

/** Those whose text names one of the tables, or one that leads to them. */
function leadingTo(tables: readonly Named[], others: readonly Other[]): readonly Named[] {
  const found: Other[] = [];
  // What is found is looked for in turn.
  const look = ({ schema, name }: Named): void => {
    for (const other of others) {
      if (found.includes(other)) continue;
      // Where it is not shown, it is NULL, and of a view empty.
      const text = String(other.text ?? '').toLowerCase();
      const leads =
        text === '' || (hasWholeName(text, name) && (other.schema === schema || hasWholeName(text, schema)));
      if (leads) found.push(other);
    }
  };
  tables.forEach(look);
  for (const other of found) look(other);
  return found;
}

const NON_TRANSACTIONAL = `SELECT t.TABLE_SCHEMA AS db, t.TABLE_NAME AS name FROM information_schema.TABLES t
    JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE AND e.TRANSACTIONS = 'NO'
  WHERE t.TABLE_TYPE = 'BASE TABLE' AND t.TABLE_SCHEMA NOT IN ${OF_SERVER} ${ALL}`;

const PROGRAMS = `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name, VIEW_DEFINITION AS text FROM information_schema.VIEWS
    WHERE TABLE_SCHEMA NOT IN ${OF_SERVER}
  UNION ALL SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM information_schema.TRIGGERS
    WHERE EVENT_OBJECT_SCHEMA NOT IN ${OF_SERVER}
  UNION ALL SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES
    WHERE ROUTINE_SCHEMA NOT IN ${OF_SERVER}`;

/** With the table whose rows follow. */
const CASCADES = `UNION ALL SELECT UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, CONCAT(CONSTRAINT_SCHEMA, '.', TABLE_NAME)
    FROM information_schema.REFERENTIAL_CONSTRAINTS
    WHERE 'CASCADE' IN (DELETE_RULE, UPDATE_RULE) OR 'SET NULL' IN (DELETE_RULE, UPDATE_RULE)`;

/** Since MySQL 9.7 what a foreign key does to the rows of its own table may fire their triggers (enable_cascade_triggers). */
const OTHERS = `${PROGRAMS} /*!90700 ${CASCADES} */ ${ALL}`;

/**
 * Reads what in the server's other databases may have a statement write rows that it does not name: functions, views, tables
 * with a trigger, and tables whose rows are followed by those of others. A foreign key may also lead there from this one.
 */
export async function leadingElsewhere(database: Database): Promise<readonly Named[]> {
  const rows = await database.query(`${PROGRAMS} ${CASCADES} ${ALL}`);
  // Only of a foreign key the text is a name. What the user may not see is NULL, and of a view empty: it may lead anywhere.
  const leadsAway = (text: string): boolean => /^\S*$/.test(text) && !text.startsWith(`${database.name}.`);
  return rows.filter(({ db, text }) => db !== database.name || leadsAway(String(text))).map(named);
}
