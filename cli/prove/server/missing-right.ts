import {
  ER_COLUMNACCESS_DENIED_ERROR,
  ER_DBACCESS_DENIED_ERROR,
  ER_PROCACCESS_DENIED_ERROR,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_TABLEACCESS_DENIED_ERROR,
} from '../../../lambda/words/server-error-numbers';
import type { Database as Server } from '../../../rehearsal/servers/database';
import { quotedName } from '../../../rehearsal/servers/quoted-name';
import { sentAside } from '../../database/open-session';
import { ExpectedFailure } from '../../expected-failure';

/** What a server has refused since the user may not do it. */
export class Denied extends Error {
  override readonly name = 'Denied';

  constructor(
    /** As the server said it. */
    message: string,
    /** Such as CREATE VIEW; null where neither the server nor the statement says which. */
    readonly right: string | null,
    /** Whether it is a right on the whole server. */
    readonly isServerWide = false,
  ) {
    super(message);
  }
}

/** Of a schema the server says only that the way into it is closed. */
const RIGHTS: readonly (readonly [RegExp, string])[] = [
  [/^CREATE\s+(?:DATABASE|SCHEMA)\b/i, 'CREATE'],
  [/^DROP\s+(?:DATABASE|SCHEMA)\b/i, 'DROP'],
  [/^CREATE\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b/i, 'CREATE TEMPORARY TABLES'],
  [/^LOCK\b/i, 'LOCK TABLES'],
  [/^(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?EVENT\b/i, 'EVENT'],
  [
    /^CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:AGGREGATE\s+)?(?:PROCEDURE|FUNCTION|PACKAGE|LIBRARY)\b/i,
    'CREATE ROUTINE',
  ],
  [/^(?:ALTER|DROP)\s+(?:PROCEDURE|FUNCTION|PACKAGE|LIBRARY)\b/i, 'ALTER ROUTINE'],
];

/** The denial that an error is; null where something else is wrong. */
export function deniedBy(error: unknown, statement = statementOf(error)): Denied | null {
  if (error instanceof Denied) return error;
  if (!(error instanceof Error) || !('errno' in error)) return null;
  const { errno, message } = error;
  switch (errno) {
    case ER_DBACCESS_DENIED_ERROR:
      return new Denied(message, RIGHTS.find(([pattern]) => pattern.test(statement.trim()))?.[1] ?? null);
    case ER_TABLEACCESS_DENIED_ERROR:
    case ER_COLUMNACCESS_DENIED_ERROR:
    case ER_PROCACCESS_DENIED_ERROR:
      return new Denied(message, /^([A-Z ,]+?) command denied/i.exec(message)?.[1]?.toUpperCase() ?? null);
    case ER_SPECIFIC_ACCESS_DENIED_ERROR: {
      const [, which = ''] = /the (.+?) privilege/.exec(message) ?? [];
      // The newest of several is the smallest.
      return new Denied(message, which.split(/\s*(?:,|\bor\b)\s*/).at(-1) || null, true);
    }
    default:
      return null;
  }
}

/** The driver's errors have it. */
function statementOf(error: unknown): string {
  return error instanceof Error && 'sql' in error && typeof error.sql === 'string' ? error.sql : '';
}

/** Makes and drops the schema, so that a right that is missing is told before anything is played. */
export async function tryToMake(on: Wanted): Promise<void> {
  const { server, schema } = on;
  await sentAside(server, `CREATE DATABASE ${quotedName(schema)}`).catch((error: unknown) => explain(error, on, ''));
  await sentAside(server, `DROP DATABASE ${quotedName(schema)}`).catch((error: unknown) =>
    explain(error, on, `. The empty schema ${schema} is left there: drop it`),
  );
}

/** A schema that was to be made. `isAny`: its name was made here, and is another one each time. */
export interface Wanted {
  readonly server: Server;
  readonly schema: string;
  readonly isAny: boolean;
}

async function explain(error: unknown, on: Wanted, left: string): Promise<never> {
  const denied = deniedBy(error);
  throw denied === null ? error : await lackOf(denied, on, left);
}

/** What to grant. */
export async function lackOf(
  { right, isServerWide, message }: Denied,
  { server, schema, isAny }: Wanted,
  left = '',
): Promise<ExpectedFailure> {
  const account = await accountOn(server).catch(() => `'${server.user}'@'…'`);
  const wanted = isServerWide ? (right ?? 'SUPER') : 'ALL PRIVILEGES';
  const where = isServerWide ? '*.*' : `${patternOf(isAny ? 'prove_' : schema, isAny)}.*`;
  const what = right === null ? 'a right' : `the right ${right}`;
  return new ExpectedFailure(
    'no-server',
    `the user ${account} lacks ${what} on the server of --url (${message})${left}. ` +
      `Somebody who may grant rights can give ${isServerWide ? 'it' : 'all that migrations may need, and only in such schemas'}: ` +
      `GRANT ${wanted} ON ${where} TO ${account}; or leave --url away, for a throwaway server`,
  );
}

/** In a GRANT, an underscore stands for any character. */
function patternOf(name: string, isBeginning: boolean): string {
  return quotedName(`${name.replace(/[_%\\]/g, '\\$&')}${isBeginning ? '%' : ''}`);
}

async function accountOn(server: Server): Promise<string> {
  const [row] = (await sentAside(server, 'SELECT CURRENT_USER() AS account')) as readonly {
    readonly account: string;
  }[];
  const account = row?.account ?? '';
  const at = account.lastIndexOf('@');
  return `'${account.slice(0, at)}'@'${account.slice(at + 1)}'`;
}
