import { ServerError, type Database, type Row } from '../ports';
import { failure, type Failure } from '../words/failure';
import {
  ER_BAD_DB_ERROR,
  ER_DBACCESS_DENIED_ERROR,
  ER_EVENT_DOES_NOT_EXIST,
  ER_NO_SUCH_TABLE,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_SP_DOES_NOT_EXIST,
  ER_TABLEACCESS_DENIED_ERROR,
  ER_TRG_DOES_NOT_EXIST,
  ER_VIEW_INVALID,
  IMPOSSIBLE_NAME,
} from '../words/server-error-numbers';

/** Nothing there by that name: table, database, routine, trigger, event. */
const ABSENT = new Set<number>([
  ER_NO_SUCH_TABLE,
  ER_BAD_DB_ERROR,
  ER_SP_DOES_NOT_EXIST,
  ER_TRG_DOES_NOT_EXIST,
  ER_EVENT_DOES_NOT_EXIST,
  ...IMPOSSIBLE_NAME,
]);

/** Whether the user may not see what is there by a name. It may then not be changed either, nor may anything be made there. */
export function isDenied(error: unknown): boolean {
  return error instanceof ServerError && DENIED.has(error.errno);
}

/** Why the work cannot go on where the user lacks a right on the journal, or one to look at what is there; null for any other error. */
export function rightLacking(error: unknown, { name }: Database): Failure | null {
  if (!isDenied(error)) return null;
  const need = `The user needs all rights on its database: GRANT ALL ON \`${name}\`.* TO that user, and try again; the table migration has what was done`;
  return failure('no-right', `${(error as ServerError).summary}. ${need}`);
}

const DENIED = new Set([ER_DBACCESS_DENIED_ERROR, ER_TABLEACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR]);

/** An object as the server shows it. */
export interface Definition {
  /** What SHOW CREATE prints, without what changes by itself. */
  readonly text: string;
  /** Of what runs: the database's collation when it was made, which its parameters and variables have. */
  readonly databaseCollation?: string;
}

/**
 * An object's definition as the server prints it, without what changes by itself; null where there is none.
 * `shown` is what follows SHOW CREATE, such as TABLE `user`.
 */
export async function readDefinition(database: Database, shown: string): Promise<Definition | null> {
  try {
    const [row] = await database.query(`SHOW CREATE ${shown}`);
    return row === undefined ? null : definitionOf(row);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    if (ABSENT.has(error.errno)) return null;
    if (error.errno === ER_VIEW_INVALID) return { text: 'a view of tables that are gone' };
    throw error;
  }
}

/** Fewer take no more round trips one by one: the server is told before a packet of many, and after it. */
const FEW = 4;

/** The same for many objects that are listed, in as few round trips as can be. Of what the user may not see the text is empty. */
export async function readDefinitions(
  database: Database,
  shown: readonly string[],
): Promise<readonly (Definition | null)[]> {
  const statements = shown.map((object) => `SHOW CREATE ${object}`);
  const answers = shown.length < FEW ? null : await database.readTogether(statements);
  if (answers !== null) return answers.map(([row]) => (row === undefined ? null : definitionOf(row)));
  const definitions: (Definition | null)[] = [];
  for (const object of shown) definitions.push(await readDefinition(database, object).catch(hiddenOr));
  return definitions;
}

/** Without SHOW VIEW a view is listed all the same; on MariaDB so is a trigger without TRIGGER. */
function hiddenOr(error: unknown): Definition {
  if (isDenied(error)) return { text: '' };
  throw error;
}

/** The column of SHOW CREATE's answers that holds the definition, such as `Create Table`; a trigger's has another name. */
const DEFINITION = /^(Create .+|SQL Original Statement)$/;

/** Definitions that the user may not see are NULL: then that the object is there is all that counts. */
export function definitionOf(row: Row): Definition {
  const column = Object.keys(row).find((name) => DEFINITION.test(name));
  const definition = column === undefined ? '' : String(row[column] ?? '');
  // A routine's or trigger's sql_mode is part of what it does, and not of its text.
  const mode = row['sql_mode'] === undefined ? '' : `\n-- sql_mode ${String(row['sql_mode'])}`;
  const text = definition.replace(/(\n\).*?) AUTO_INCREMENT=\d+/, '$1') + mode;
  const collation = row['Database Collation'];
  return { text, ...(typeof collation === 'string' && { databaseCollation: collation }) };
}
