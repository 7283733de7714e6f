import type { JournalTable } from '../sql/journal-touch';
import { ServerError, type Database } from '../ports';
import { fragment, identifier, sql, type Fragment } from '../sql-text';
import { ER_TABLE_EXISTS_ERROR } from '../words/server-error-numbers';

/**
 * The journal's tables, in the migrated database. Changes are additive only: older code reads and writes what newer code
 * made, whenever a stack is rolled back. So every column is nullable or has a default.
 */
const MIGRATION_COLUMNS = {
  createdAt: 'DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)',
  updatedAt: 'DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)',
  id: 'BIGINT UNSIGNED NULL COMMENT "order of application"',
  checksum: 'CHAR(64) NULL COMMENT "sha256 over the source file, normalised"',
  deployment: 'BIGINT UNSIGNED NULL COMMENT "id in migration_deployment"',
  removedBy: 'BIGINT UNSIGNED NULL COMMENT "the deployment whose release lacked it"',
  state: 'VARCHAR(16) NOT NULL DEFAULT "applied" COMMENT "applying, applied, reverting, kept or removed"',
  stepsDone: 'INT UNSIGNED NOT NULL DEFAULT 0',
  stepsTotal: 'INT UNSIGNED NOT NULL DEFAULT 0',
  downStepsDone: 'INT UNSIGNED NOT NULL DEFAULT 0',
  unchanged: 'INT UNSIGNED NOT NULL DEFAULT 0 COMMENT "first steps that are known to have changed nothing"',
  irreversible: 'TINYINT NOT NULL DEFAULT 0',
  contracts: 'TINYINT NOT NULL DEFAULT 0 COMMENT "of the phase contract"',
  before: 'CHAR(64) NULL COMMENT "fingerprint of what the step in doubt touches"',
  script: 'LONGBLOB NULL COMMENT "read it with UNCOMPRESS(script)"',
  stepLines: 'TEXT NULL COMMENT "lines of the file on which the statements begin: of the up; of the down"',
  downs: 'LONGBLOB NULL COMMENT "the down statements chosen when reverting began"',
  durationMs: 'INT UNSIGNED NULL',
} as const;

const DEPLOYMENT_COLUMNS = {
  stackId: 'VARCHAR(255) NULL',
  logicalId: 'VARCHAR(255) NULL',
  contractOf: 'VARCHAR(255) NULL COMMENT "logical id of the first resource of its construct, where it is the second"',
  rootStackId: 'VARCHAR(255) NULL COMMENT "the stack whose status settles the deployment"',
  requestId: 'VARCHAR(255) NULL',
  physicalId: 'VARCHAR(1024) NULL',
  issuedAt: 'DATETIME(3) NULL',
  newestRequestAt: 'DATETIME(3) NULL COMMENT "of any request of the resource since"',
  revertedHash: 'CHAR(64) NULL COMMENT "over the properties that the newest request reverted, where it did"',
  type: 'VARCHAR(16) NOT NULL DEFAULT "up" COMMENT "Create, Update or up; Release tells of an application; Delete, down, repair and adopt are marks only"',
  oldHash: 'CHAR(64) NULL COMMENT "over the properties before"',
  newHash: 'CHAR(64) NULL COMMENT "over the properties"',
  oldDigest: 'VARCHAR(80) NULL',
  newDigest: 'VARCHAR(80) NULL',
  checksum: 'CHAR(64) NULL COMMENT "sha256 over the checksums of all its migrations"',
  manifest: 'LONGBLOB NULL COMMENT "read it with UNCOMPRESS(manifest)"',
  status: 'VARCHAR(16) NOT NULL DEFAULT "running" COMMENT "running, applied, reverting, reverted or failed"',
  answered: 'VARCHAR(16) NULL COMMENT "SUCCESS or FAILED"',
  cancelled: 'TINYINT NOT NULL DEFAULT 0',
  session: 'BIGINT UNSIGNED NULL COMMENT "CONNECTION_ID() of the runner"',
  attempts: 'INT UNSIGNED NOT NULL DEFAULT 1',
  schemaBefore: 'CHAR(64) NULL COMMENT "sha256 over the normalised schema"',
  schemaBeforeText: 'LONGBLOB NULL COMMENT "read it with UNCOMPRESS(schemaBeforeText)"',
  schemaAfter: 'CHAR(64) NULL',
  schemaAfterText: 'LONGBLOB NULL COMMENT "of the newest run only; read it with UNCOMPRESS(schemaAfterText)"',
  holds: 'INT UNSIGNED NULL COMMENT "migrations that it left in the history, where none was taken away since"',
  startedAt: 'DATETIME(3) NULL COMMENT "this and all other times are UTC"',
  endedAt: 'DATETIME(3) NULL',
  settledAt: 'DATETIME(3) NULL',
  stackStatus: 'VARCHAR(64) NULL',
  stackStatusAt: 'DATETIME(3) NULL',
  releaseOf: 'VARCHAR(255) NULL COMMENT "in the row of a release: logical id of the first resource of its construct"',
  owedAt: 'DATETIME(3) NULL COMMENT "asked to be reverted then, which waits until the application is back"',
  owedUnder: 'VARCHAR(16) NULL COMMENT "onRemoved of the release that is gone back to"',
  error: 'TEXT NULL',
} as const;

