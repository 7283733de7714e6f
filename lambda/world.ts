import type { ConnectionResult } from './edges/database-connection';
import type { Clock, Log, OwnScripts, Snapshots } from './engine/ports';
import type { Manifest } from './plan/types';

/** What the function has of the world outside an event. */
export interface World {
  readonly connect: () => Promise<ConnectionResult>;
  /** The manifest and the scripts in the function's own code. */
  readonly code: Manifest;
  readonly own: OwnScripts;
  readonly rootStackId: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Absent where none is ever wanted. */
  readonly snapshots?: Snapshots;
}
