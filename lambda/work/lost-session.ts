import { ConnectionLost, ServerError } from '../ports';
import { ADVISE_ROOM, saysNoRoom } from '../words/no-room';
import {
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
  ER_LOCK_DEADLOCK,
  ER_LOCK_WAIT_TIMEOUT,
  ER_QUERY_INTERRUPTED,
  ER_XAER_RMFAIL,
} from '../words/server-error-numbers';

/**
 * The connection is lost, or a statement of the journal was ended from outside: killed by the newer request that wants
 * this one to stop, which history will say, or chosen as the victim of a deadlock. Or nothing can be journalled in the session any
 * more, in which a migration has left an XA or a read-only transaction. Or the server has no room for it, which may be made meanwhile.
 */
export function mayStartOver(error: unknown): error is Error {
  if (!(error instanceof ServerError)) return error instanceof ConnectionLost;
  return OVER_WITH_SESSION.has(error.errno) || saysNoRoom(error.summary);
}

const OVER_WITH_SESSION: ReadonlySet<number> = new Set([
  ER_QUERY_INTERRUPTED,
  ER_LOCK_DEADLOCK,
  ER_LOCK_WAIT_TIMEOUT,
  ER_XAER_RMFAIL,
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
]);

/** What is said of one of these, and what to do about it before it is tried again. */
export function lossOf(error: Error): { readonly what: string; readonly advice: string } {
  if (!(error instanceof ServerError))
    return { what: 'the connection to the database was lost', advice: "Check the database's health" };
  const advice = saysNoRoom(error.summary) ? ADVISE_ROOM : ADVISE_OTHERS;
  return { what: 'the server ended what the function reads or writes in its journal', advice };
}

const ADVISE_OTHERS =
  'Somebody holds one of its tables, migration and migration_deployment, or kills its statements: ' +
  'look with SHOW FULL PROCESSLIST who it is,';
