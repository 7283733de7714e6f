import type { Mark } from '../plan/mark';
import type { Step } from '../sql/step';
import { hasWholeName } from '../schema/whole-name';
import type { Database, ServerError } from '../ports';
import { isRefusedUnrun } from './refused-dml';
import { stepFingerprint } from '../look/step-fingerprint';
import {
  DATABASE_NOT_DROPPED,
  ER_CANNOT_USER,
  ER_QUERY_INTERRUPTED,
  PROCEDURE_NOT_BEGUN,
} from '../words/server-error-numbers';

/** Whether a blind step that the server refused has surely done nothing: DDL is atomic, and others may not have begun. */
export async function didNothing(
  database: Database,
  { nature, text, isProcedure, called, words }: Step,
  error: ServerError,
): Promise<boolean> {
  if (nature === 'dml') return isRefusedUnrun(database, text, error);
  const { errno, message } = error;
  if (errno === ER_QUERY_INTERRUPTED && KILLED_LATE.has(words[1] ?? '')) return false;
  if (!isProcedure) return errno !== ER_CANNOT_USER || !text.includes(',') || (await isOneForAll(database));
  // Named after the database that it is in: `fill` is not what an error of `refill` is about.
  return (
    called !== undefined && PROCEDURE_NOT_BEGUN.has(errno) && hasWholeName(message.toLowerCase(), called.toLowerCase())
  );
}

/** On MySQL a KILL comes too late for them, as for what {@link isDoneAllTheSame} looks at, and no definition tells. */
const KILLED_LATE = new Set(['SERVER', 'LIBRARY']);

/** Whether a statement about several accounts does nothing where one is refused. On MariaDB it has made or dropped those before it. */
async function isOneForAll(database: Database): Promise<boolean> {
  const [row] = await database.query('SELECT VERSION() AS version');
  return !/mariadb/i.test(String(row?.['version']));
}

/**
 * Whether a refused statement has done something all the same. On MariaDB a DROP of several objects has dropped some where one of
 * them is not there, and so has a CREATE OR REPLACE whose SELECT fails, and a DROP DATABASE that meets a foreign key. And on both
 * servers a KILL that comes too late for a routine, a package or an event is answered as one that ended the statement. It then
 * counts as done, as it would after a crash: that nothing was done must not be believed of it.
 * Source: https://mariadb.com/kb/en/atomic-ddl/; for the KILL, `test/measured`
 */
export async function isDoneAllTheSame(
  database: Database,
  step: Step,
  before: Mark,
  error: ServerError | null,
): Promise<boolean> {
  const { effects = [] } = step;
  const drops = effects.filter(({ action }) => action === 'drop');
  if (drops.some(({ object }) => object.kind === 'database'))
    return error === null || !DATABASE_NOT_DROPPED.has(error.errno);
  const isReplaced = effects.some((effect) => effect.action === 'create' && effect.orReplace === true);
  const isAtomic = !isReplaced && (drops.length < 2 || drops.length < effects.length);
  if (isAtomic && error?.errno !== ER_QUERY_INTERRUPTED) return false;
  return before.kind === 'fingerprint' && (await stepFingerprint(database, step)) !== before.hash;
}
