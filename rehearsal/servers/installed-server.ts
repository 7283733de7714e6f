import type { DatabaseFound, DatabaseOptions } from './database-types';
import { findServerPrograms } from './server-program';
import { startThrowawayServer } from './throwaway-server';

/** Starts a server of this machine as a throwaway instance. */
export async function startInstalledServer(options: DatabaseOptions): Promise<DatabaseFound> {
  const programs = await findServerPrograms();
  // Aurora is MySQL, so that it is the better rehearsal where there are both.
  const program = programs.find(({ kind }) => kind === 'mysql') ?? programs[0];
  if (program === undefined) return { kind: 'unavailable', reason: 'none found' };
  return { kind: 'started', database: await startThrowawayServer(program, options) };
}
