import type { Manifest } from '../manifest/types';
import type { DeploymentJournal } from '../journal/deployment-journal';
import type { MigrationJournal } from '../journal/migration-journal';
import type { AbsentTables } from '../look/absent-tables';
import type { NonTransactionalTables } from '../look/non-transactional-tables';
import type { Clock, Database, Log, OwnScripts } from '../ports';
import type { SessionSettings } from '../session/session';
import type { TimeBudget } from '../session/time-budget';

/** What a run works with. */
export interface Run {
  readonly database: Database;
  readonly deployments: DeploymentJournal;
  readonly migrations: MigrationJournal;
  readonly clock: Clock;
  readonly log: Log;
  /** The manifest and the scripts in the function's own code. */
  readonly code: Manifest;
  readonly own: OwnScripts;
  readonly plainTables: NonTransactionalTables;
  readonly absentTables: AbsentTables;
  /** The session's, which migrations may change. */
  readonly settings: SessionSettings;
  /** For what the run was started for. */
  readonly budget: TimeBudget;
  /** For reverting it where it fails. */
  readonly revertBudget: TimeBudget;
}
