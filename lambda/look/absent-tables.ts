import type { Clock, Database, Row } from '../ports';
import type { Step } from '../sql/step';
import { fragment, sql } from '../sql-text';
import { absentFingerprint } from './step-fingerprint';

/** So many tables are asked for at once, and so many steps looked through for them. */
const TABLES = 64;
const STEPS = 256;

/** After so many milliseconds it is asked again: others may make tables too. */
const FRESH_MS = 500;

/**
 * Tells of tables that steps are about to make that they are not there yet, of many with one look. A migration that makes a table
 * then costs two round trips, its journal entry and itself; looking before each of them is a third.
 *
 * The steps themselves make no other tables meanwhile, as long as they only make tables and change rows: at any other step, and
 * where the session is put back into its state, all is forgotten.
 */
export class AbsentTables {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #absent = new Set<string>();
  #askedAt = 0;
  #upcoming: () => Iterable<Step> = () => [];

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** What will be run, in its order; read only as far as it is needed. */
  expect(upcoming: () => Iterable<Step>): void {
    this.#upcoming = upcoming;
  }

  /** As `stepFingerprint`, for a step that makes a table which is known not to be there; null for any other. */
  async fingerprintOf(step: Step): Promise<string | null> {
    const table = tableMadeBy(step);
    if (table === undefined) return null;
    if (this.#clock.now() - this.#askedAt > FRESH_MS) this.forget();
    if (!this.#absent.has(keyOf(table))) await this.#ask(step);
    return this.#absent.has(keyOf(table)) ? absentFingerprint(step.effects ?? []) : null;
  }

  /** Notes that a step was run, or that it was tried. */
  note(step: Step): void {
    const table = tableMadeBy(step);
    if (table !== undefined) this.#absent.delete(keyOf(table));
    else if (step.nature !== 'dml') this.forget();
  }

  /** Forgets all: something was run of which nothing is known. */
  forget(): void {
    this.#absent.clear();
  }

  async #ask(step: Step): Promise<void> {
    const tables = tablesFrom(step, this.#upcoming());
    // One look at one table is what it would be anyway.
    if (tables.length < 2) return;
    const there = thereAmong(await this.#database.query(tablesNamed(tables)));
    this.forget();
    for (const table of tables) if (!there.has(keyOf(table))) this.#absent.add(keyOf(table));
    this.#askedAt = this.#clock.now();
  }
}

/** Asks which of these names the session's database has a table of. */
export function tablesNamed(names: readonly string[]): string {
  const list = fragment(names.map((name) => sql`${name}`).join(', '));
  // With a LIMIT, so that a migration's sql_select_limit does not cut it: what is cut would count as absent.
  return sql`SELECT TABLE_NAME AS name FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${list}) LIMIT ${names.length * 2}`;
}

/** The answer's names in small letters: where they are two tables, each is looked at by itself. */
export function thereAmong(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(rows.map(({ name }) => keyOf(String(name))));
}

/** The tables that a step, and those after it, make, up to the first step that does anything but that and change rows. */
function tablesFrom(step: Step, upcoming: Iterable<Step>): readonly string[] {
  const tables: string[] = [];
  let isReached = false;
  let steps = 0;
  for (const next of upcoming) {
    isReached ||= next === step;
    if (!isReached) continue;
    steps += 1;
    const table = tableMadeBy(next);
    if (table === undefined && next.nature !== 'dml') break;
    if (table !== undefined) tables.push(table);
    if (tables.length === TABLES || steps === STEPS) break;
  }
  return tables;
}

/** The table of the session's database that a step makes, and fails if it is there. */
export function tableMadeBy({ nature, effects = [] }: Step): string | undefined {
  const [effect] = effects;
  if (nature !== 'visible' || effects.length !== 1 || effect?.action !== 'create') return undefined;
  const { kind, schema, name } = effect.object;
  // Of other letters a server may make small ones in its own way.
  return kind === 'table' && schema === undefined && /^[ -~]+$/.test(name) ? name : undefined;
}

function keyOf(table: string): string {
  return table.toLowerCase();
}
