import type { Request } from '../plan/intent';
import type { DeploymentJournal } from '../journal/deployment-journal';
import { ServerError, type Database, type Log } from '../ports';
import { lockSession } from '../session/lock';
import { AT_COMMIT, lookAtSession } from '../session/sessions';
import { fragment, sql } from '../sql-text';
import { ER_NO_SUCH_THREAD } from '../words/server-error-numbers';

/** A runner that does not stop after its statement was killed is killed itself. */
const PATIENCE_MS = 10_000;

/**
 * Ends the run of an older request of the same construct, which holds the lock: tells it to stop, kills the statement that
 * it runs, and after a while its session. Each time only if the lock's holder is the session that the older row names: a
 * server that failed over counts its sessions from one again.
 */
export async function interruptOlder(
  database: Database,
  deployments: DeploymentJournal,
  request: Request,
  waitedMs: number,
  log: Log,
): Promise<void> {
  const holder = await deployments.cancelOlder(request);
  if (holder === null) return;
  const isStubborn = waitedMs > PATIENCE_MS;
  log.warn('an older request of this resource runs; ending it', { session: holder, isStubborn });
  // KILL QUERY does nothing to a session between two statements; KILL ends it, and the server frees the lock.
  await kill(database, isStubborn ? 'CONNECTION' : 'QUERY', holder);
}

/**
 * Ends the statement that a run's own session has been at for too long, or that session, from another one. Not if it does not
 * hold the lock: after a fail-over its number may be somebody else's.
 */
export async function killOwn(database: Database, what: 'CONNECTION' | 'QUERY', session: number): Promise<void> {
  if ((await lockSession(database)) === session) await kill(database, what, session);
}

async function kill(database: Database, what: 'CONNECTION' | 'QUERY', session: number): Promise<void> {
  // A commit is past being killed; and where it waits for room for the binary log, a KILL has MySQL stop the whole server.
  if ((await lookAtSession(database, session))?.state === AT_COMMIT) return;
  try {
    await database.write(sql`KILL ${fragment(what)} ${session}`);
  } catch (error) {
    if (!(error instanceof ServerError) || error.errno !== ER_NO_SUCH_THREAD) throw error;
  }
}
