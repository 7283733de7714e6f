import type { Row } from '../ports';

/**
 * The state that every session of the function is put into right after connecting, and again after each migration that may
 * have left it. `docs/sessions.md` goes through the servers' variables and says why these are here and others are not.
 */
interface Setting {
  readonly name: string;
  /** As SQL has it, and but for the quotes as the server shows it. */
  readonly value: string;
  /**
   * What a comment begins with that only servers read which have the variable: MariaDB and not MySQL (`M!`), from a version
   * on; or MySQL and not MariaDB, which passes over versions from 50700 to 99999.
   */
  readonly on?: string;
}

const ON_MYSQL = '!50720';

const SETTINGS: readonly Setting[] = [
  { name: 'autocommit', value: '1' },
  { name: 'completion_type', value: "'NO_CHAIN'" },
  { name: 'transaction_isolation', value: "'REPEATABLE-READ'", on: ON_MYSQL },
  { name: 'transaction_read_only', value: '0', on: ON_MYSQL },
  { name: 'tx_isolation', value: "'REPEATABLE-READ'", on: 'M!' },
  { name: 'tx_read_only', value: '0', on: 'M!' },
  // In place of the two above, which are deprecated from there on.
  { name: 'transaction_isolation', value: "'REPEATABLE-READ'", on: 'M!110101' },
  { name: 'transaction_read_only', value: '0', on: 'M!110101' },
  // The largest there is; DEFAULT would be the server's own limit.
  { name: 'sql_select_limit', value: '18446744073709551615' },
  { name: 'sql_big_selects', value: '1' },
  { name: 'sql_safe_updates', value: '0' },
  { name: 'sql_auto_is_null', value: '0' },
  // With it, a row that another session has changed since our transaction began is an error. Since 10.6.18, 10.11.8, 11.4.2.
  { name: 'innodb_snapshot_isolation', value: '0', on: 'M!100618' },
  { name: 'sql_if_exists', value: '0', on: 'M!100502' },
  { name: 'foreign_key_checks', value: '1' },
  { name: 'unique_checks', value: '1' },
  { name: 'check_constraint_checks', value: '1', on: 'M!100201' },
  // What SHOW CREATE prints.
  { name: 'sql_quote_show_create', value: '1' },
  // MySQL prints it into views.
  { name: 'sql_buffer_result', value: '0' },
  { name: 'show_create_table_verbosity', value: '0', on: '!50722' },
  { name: 'show_gipk_in_create_table_and_information_schema', value: '1', on: '!80030' },
  // Seconds. A session whose process died is gone after a minute, even where its end was never told.
  { name: 'wait_timeout', value: '60' },
  // A statement of ours that waits for a table stops all others from using it, so it does not wait long.
  { name: 'lock_wait_timeout', value: '20' },
  { name: 'innodb_lock_wait_timeout', value: '50' },
  { name: 'net_read_timeout', value: '60' },
  { name: 'net_write_timeout', value: '60' },
  { name: 'max_execution_time', value: '0', on: ON_MYSQL },
  { name: 'max_statement_time', value: '0', on: 'M!100101' },
  { name: 'idle_transaction_timeout', value: '0', on: 'M!100300' },
  { name: 'idle_readonly_transaction_timeout', value: '0', on: 'M!100300' },
  { name: 'idle_write_transaction_timeout', value: '0', on: 'M!100300' },
];

/**
 * Modes that change how a statement is read, how a comparison reads what is stored, or what SHOW CREATE prints. Migrations
 * are split and reviewed where no server can be asked, so they are read alike everywhere; what else the server has in its
 * sql_mode, such as how strict it is, is its owner's choice and stays.
 */
const READING_MODES = [
  'ANSI_QUOTES',
  // After the one whose name it is a part of.
  'ANSI',
  'PIPES_AS_CONCAT',
  'IGNORE_SPACE',
  'NO_BACKSLASH_ESCAPES',
  'HIGH_NOT_PRECEDENCE',
  'PAD_CHAR_TO_FULL_LENGTH',
  'EMPTY_STRING_IS_NULL',
  'NO_TABLE_OPTIONS',
  'NO_FIELD_OPTIONS',
  'NO_KEY_OPTIONS',
  'ORACLE',
  'MSSQL',
  'DB2',
  'MAXDB',
  'POSTGRESQL',
  'MYSQL323',
  'MYSQL40',
];

