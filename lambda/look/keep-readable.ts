import type { Database } from '../ports';
import type { Step } from '../sql/step';

/**
 * As in a fresh session of the function. Setting max_join_size, a migration resets sql_big_selects, and then the server refuses
 * to tell what is there; in character_set_results = ascii, two definitions look the same; a limit of time ends our own looking,
 * too.
 *
 * Files are in UTF-8, whatever SET NAMES they have: in another character set of the session their texts would be cut or taken for others.
 * Of that, only a collation of utf8mb4 stays.
 */
export const READABLE =
  'SESSION sql_big_selects = 1, SESSION character_set_client = utf8mb4, SESSION character_set_results = utf8mb4, ' +
  "SESSION collation_connection = IF(@@character_set_connection = 'utf8mb4', @@collation_connection, " +
  // The default for utf8mb4, without a table: a limit of time could end the look into one.
  "COLLATION(CONVERT('' USING utf8mb4)))" +
  ' /*!50720 , SESSION max_execution_time = 0 */ /*M!100101 , SESSION max_statement_time = 0 */';

/** Called after a step that sets the session: what is looked at between the steps after it must be seen as it is. */
export async function keepReadable(database: Database, step: Step): Promise<void> {
  if (step.nature === 'session' && step.shows('maySpoilLooking')) await database.write(`SET ${READABLE}`);
}
