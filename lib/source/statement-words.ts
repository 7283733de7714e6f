import { distanceOf } from '../letter-distance';

/**
 * The words with which a statement of MySQL 8.0 to 9 or MariaDB 10.6 to 11.8 can begin.
 *
 * An integration test asks the servers: of every keyword that they name, whether they read on behind it.
 */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set(
  (
    'ALTER ANALYZE BACKUP BEGIN BINLOG CACHE CALL CASE CHANGE CHECK CHECKSUM CLONE COMMIT CREATE DEALLOCATE DELETE DESC ' +
    'DESCRIBE DO DROP EXECUTE EXPLAIN FLUSH FOR GET GRANT HANDLER HELP IF IMPORT INSERT INSTALL KILL LOAD LOCK LOOP ' +
    'OPTIMIZE PREPARE PURGE RELEASE RENAME REPAIR REPEAT REPLACE RESET RESIGNAL RESTART REVOKE ROLLBACK SAVEPOINT SELECT ' +
    'SET SHOW SHUTDOWN SIGNAL START STOP TABLE TRUNCATE UNINSTALL UNLOCK UPDATE USE VALUES WHILE WITH XA'
  ).split(' '),
);

/** The statement's word that was most likely meant, if one is near. */
export function nearestStatementWord(written: string): string | undefined {
  const word = written.toUpperCase();
  const near = [...STATEMENT_WORDS]
    .map((known) => ({ known, distance: distanceOf(word, known) }))
    .filter(({ known, distance }) => distance <= (known.length > 4 ? 2 : 1))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.known;
}
