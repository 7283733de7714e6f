import { ServerError } from '../../lambda/ports';

/**
 * An error under a name that is its own. The driver knows MySQL's names, and MariaDB has other errors under the numbers
 * of its own ranges: there the number is all that is sure.
 */
export function namedOnMariaDb(error: ServerError): ServerError {
  return isOfMariaDb(error.errno) ? new ServerError('error', error.errno, error.message) : error;
}

/** Whether MariaDB has an error under this number that MySQL does not know, or knows as another one. */
export function isOfMariaDb(errno: number): boolean {
  return (errno >= 1900 && errno < 2000) || errno >= 3000;
}
