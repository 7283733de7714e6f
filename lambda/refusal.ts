import { ServerError } from './ports';
import { ER_QUERY_INTERRUPTED } from './words/server-error-numbers';

/** Whether the server says no to a statement. One that somebody has killed it might have carried out. */
export function isRefusal(error: unknown): error is ServerError {
  return error instanceof ServerError && error.errno !== ER_QUERY_INTERRUPTED;
}
