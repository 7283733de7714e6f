import type { Construct } from 'constructs';
import { warn } from '../warn';

/** Ports that are another server's by custom, in decimal. */
const FOREIGN_PORTS: Readonly<Record<string, string>> = {
  '1433': 'SQL Server',
  '1521': 'Oracle',
  '5432': 'PostgreSQL',
  '5433': 'PostgreSQL',
  '6379': 'Redis',
  '27017': 'DocumentDB',
  '33060': "MySQL's X Protocol, which the function does not speak",
  '50000': 'Db2',
};

/** Says that a database of which the engine is not known is probably none of ours. Any port may be MySQL's, so no error. */
export function warnOfForeignPort(scope: Construct, port: string): void {
  const usual = FOREIGN_PORTS[port];
  if (usual === undefined) return;
  warn(
    scope,
    'port-of-another-engine',
    `port ${port} is the usual one of ${usual}, and the engine behind it is not known here: migrations are made for MySQL, whose port is 3306. Correct host and port, say the engine where the database is imported, or acknowledge this where it is MySQL all the same`,
  );
}
