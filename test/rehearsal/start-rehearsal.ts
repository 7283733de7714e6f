import { databaseAt } from '../../rehearsal/servers/database-url';
import { Rehearsal } from '../../rehearsal/rehearsal';
import type { RehearsalOptions } from '../../rehearsal/rehearsal-options';
import { servers } from '../servers';

/** A rehearsal on one of the servers that run for all tests. */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  return Rehearsal.start({
    database: await databaseAt(servers()[0]!.url, 'the URL'),
    retryDelaysMs: [1, 1],
    ...options,
  });
}