export function migrationTable(database: Database): Fragment {
  return identifier(database.name, 'migration');
}

export function deploymentTable(database: Database): Fragment {
  return identifier(database.name, 'migration_deployment');
}

type Columns = Readonly<Record<string, string>>;

/** What the journal is read from. */
export type ReadTables = Readonly<Record<JournalTable, Fragment>>;

/** A table of which these columns are there, read as if older code had made it with those that it lacks. */
export function withAllColumns(database: Database, table: JournalTable, existing: readonly string[]): Fragment {
  const columns = table === 'migration' ? MIGRATION_COLUMNS : DEPLOYMENT_COLUMNS;
  const lacking = missingIn(existing, columns).map(
    ([name, type]) => `, ${inSingleQuotes(/ DEFAULT (\S+)/.exec(type)?.[1] ?? 'NULL')} AS \`${name}\``,
  );
  return fragment(sql`(SELECT t.*${fragment(lacking.join(''))} FROM ${identifier(database.name, table)} t)`);
}

/**
 * Creates the journal, or adds the columns that an existing `migration` table lacks: one made by umzug's users
 * (`createdAt, updatedAt, name`, or `name` alone) is adopted in place, and the code that made it can still insert into it.
 * Call it under the lock, once it is decided that something is written.
 */
export async function createJournal(database: Database): Promise<void> {
  const name = '`name` VARCHAR(255) NOT NULL PRIMARY KEY';
  await createTable(database, 'migration', MIGRATION_COLUMNS, name, STATE_KEY);
  const id = '`id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY';
  const resource = 'KEY `resource` (`stackId`, `logicalId`)';
  await createTable(database, 'migration_deployment', DEPLOYMENT_COLUMNS, id, resource);
}

/** Without IF NOT EXISTS: that a table was there is an error, and one that was not needs no second look. */
async function createTable(
  database: Database,
  table: JournalTable,
  columns: Columns,
  first: string,
  key: string,
): Promise<void> {
  const all = [first, ...Object.entries(columns).map(([name, type]) => definition(name, type)), key].join(', ');
  // Whatever a server makes by default: in the formats before DYNAMIC, a key of so long a name does not fit.
  const options = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';
  try {
    await database.write(sql`CREATE TABLE ${identifier(database.name, table)} ` + `(${all}) ${options}`);
  } catch (error) {
    if (!(error instanceof ServerError) || error.errno !== ER_TABLE_EXISTS_ERROR) throw error;
    await addMissing(database, table, columns);
  }
}

/** Counting rows by their state must not read the scripts that are stored beside it. */
const STATE_KEY = 'KEY `state` (`state`)';

async function addMissing(database: Database, table: JournalTable, columns: Columns): Promise<void> {
  const rows = await database.query(
    // Both are told the names: otherwise MariaDB opens every table of the server.
    sql`SELECT c.COLUMN_NAME AS name, t.ENGINE AS engine FROM information_schema.COLUMNS c JOIN information_schema.TABLES t
        WHERE c.TABLE_SCHEMA = ${database.name} AND c.TABLE_NAME = ${table}
          AND t.TABLE_SCHEMA = ${database.name} AND t.TABLE_NAME = ${table}`,
  );
  const missing = missingIn(
    rows.map((row) => String(row['name'])),
    columns,
  );
  const additions = missing.map(([name, type]) => `ADD COLUMN ${definition(name, type)}`);
  // Made by another tool where the server's default is an engine without transactions: what is to be committed with a
  // migration's rows would be there before them.
  if (rows.some((row) => String(row['engine']).toLowerCase() !== 'innodb')) additions.push('ENGINE=InnoDB');
  if (additions.length === 0) return;
  if (missing.some(([name]) => name === 'state')) additions.push(`ADD ${STATE_KEY}`);
  // One ALTER: a process that dies leaves the table as it was or as it should be.
  await database.write(sql`ALTER TABLE ${identifier(database.name, table)} ` + additions.join(', '));
}

function missingIn(existing: readonly string[], columns: Columns): readonly (readonly [name: string, type: string])[] {
  const names = new Set(existing.map((name) => name.toLowerCase()));
  return Object.entries(columns).filter(([name]) => !names.has(name.toLowerCase()));
}

/** The texts above are in double quotes for legibility; sent in single ones, since ANSI_QUOTES may be on. */
function definition(name: string, type: string): string {
  return `\`${name}\` ${inSingleQuotes(type)}`;
}

function inSingleQuotes(type: string): string {
  return type.replaceAll('"', "'");
}
