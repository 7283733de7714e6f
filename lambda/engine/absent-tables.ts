import type { DbObject } from '../plan/db-object';
import type { SchemaSnapshot } from '../plan/inventory';
import { effectsOf } from '../plan/objects';
import { natureOf } from '../plan/step-nature';
import { JOURNAL_TABLES } from './journal-tables';
import type { Clock, Database } from './ports';
import { sql } from './sql';

/**
 * Tables and views of which is known, without asking, that they are not there: they were not a moment ago, and no statement
 * since has named them. A release that creates many tables would otherwise ask the server about each.
 *
 * Only absence can be known like this. A definition may change by what is done to another object: a foreign key by the
 * renaming of its parent, a view by the dropping of its table. But nothing is created without being named.
 */
export class AbsentTables {
  readonly #database: Database;
  readonly #clock: Clock;
  /** Names that are there, or may be: in small letters, since the server may take them so. */
  #present: Set<string> | null = null;
  #readAt = 0;
  #uses = 0;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Told what is there now. */
  learn({ objects }: SchemaSnapshot): void {
    this.#set(objects.map(({ name }) => name));
  }

  /** Told of each statement that is run: it may make one. */
  note(statement: string): void {
    if (this.#present === null || natureOf(statement) === 'dml') return;
    const effects = effectsOf(statement) ?? [];
    // USE lets names mean other tables, a temporary table hides another, and CALL may do anything.
    if (effects.length === 0) this.#present = null;
    for (const effect of effects) {
      this.#add(effect.object);
      if (effect.action === 'rename') this.#add(effect.to);
    }
  }

  /** Whether it is known that an object is not there. */
  async has({ kind, schema, name }: DbObject): Promise<boolean> {
    const isMeant = (kind === 'table' || kind === 'view') && (schema ?? this.#database.name) === this.#database.name;
    if (!isMeant || !PLAIN.test(name) || !(await this.#isFresh())) return false;
    this.#uses += 1;
    return this.#present?.has(name.toLowerCase()) === false;
  }

  /** What was read long ago, somebody else may have changed. It is read again only where that is less than asking. */
  async #isFresh(): Promise<boolean> {
    if (this.#present === null || this.#clock.now() - this.#readAt < FRESH_MS) return this.#present !== null;
    this.#present = null;
    if (this.#uses < WORTH_READING) return false;
    const rows = await this.#database.query(
      sql`SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${this.#database.name}`,
    );
    this.#set(rows.map((row) => String(row['name'])));
    return true;
  }

  #set(names: readonly string[]): void {
    this.#present = new Set([...JOURNAL_TABLES, ...names.map((name) => name.toLowerCase())]);
    this.#readAt = this.#clock.now();
    this.#uses = 0;
  }

  #add({ name, table }: DbObject): void {
    this.#present?.add(name.toLowerCase());
    if (table !== undefined) this.#present?.add(table.toLowerCase());
  }
}

/** For so long nobody else is believed to have made a table. Milliseconds. */
const FRESH_MS = 1_000;

/** So many questions cost more than reading all names. */
const WORTH_READING = 50;

/** Of other names, servers and we might differ in what the small letters are. */
const PLAIN = /^[\w$]+$/;
