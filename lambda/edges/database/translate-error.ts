import { ConnectionLost, ServerError } from '../../ports';
import {
  ER_CLIENT_INTERACTION_TIMEOUT,
  ER_OPTION_PREVENTS_STATEMENT,
  isOfMariaDb,
  NO_LOCAL_FILES,
  READ_ONLY,
  SESSION_ENDED,
} from '../../words/server-error-numbers';

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
