import type { Manifest } from '../plan/types';
import type { Journal } from './journal';
import type { Clock, Database, Log, OwnScripts } from './ports';
import type { RestoreSession } from './session';

/** What a run works with. */
export interface Run {
  readonly database: Database;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** The manifest and the scripts in the function's own code. */
  readonly code: Manifest;
  readonly own: OwnScripts;
  readonly restoreSession: RestoreSession;
}
