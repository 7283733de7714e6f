import { databaseAuthorities } from './edges/authorities';
import { openSession, type ConnectionResult } from './edges/database/database-connection';
import { readSettings } from './edges/environment';
import { signIamToken } from './edges/iam-token';
import { ownScripts, readManifest } from './edges/own-scripts';
import { readSecret } from './edges/secret';
import { rdsSnapshots } from './edges/snapshot';
import { sleep } from './edges/timer';
import type { Clock, Log, OwnScripts, Snapshots } from './ports';
import type { Manifest } from './manifest/types';

/** What Lambda tells a function of an invocation; no more than nodejs22.x and nodejs24.x both have. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  getRemainingTimeInMillis(): number;
}

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

/** The world of one invocation, as the environment and the function's own code say. */
export function worldOf(context: LambdaContext, log: Log): World {
  const settings = readSettings(process.env);
  const clock = clockOf(context);
  const { address, login, snapshot } = settings;
  let connections = 0;
  return {
    ...(snapshot !== null && { snapshots: rdsSnapshots(snapshot.of, snapshot.when, process.env) }),
    clock,
    log,
    rootStackId: settings.rootStackId,
    code: readManifest(__dirname),
    own: ownScripts(__dirname),
    connect: () => {
      connections += 1;
      return openSession({
        address,
        authorities: databaseAuthorities(process.env, __dirname),
        readSecret: async () =>
          login.kind === 'iam'
            ? signIamToken(address, login.user, process.env)
            : readSecret(login.secretArn, process.env),
        tryForMs: Math.min(settings.connectSeconds * 1000, clock.remaining() / 2),
        // Asking takes a round trip, which is for those that have met a reader, or have lost their writer.
        mustBeWriter: connections > 1,
        log,
        clock,
      });
    },
  };
}

/** The time of one invocation. */
export function clockOf(context: LambdaContext): Clock {
  return { now: () => Date.now(), remaining: () => context.getRemainingTimeInMillis(), sleep };
}
