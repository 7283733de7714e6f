import { setState } from './set-state';
import type { Database, Log } from '../ports';
import { isRefusal } from '../refusal';
import { fragment, identifier, sql, type Fragment } from '../sql-text';
import {
  ER_GLOBAL_VARIABLE,
  ER_INCORRECT_GLOBAL_LOCAL_VAR,
  ER_UNKNOWN_SYSTEM_VARIABLE,
} from '../words/server-error-numbers';

/**
 * The session's variables, its role and its database; and user variables, which another session would not have. A migration may
 * set any of them, directly or in a procedure that it calls, and what it leaves would change how the next one runs and what the
 * journal's own statements do: under sql_select_limit = 1 the history has one row, and after completion_type = 'CHAIN' nothing
 * is ever committed.
 *
 * They are put back one by one and not with COM_RESET_CONNECTION, which would free the lock.
 */
export class SessionSettings {
  readonly #database: Database;
  readonly #log: Log;
  readonly #takeVariables: () => readonly string[];
  #noted: { readonly variables: ReadonlyMap<string, string>; readonly role: string } | null = null;

  /** @param takeVariables - names of the user variables that may have been set since it was asked for */
  constructor(database: Database, log: Log, takeVariables: () => readonly string[] = () => []) {
    this.#database = database;
    this.#log = log;
    this.#takeVariables = takeVariables;
  }

  /** Notes what is set. Call it before the first statement that may change it; later calls do nothing. */
  async note(): Promise<void> {
    this.#noted ??= { variables: await this.#variables(), role: await this.#role() };
  }

  /** Does something, and puts back what it may have changed; where it gives a problem, not null, also an open transaction. */
  async around<Result>(mayChange: boolean, work: () => Promise<Result>): Promise<Result> {
    if (mayChange) await this.note();
    const result = await work();
    if (mayChange || result !== null) await this.restore();
    else await this.#unset(this.#takeVariables());
    return result;
  }

  /** Sets user variables to NULL. Of names of which the server takes one for none, half by half, so that all others are unset. */
  async #unset(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    try {
      await this.#database.write(`SET ${names.map((name) => `${name} = NULL`).join(', ')}`);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (names.length === 1) return;
      const half = names.length >> 1;
      await this.#unset(names.slice(0, half));
      await this.#unset(names.slice(half));
    }
  }

  /**
   * Puts the session into the state that it had after connecting, and what is the server's own back to what was noted.
   * Without a note nothing can have changed but an open transaction.
   */
  async restore(): Promise<void> {
    // First what would change the statements below. Without a transaction, ROLLBACK does nothing.
    await this.#database.write('ROLLBACK AND NO CHAIN NO RELEASE');
    await this.#unset(this.#takeVariables());
    if (this.#noted === null) return;
    const { refused } = await setState((statement) => this.#database.write(statement));
    if (refused !== null) throw refused.error;
    // By itself: a server may keep it for administrators.
    await this.#set('timestamp', fragment('DEFAULT'));
    await this.#database.write(sql`USE ${identifier(this.#database.name)}`);
    const { variables, role } = this.#noted;
    // The user may not have it any more.
    if ((await this.#role()) !== role) await this.#try('role', sql`SET ROLE ${fragment(role)}`);
    for (const [name, now] of await this.#variables()) {
      const before = variables.get(name);
      if (before !== undefined && before !== now && !CHANGING.test(name)) await this.#set(name, literalOf(before));
    }
  }

  #set(name: string, value: string | Fragment): Promise<void> {
    return this.#try(name, sql`SET SESSION ${fragment(name)} = ${value}`);
  }

  async #try(name: string, statement: string): Promise<void> {
    try {
      await this.#database.write(statement);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Somebody has changed a variable of the whole server.
      if (!NOT_OF_SESSION.has(error.errno))
        this.#log.warn(`a session variable stays as it is: ${name} (${error.code})`, { name, error: error.code });
    }
  }

  async #variables(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database.query('SHOW SESSION VARIABLES');
    return new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'] ?? '')]));
  }

  /** The role as SET ROLE takes it. MySQL gives it quoted, MariaDB bare. */
  async #role(): Promise<string> {
    const [row] = await this.#database.query('SELECT CURRENT_ROLE() AS role');
    const role = row?.['role'];
    if (typeof role !== 'string' || role === 'NONE') return 'NONE';
    return role.includes('`') ? role : identifier(role).text;
  }
}

function literalOf(value: string): string | Fragment {
  return /^-?\d+(\.\d+)?$/.test(value) ? fragment(value) : value;
}

/** Variables that change by themselves. */
const CHANGING =
  /^(timestamp|character_set_database|collation_database|last_insert_id|identity|insert_id|rand_seed\d|error_count|warning_count|pseudo_.*|gtid_.*|last_gtid|in_transaction|in_predicate.*|statement_id)$/;

/** A variable of the server, or one that nobody can set. */
const NOT_OF_SESSION = new Set([ER_UNKNOWN_SYSTEM_VARIABLE, ER_GLOBAL_VARIABLE, ER_INCORRECT_GLOBAL_LOCAL_VAR]);
