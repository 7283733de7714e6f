import type { SeenLine, StackEvent } from '../evidence/evidence';
import type { Json } from '../../rehearsal/template/json';
import type { Release } from '../plays/release';

/** What not every target has; the reason is what the report says in place of a verdict. */
export type Need = 'express' | 'pause' | 'rotation' | 'lambda';

/** How long things take where they are played. Seconds. */
export interface Pace {
  /** Bytes that the slow statement hashes for each of its thousand rows. */
  readonly slowBytes: number;
  /** After which the gate fails that does not fail at once: the migrations beside it run their slow statement then. */
  readonly gateSeconds: number;
  /** From the beginning of a migration to the death of its function in the next one. */
  readonly deathSeconds: number;
  /** Between two looks at something that is waited for. */
  readonly lookEverySeconds: number;
}

export interface DeployHow {
  /** `cdk deploy --no-rollback` */
  readonly rollback?: boolean;
  /** `cdk deploy --express` */
  readonly express?: boolean;
}

/** How a command of the CDK ended. */
export interface Operation {
  /** The command line, or what stands for it. */
  readonly command: string;
  /** The stack's status after it; `DELETED` where there is none. */
  readonly status: string;
}

/** A stack that can be deployed, and looked into: in an AWS account, or in the rehearsal. */
export interface CertifyTarget {
  readonly name: 'aws' | 'rehearsal';
  readonly region: string;
  readonly pace: Pace;
  /** What this target does not have, and why. */
  readonly lacks: ReadonlyMap<Need, string>;
  readonly versions: Readonly<Record<string, string>>;
  /** Makes what stays for all plays: network, database, log. */
  prepare(): Promise<void>;
  /** Deploys a release; resolves however that ends. */
  deploy(release: Release, how?: DeployHow): Promise<Operation>;
  /** Cancels the update that is under way. */
  cancelUpdate(): Promise<void>;
  /** `cdk rollback`: rolls back a stack that failed without rollback, or whose rollback failed. */
  rollBack(): Promise<Operation>;
  /** Deletes the stack with the migrations; what {@link prepare} made stays. */
  destroy(): Promise<Operation>;
  /** All events of the stack so far, of each that had its name. */
  events(): Promise<readonly StackEvent[]>;
  /** All that the function saw and said so far. */
  seen(): Promise<readonly SeenLine[]>;
  /** Waits until the logs of what has ended are to be had. */
  settle(): Promise<void>;
  /** Runs a statement in the database, as somebody else than the function. */
  query(sql: string): Promise<readonly Readonly<Record<string, Json>>[]>;
  /** Hands an event to the function as AWS does, without waiting for its end. */
  deliver(event: Json): Promise<void>;
  /** Invokes the function and waits for its end. */
  invoke(event: Json): Promise<{ readonly failed: boolean; readonly payload: Json }>;
  /** Has the password of the database's secret changed; resolves when that has begun. */
  rotateSecret(): Promise<void>;
  /** Whether the rotation has come to its end. */
  isRotated(): Promise<boolean>;
  /** Resolves when the database has paused; false where it did not. */
  awaitPause(): Promise<boolean>;
  /** Removes all. Gives what is still there. */
  end(): Promise<readonly string[]>;
}
