import type { Manifest } from '../plan/types';
import type { DeploymentJournal } from './deployment-journal';
import type { MigrationJournal } from './migration-journal';
import type { PlainTables } from './plain-tables';
import type { Clock, Database, Log, OwnScripts } from './ports';
import type { SessionSettings } from './session';
import type { TimeBudget } from './time-budget';

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
  readonly plainTables: PlainTables;
  /** The session's, which migrations may change. */
  readonly settings: SessionSettings;
  /** For what the run was started for. */
  readonly budget: TimeBudget;
  /** For taking it back where it fails. */
  readonly undoBudget: TimeBudget;
}
