/**
 * Takes hours, and ends at once where it is killed; SLEEP would take a KILL for its end. It reads no view of the server:
 * while MariaDB opens one, its process list names the view's database as the session's.
 */
export const ENDLESS_QUERY = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 900)
  SELECT COUNT(*) AS n FROM numbers a, numbers b, numbers c, numbers d`;
