import { UNDO_SHARE } from './attempt';
import type { DeploymentJournal } from './engine/deployment-journal';
import { killQuery } from './engine/interrupt';
import { lockName } from './engine/lock';
import type { MigrationJournal } from './engine/migration-journal';
import { PlainTables } from './engine/plain-tables';
import type { Database } from './engine/ports';
import type { Run } from './engine/run';
import { readySession } from './engine/session';
import type { Killer } from './engine/time-budget';
import { timeBudget } from './engine/time-budget';
import { explainFailure } from './plan/explain';
import type { World } from './world';

/** What carrying out a plan needs: a session that holds the lock. */
export interface CarryOutPorts extends World {
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

/** A run that may be tried again needs no time for undoing. */
export async function startRun(ports: CarryOutPorts, isLastAttempt: boolean): Promise<Run> {
  const { database, clock, log } = ports;
  const { id, settings } = await readySession(database, log);
  const connectKiller = async (): Promise<Killer> => {
    const connection = await ports.connect();
    if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
    const { session } = connection;
    return { kill: () => killQuery(session.database, lockName(database.name), id), close: () => session.close() };
  };
  const share = clock.remaining() * UNDO_SHARE;
  return {
    ...ports,
    settings,
    plainTables: new PlainTables(database),
    budget: timeBudget(clock, isLastAttempt ? share : Math.min(share, JOURNAL_MS), connectKiller, log),
    undoBudget: timeBudget(clock, Math.min(share / 4, JOURNAL_MS), connectKiller, log),
  };
}
