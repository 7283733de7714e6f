import path from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { type Certificates, makeCertificates } from '../../rehearsal/servers/certificates';
import { startDatabase, startMysql } from '../../rehearsal/servers/database';
import type { Database } from '../../rehearsal/servers/database-types';

/**
 * A process that is killed loses nothing that it gave to the system, only a power failure would: so the log is written at
 * each commit, and not forced to the disk. The rest lets the server start again fast.
 */
const CRASH_SAFE = [
  '--innodb-flush-log-at-trx-commit=2',
  '--skip-log-bin',
  '--loose-innodb-flush-method=nosync',
  '--innodb-buffer-pool-size=32M',
  '--innodb-buffer-pool-load-at-startup=OFF',
  '--innodb-buffer-pool-dump-at-shutdown=OFF',
  '--skip-name-resolve',
  '--performance-schema=OFF',
];

/** What only one kind of server has. */
const OF_KIND = {
  mysql: ['--innodb-redo-log-capacity=8M'],
  // The caches are those of engines that only its own tables use; at each start it writes to all of their memory.
  mariadb: [
    '--loose-debug-no-sync',
    '--innodb-log-file-size=8M',
    '--innodb-temp-data-file-path=ibtmp1:2M:autoextend',
    '--aria-pagecache-buffer-size=1M',
    '--key-buffer-size=64K',
  ],
} as const satisfies Record<Database['kind'], readonly string[]>;

/** A server of our own, for faults to be done to. */
export interface FaultServer {
  readonly database: Database;
  readonly certificates: Certificates;
  readonly socketPath: string;
  readonly connect: () => Promise<Connection>;
}

/** Undefined where this machine has no server of the kind. `args`: the server's settings, by default those that start it fast. */
export async function startFaultServer(
  kind: Database['kind'],
  args: readonly string[] = [...CRASH_SAFE, ...OF_KIND[kind]],
): Promise<FaultServer | undefined> {
  const certificates = await makeCertificates();
  const options = { certificates, args };
  const database = kind === 'mysql' ? await startMysql(options) : await startDatabase(options);
  if (database === undefined) return undefined;
  if (database.kind !== kind || !database.ownServer || database.caFile === undefined) {
    await database.stop();
    return undefined;
  }
  const { user, password } = database;
  const socketPath = path.join(path.dirname(database.caFile), 'server.sock');
  const connect = (): Promise<Connection> => createConnection({ socketPath, user, password, multipleStatements: true });
  return { database, certificates, socketPath, connect };
}
