import { REVERT_SHARE } from './attempt';
import type { DeploymentJournal } from '../journal/deployment-journal';
import { killQuery } from './interrupt';
import { lockName } from '../session/lock';
import type { MigrationJournal } from '../journal/migration-journal';
import { AbsentTables } from '../look/absent-tables';
import { NonTransactionalTables } from '../look/non-transactional-tables';
import type { Database } from '../ports';
import type { Run } from './run';
import { readySession } from '../session/session';
import type { Killer } from '../session/time-budget';
import { timeBudget } from '../session/time-budget';
import { explainFailure } from '../words/explain';
import type { World } from '../world';

/** What carrying out a plan needs: a session that holds the lock. */
export interface ExecutePorts extends World {
  readonly database: Database;
  readonly deployments: DeploymentJournal;
  readonly migrations: MigrationJournal;
  /** Whether the journal's tables are there. */
  readonly hasJournal: boolean;
  /** False after a reconnection: it is still the same attempt. */
  readonly isNewAttempt: boolean;
}

/** Time for killing a statement, for journalling and for answering. Milliseconds. */
const JOURNAL_MS = 15_000;

/** A run that may be tried again needs no time for reverting. */
export async function startRun(ports: ExecutePorts, isLastAttempt: boolean): Promise<Run> {
  const { database, clock, log } = ports;
  const { id, settings } = await readySession(database, log);
  const connectKiller = async (): Promise<Killer> => {
    const connection = await ports.connect();
    if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
    const { session } = connection;
    return { kill: () => killQuery(session.database, lockName(database.name), id), close: () => session.close() };
  };
  const share = clock.remaining() * REVERT_SHARE;
  return {
    ...ports,
    settings,
    plainTables: new NonTransactionalTables(database),
    absentTables: new AbsentTables(database, clock),
    budget: timeBudget(clock, isLastAttempt ? share : Math.min(share, JOURNAL_MS), connectKiller, log),
    revertBudget: timeBudget(clock, Math.min(share / 4, JOURNAL_MS), connectKiller, log),
  };
}
