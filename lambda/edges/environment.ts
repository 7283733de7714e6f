import { ENVIRONMENT } from '../contract';
import type { SnapshotWhen } from '../plan/plan-snapshot';
import type { Address } from './database/mysql';

/** Where the credentials come from. */
export type Login =
  { readonly kind: 'secret'; readonly secretArn: string } | { readonly kind: 'iam'; readonly user: string };

/** The function's settings. */
export interface Settings {
  readonly address: Address;
  readonly login: Login;
  readonly rootStackId: string;
  readonly connectSeconds: number;
  /** Null where no snapshot is ever wanted. */
  readonly snapshot: { readonly when: SnapshotWhen; readonly of: string } | null;
}

/** An Aurora that was paused for more than a day needs 30 s; a fail-over about as long. */
const DEFAULT_CONNECT_SECONDS = 90;

/** Reads the environment that the construct set. Throws where a variable is missing. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const read = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '')
      throw new Error(`the environment variable ${name} is missing; no SQL was run`);
    return value;
  };
  const when = environment[ENVIRONMENT.snapshotBefore];
  const iamUser = environment[ENVIRONMENT.iamUser];
  return {
    address: {
      host: read(ENVIRONMENT.host),
      port: Number(read(ENVIRONMENT.port)),
      database: read(ENVIRONMENT.database),
    },
    login: iamUser ? { kind: 'iam', user: iamUser } : { kind: 'secret', secretArn: read(ENVIRONMENT.secretArn) },
    rootStackId: read(ENVIRONMENT.rootStackId),
    connectSeconds: Number(environment[ENVIRONMENT.connectSeconds] ?? DEFAULT_CONNECT_SECONDS),
    snapshot: when ? { when: when as SnapshotWhen, of: read(ENVIRONMENT.snapshotOf) } : null,
  };
}
