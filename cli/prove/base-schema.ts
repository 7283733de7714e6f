import { readFileSync } from 'node:fs';
import type { Connection } from 'mysql2';
import { splitStatements } from '../../lib/script/statements';
import { messageOf } from '../../rehearsal/error-facts';
import { counted } from '../counted';
import { sent } from '../database/open-session';
import { ExpectedFailure } from '../expected-failure';
import { wholeNameOf } from '../whole-name';
import type { PlayedFolder } from './played-folder';

/** What is there before the first migration. */
export interface BaseSchema {
  /** As somebody named it. */
  readonly file: string;
  readonly statements: readonly BaseStatement[];
}

export interface BaseStatement {
  readonly text: string;
  readonly line: number;
}

/** Reads what `mysqldump`, `dump` or another tool has written, so that it can be run in a schema of any name. */
export function readBaseSchema(file: string): BaseSchema {
  const split = splitStatements(textOf(file));
  if (split.kind === 'unreadable') throw unusable(`${file}:${split.line}: ${split.problem}`);
  const nameIn = (text: string): string | undefined =>
    (OF_DATABASE.exec(text) ?? ALTERS_NAMED.exec(text))?.groups?.name;
  const names = new Set(split.statements.flatMap(({ text }) => nameIn(text) ?? []));
  if (names.size > 1) {
    throw unusable(`${file} holds the databases ${[...names].join(', ')}: dump the one that is migrated by itself`);
  }
  // A copy of what is deployed tells of the migrations that were applied there; here none was.
  const hasJournal = split.statements.some(({ text }) => /^CREATE TABLE[^(]*\bmigration_deployment\b/i.test(text));
  const statements = split.statements
    .filter(({ text }) => !OF_DATABASE.test(text) && !OF_SERVER.test(text) && !(hasJournal && OF_JOURNAL.test(text)))
    .map(({ text, line }) => ({ text: withoutDefiner(text.replace(ALTERS_NAMED, '$1')), line }));
  if (statements.length === 0) throw unusable(`${file} holds no statement`);
  return { file, statements };
}

/** Runs it in one session, as a client would that reads its file. */
export async function makeBase(base: BaseSchema, client: Connection, signal: AbortSignal): Promise<void> {
  // A dump need not have its tables in an order in which they can be made.
  await sent(client, 'SET foreign_key_checks = 0');
  for (const { text, line } of base.statements) {
    signal.throwIfAborted();
    await sent(client, text).catch((error: unknown) => {
      if (signal.aborted) throw error;
      const bytes = text.includes('\ufffd')
        ? '. It holds bytes that are no UTF-8, as of a binary column: dump with --hex-blob, or without rows (--no-data)'
        : '';
      throw unusable(`the server refuses a statement of ${base.file}, at line ${line}: ${messageOf(error)}${bytes}`);
    });
  }
}

/**
 * The migrations that come after the one that was named: the schema of the dump has those before it already.
 *
 * @param last a name, a file, or a number, whose leading zeros do not count
 */
export function migrationsAfter(folder: PlayedFolder, last: string): PlayedFolder {
  const { migrations } = folder;
  const names: readonly string[] = migrations.map(({ entry }) => entry.name);
  const until = wholeNameOf(last, names);
  if (until.kind === 'unclear') throw unusable(`--base-to: ${until.why}`);
  const index = names.indexOf(until.name);
  if (index === -1) throw unusable(`--base-to ${last}: there is no such migration`);
  if (index === migrations.length - 1) {
    throw unusable(
      `--base-to ${last}: it is the last of ${counted(migrations.length, 'migration')}, none is left to prove`,
    );
  }
  return { ...folder, migrations: migrations.slice(index + 1) };
}

/** What `mysqldump --databases` begins with: it would lead into another schema than the one that is proved in. */
const OF_DATABASE =
  /^(?:USE|(?:CREATE|DROP)\s+(?:DATABASE|SCHEMA)(?:\s*\/\*!\d*\s*IF\s+(?:NOT\s+)?EXISTS\s*\*\/|\s+IF\s+(?:NOT\s+)?EXISTS)?)\s*[`"]?(?<name>[^`"\s;]+)/i;

/** What `mysqldump` puts around a routine that was made when the database had another character set. */
const ALTERS_NAMED =
  /^(ALTER\s+(?:DATABASE|SCHEMA))\s+(?!DEFAULT\b)[`"]?(?<name>[^`"\s;]+)[`"]?(?=\s+(?:DEFAULT|CHARACTER|CHARSET|COLLATE|ENCRYPTION|COMMENT|READ)\b)/i;

const OF_JOURNAL =
  /^(?:\/\*!\d*\s*)?(?:(?:CREATE|DROP|ALTER)\s+TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?|(?:INSERT|REPLACE)\s+INTO|LOCK\s+TABLES)\s+`?migration(?:_deployment)?[`\s(]/i;

const OF_SERVER = /^SET\s+@@GLOBAL\.GTID_PURGED\b/i;

/** Accounts of another server are not there: what they define could be made, but not used. */
function withoutDefiner(text: string): string {
  if (!/^(?:\/\*!\d*\s*)?CREATE\b/i.test(text)) return text;
  const [head = ''] = /^[^]*?\b(?:VIEW|PROCEDURE|FUNCTION|TRIGGER|EVENT|PACKAGE)\b/i.exec(text) ?? [];
  const account =
    /\bDEFINER\s*=\s*(?:`[^`]*`|'[^']*'|"[^"]*"|[\w.%]+)\s*(?:@\s*(?:`[^`]*`|'[^']*'|"[^"]*"|[\w.%-]+))?(?:\s*\(\s*\))?/i;
  return head.replace(account, '') + text.slice(head.length);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw unusable(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

function unusable(problem: string): ExpectedFailure {
  return new ExpectedFailure('base-schema-unusable', `${problem}. Nothing was proved`);
}
