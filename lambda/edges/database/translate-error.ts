import { ConnectionLost, ServerError } from '../../ports';
import {
  ER_CLIENT_INTERACTION_TIMEOUT,
  ER_CLIENT_LOCAL_FILES_DISABLED,
  ER_CONNECTION_KILLED,
  ER_INNODB_READ_ONLY,
  ER_LOAD_INFILE_CAPABILITY_DISABLED,
  ER_NET_PACKET_TOO_LARGE,
  ER_NOT_ALLOWED_COMMAND,
  ER_OPTION_PREVENTS_STATEMENT,
  ER_READ_ONLY_MODE,
  ER_SERVER_SHUTDOWN,
  ER_SESSION_WAS_KILLED,
  isOfMariaDb,
} from '../../words/server-error-numbers';

/** The server, or InnoDB in it, takes no writes. */
const READ_ONLY = new Set([ER_READ_ONLY_MODE, ER_INNODB_READ_ONLY]);

/** Errors with which the server ends the session: shutdown, a packet that is too large, KILL. */
const SESSION_ENDED = new Set([
  ER_SERVER_SHUTDOWN,
  ER_NET_PACKET_TOO_LARGE,
  ER_CONNECTION_KILLED,
  ER_SESSION_WAS_KILLED,
]);

/** The server would have the client send a file, or may not ask for one. By MySQL 5.7, MySQL 8, MariaDB. */
const NO_LOCAL_FILES = new Set([
  ER_NOT_ALLOWED_COMMAND,
  ER_CLIENT_LOCAL_FILES_DISABLED,
  ER_LOAD_INFILE_CAPABILITY_DISABLED,
]);

const NO_FILE =
  'LOAD … LOCAL needs a file on the client, which the function has not: write the rows as INSERT statements';

/** The driver's own errors that say what is wrong with a statement or its parameters: nothing of it was sent. */
export const DRIVERS_CODE = 'DRIVER_REFUSED';

/**
 * The error of the driver as the engine knows errors: of the server, a lost connection, or a mistake in the call. The driver knows
 * MySQL's names, and MariaDB has other errors under the numbers of its own ranges: there the number is all that is sure.
 */
export function translateError(
  error: Error & { readonly code?: string; readonly errno?: number; readonly fatal?: boolean },
  isMariaDb = false,
): Error {
  const { errno, code, message } = error;
  // A number that has two meanings: only this one names the variable.
  const wasIdle = errno === ER_CLIENT_INTERACTION_TIMEOUT && message.includes('wait_timeout');
  // Errors of the server have numbers, below 1000 where a file of its own is the matter; those of Node.js are negative or missing.
  const isServers =
    typeof errno === 'number' && errno > 0 && !SESSION_ENDED.has(errno) && !wasIdle && error.fatal !== true;
  // A writer that has just become a reader.
  const isReader = READ_ONLY.has(errno ?? 0) || (errno === ER_OPTION_PREVENTS_STATEMENT && /read-only/.test(message));
  if (isReader) return new ConnectionLost(message);
  if (isServers) {
    const text = NO_LOCAL_FILES.has(errno) && /\blocal|not allowed/i.test(message) ? `${message}. ${NO_FILE}` : message;
    return new ServerError((isMariaDb && isOfMariaDb(errno)) || code === undefined ? 'error' : code, errno, text);
  }
  if (/LOCAL INFILE/.test(message)) return new ServerError(DRIVERS_CODE, 0, NO_FILE);
  // A mistake in the call, a parameter of the wrong type say: some have a code of Node's.
  if (error.name === 'TypeError' || error.name === 'RangeError') return error;
  if (typeof errno !== 'number' && code === undefined && error.fatal !== true) return error;
  return new ConnectionLost(`${code ?? 'UNKNOWN'}: ${message}`);
}
