import { REVERT_SHARE } from './attempt';
import { DeploymentJournal } from '../journal/deployment-journal';
import { killOwn } from './interrupt';
import { MigrationJournal } from '../journal/migration-journal';
import { NonTransactionalTables } from '../look/non-transactional-tables';
import { LeftInSession } from '../look/left-in-session';
import type { Database } from '../ports';
import { SessionSettings } from '../session/session';
import type { SoFar } from './spent-session';
import { timeBudget, type Killer, type TimeBudget } from '../session/time-budget';
import { explainFailure } from '../words/explain';
import type { World } from '../world';

/** What carrying out a plan needs: a session that holds the lock. */
export interface ExecutePorts extends World {
  readonly database: Database;
  /** The session's number on the server. */
  readonly session: number;
  readonly deployments: DeploymentJournal;
  readonly migrations: MigrationJournal;
  /** Whether the journal's tables are there. */
  readonly hasJournal: boolean;
  /** False after a reconnection: it is still the same attempt. */
  readonly isNewAttempt: boolean;
  /** What it did in the sessions that were spent. */
  readonly soFar: SoFar;
}

/** What a run works with: its ports, and a session that is ready. */
export interface Run extends ExecutePorts {
  /** Whether Lambda will not try again, so that what cannot be finished has to be reverted. */
  readonly isLastAttempt: boolean;
  readonly nonTransactionalTables: NonTransactionalTables;
  readonly leftInSession: LeftInSession;
  /** The session's, which migrations may change. */
  readonly settings: SessionSettings;
  /** For what the run was started for. */
  readonly budget: TimeBudget;
  /** For reverting it where it fails. */
  readonly revertBudget: TimeBudget;
}

/** What reads and writes the journal. */
export function journalsOf(database: Database): Pick<ExecutePorts, 'deployments' | 'migrations'> {
  return { deployments: new DeploymentJournal(database), migrations: new MigrationJournal(database) };
}

/** Time for killing a statement, for journalling and for answering. Milliseconds. */
const JOURNAL_MS = 15_000;

/** A run that may be tried again needs no time for reverting. */
export function startRun(ports: ExecutePorts, isLastAttempt: boolean): Run {
  const { database, clock, log } = ports;
  const connectKiller = async (): Promise<Killer> => {
    const connection = await ports.connect();
    if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
    const { session } = connection;
    return {
      kill: (what) => killOwn(session.database, what, ports.session),
      close: () => session.close(),
    };
  };
  const share = clock.remaining() * REVERT_SHARE;
  const leftInSession = new LeftInSession(database);
  return {
    ...ports,
    isLastAttempt,
    settings: new SessionSettings(database, log, () => leftInSession.takeVariables()),
    nonTransactionalTables: new NonTransactionalTables(database),
    leftInSession,
    budget: timeBudget(clock, isLastAttempt ? share : Math.min(share, JOURNAL_MS), connectKiller, log),
    revertBudget: timeBudget(clock, Math.min(share / 4, JOURNAL_MS), connectKiller, log),
  };
}

/** A run that does nothing but revert. */
export function startReverting(ports: ExecutePorts): Run {
  return reverting(startRun(ports, false));
}

/** What is left of a run for reverting. */
export function reverting(run: Run): Run {
  return { ...run, budget: run.revertBudget };
}
