import path from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { type Certificates, makeCertificates } from '../../rehearsal/servers/certificates';
import type { Database } from '../../rehearsal/servers/database-types';
import type { ServerProgram } from '../../rehearsal/servers/server-program';
import { startThrowawayServer, type ThrowawayServer } from '../../rehearsal/servers/throwaway-server';

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
  readonly database: ThrowawayServer;
  readonly certificates: Certificates;
  readonly socketPath: string;
  readonly connect: () => Promise<Connection>;
}

/** Starts a program of this machine as such a server. `args`: the server's settings, by default those that start it fast. */
export async function startFaultServer(
  program: ServerProgram,
  args: readonly string[] = [...CRASH_SAFE, ...OF_KIND[program.kind]],
): Promise<FaultServer> {
  const certificates = await makeCertificates();
  const database = await startThrowawayServer(program, { certificates, args });
  const { user, password, caFile } = database;
  const socketPath = path.join(path.dirname(caFile), 'server.sock');
  const connect = (): Promise<Connection> => createConnection({ socketPath, user, password, multipleStatements: true });
  return { database, certificates, socketPath, connect };
}
