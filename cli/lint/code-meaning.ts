import { WARNING_CODES, type WarningCode } from '../../lib/review/warning-codes';

/** What each warning says, in a line: titles where a finding's own message is too long. */
const WARNINGS: Readonly<Record<WarningCode, string>> = {
  'blind-statement': 'nothing in the schema shows whether the statement ran',
  'ddl-with-dml': 'one migration changes the schema and rows',
  'destructive-statement': 'rows are dropped that no down restores',
  'down-in-one': 'one statement of the down reverts several of the up',
  'down-incomplete': 'the down does not revert all of the up',
  'foreign-module': 'a module of another tool',
  'foreign-syntax': 'SQL of another database',
  'irreversible-migration': 'it is declared irreversible',
  'irreversible-statement': 'rows are changed that the down does not restore',
  'journal-touched': 'it touches the tables of the journal',
  'named-definer': 'an account is named that may not be there',
  'name-order': 'it runs after a migration with a larger number',
  'nested-migrations': 'a subdirectory holds migrations that are not read',
  'number-twice': 'two migrations have one number',
  'other-database': 'it works in another database than the migrated one',
  'phase-order': 'it stands after a migration of the phase contract',
  'table-copy': 'the server copies the table, and writes wait',
  'table-lock': 'writes to the table wait',
  'table-lock-skipped': 'a lock of a dump is left out',
  'table-rebuild': 'all rows of the table are written anew',
  'unreviewed-statement': 'the review cannot read the statement',
};

/** What comparing with a release says, under the codes that the function has for it. */
const RELEASED = {
  'checksum-changed': 'a released migration was edited',
  'out-of-order': 'a new migration sorts before a released one',
  'removed-migration': 'a released migration is gone',
} as const;

/** What keeps migrations from being read. */
const ERRORS: Readonly<Record<string, string>> = {
  'bad-name': 'the name is not a migration’s',
  'client-command': 'a command of the mysql client',
  'directory-empty': 'there is no migration',
  'down-empty': 'the down has no statement',
  'down-missing': 'there is no down',
  'duplicate-name': 'two files are one migration',
  'esbuild-missing': 'esbuild is not installed',
  'flyway-file': 'a file of Flyway that is no versioned migration',
  'flyway-names': 'the names are Flyway’s',
  'flyway-placeholder': 'a placeholder of Flyway',
  'flyway-repeatable': 'a repeatable migration of Flyway',
  'folder-each': 'each migration has a subdirectory',
  'invalid-utf8': 'a byte is not UTF-8',
  'irreversible-with-down': 'it is declared irreversible and has a down',
  'local-file': 'a file of the client is read',
  'module-not-bundled': 'the module cannot be bundled',
  'module-not-loaded': 'the module cannot be loaded',
  'phase-unknown': 'the phase is not known',
  'section-misplaced': 'a section marker stands in a file of a pair',
  'section-missing': 'there is no section marker',
  'server-setting': 'a setting of the server that a dump was taken from',
  'sql-mode': 'an SQL mode that cannot be followed',
  'transaction-control': 'the statement takes transactions out of our hands',
  'unknown-file': 'a file is no migration',
  'unknown-statement': 'no statement begins so',
  'unreadable-sql': 'the SQL cannot be read',
  'up-empty': 'the up has no statement',
  'up-missing': 'there is no up',
};

/** Codes that --fail-on takes: the others are errors anyway, or never found. */
export const FAIL_ON_CODES: readonly string[] = [...WARNING_CODES, ...Object.keys(RELEASED)];

/** What a code means, by code. */
export const CODE_MEANING: Readonly<Record<string, string>> = { ...ERRORS, ...WARNINGS, ...RELEASED };