/** Empty names between commas are none. Single quotes and no backslash: it is read under the mode that it ends. */
const MODE = READING_MODES.reduce((mode, name) => `REPLACE(${mode}, '${name}', ',')`, '@@SESSION.sql_mode');

const ITEMS = [{ name: 'sql_mode', value: MODE }, ...SETTINGS].map(({ name, value, on }: Setting) => ({
  name,
  text: guarded(`, SESSION ${name} = ${value}`, on),
}));

/** `NAMES` without a collation: the server's own for utf8mb4, as its new tables have it. */
const NAMES = 'SET NAMES utf8mb4';

/** Brings the state about, whatever the session's is: of a server that lacks some variables. */
export function stateWithout(lacking: readonly string[]): string {
  return NAMES + ITEMS.flatMap(({ name, text }) => (lacking.includes(name) ? [] : [text])).join('');
}

/** Does the same one by one. Each has what it would say, where the server has no such variable or forbids to set it. */
export const SINGLE_SETS = ITEMS.map(({ name, text }) => ({ name, statement: NAMES + text }));

/** Asks whether the state is so, and for what else is to be known of a session: of a server that lacks some variables. */
export function lookWithout(lacking: readonly string[]): string {
  const settings = SETTINGS.filter(({ name }) => !lacking.includes(name));
  return (
    'SELECT @@innodb_read_only OR @@read_only AS isReader, @@GLOBAL.sql_mode AS serverMode, ' +
    '@@character_set_client AS client, @@character_set_connection AS connection, @@character_set_results AS results, ' +
    '@@SESSION.sql_mode AS sql_mode' +
    settings.map(({ name, on }) => guarded(`, @@SESSION.${name} AS ${name}`, on)).join('') +
    guarded(', @@enforce_storage_engine AS enforced', 'M!100100')
  );
}

/** What {@link lookWithout} tells. */
export interface SessionLook {
  /** Why the session cannot be used, in words; null where it can. */
  readonly obstacle: string | null;
  /** Whether the server takes no writes. */
  readonly isReader: boolean;
  /** Modes of the server's sql_mode without which the session works. */
  readonly leftOut: readonly string[];
}

export function lookAt(row: Row): SessionLook {
  const serverModes = modesOf(row['serverMode']);
  return {
    obstacle: obstacleIn(row),
    isReader: Number(row['isReader']) !== 0,
    leftOut: READING_MODES.filter((mode) => serverModes.includes(mode)),
  };
}

function obstacleIn(row: Row): string | null {
  const names = ['client', 'connection', 'results'].map((name) => ({ name, expected: 'utf8mb4' }));
  const expected = SETTINGS.map(({ name, value }) => ({ name, expected: value.replaceAll("'", '') }));
  for (const { name, expected: value } of [...names, ...expected]) {
    const found = row[name];
    // Not of this server.
    if (found === undefined) continue;
    if (String(found) !== value && Number(found) !== Number(value)) return stayed(name, String(found), value);
  }
  const mode = modesOf(row['sql_mode']).find((name) => READING_MODES.includes(name));
  if (mode !== undefined) return stayed('sql_mode', String(row['sql_mode']), `one without ${mode}`);
  const enforced = row['enforced'];
  if (typeof enforced === 'string' && enforced.toLowerCase() !== 'innodb') {
    return `the server makes every table one of ${enforced} (enforce_storage_engine), and the journal has to be InnoDB's. Take that setting away`;
  }
  return null;
}

function stayed(name: string, found: string, expected: string): string {
  return (
    `the session variable ${name} is ${found} though it was set to ${expected}. ` +
    'Something between the function and the server keeps SET from it: give the address of the server itself'
  );
}

function modesOf(value: Row[string] | undefined): readonly string[] {
  return String(value ?? '').split(',');
}

function guarded(text: string, on: string | undefined): string {
  return on === undefined ? text : ` /*${on} ${text} */`;
}
