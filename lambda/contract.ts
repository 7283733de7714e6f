/**
 * The names that the constructs (`lib/`) and the function (`lambda/`) share, so that the compiler couples the two.
 *
 * Everything here is a public contract: a function of an older release receives what a newer template sends, and the
 * other way round, whenever a stack is rolled back. Names are added, never changed or removed.
 */

import type { OnDeleteValue, OnRemovedValue, OutOfOrderValue } from './plan/intent';

/** The custom resource's type in the template. */
export const RESOURCE_TYPE = 'Custom::AuroraMigrations';

/**
 * The custom resource's properties. All are strings: CloudFormation turns every scalar into one.
 * `ServiceToken` and `ServiceTimeout` stand beside them in an event and mean nothing to us.
 */
export interface ResourceProperties {
  /** The manifest's digest, `v1:` and 64 hex digits. */
  readonly Digest: string;
  /** Name of the newest migration, or the empty string where there is none. */
  readonly Version: string;
  /** Number of migrations, in decimal. */
  readonly Count: string;
  /** Identity of the database: cluster or instance resource id, a slash, the database's name. */
  readonly Database: string;
  readonly OnDelete: OnDeleteValue;
  readonly OnRemoved: OnRemovedValue;
  readonly OutOfOrder: OutOfOrderValue;
  /**
   * One hash over the checksums of all migrations. The digest is over statements only; with this, an applied migration
   * of which no more than a comment was edited is refused by the deployment that brings the edit, not by a later one.
   */
  readonly Checksum?: string;
  /**
   * In the second resource of a construct, which runs the migrations of the phase contract: logical id of the first, which
   * runs the rest. Absent in the first.
   */
  readonly ContractOf?: string;
  /** A new value at each synth where `runOnEveryUpdate` is on; absent otherwise. */
  readonly Nonce?: string;
}

/** The type of the resource of one release. */
export const RELEASE_TYPE = 'Custom::AuroraMigrationsRelease';

/**
 * The properties of the resource of one release. Its logical id changes with the digest: CloudFormation deletes the
 * resource of the release before once an update has succeeded, and that of a release that failed once all else is back.
 */
export interface ReleaseProperties {
  readonly Digest: string;
  readonly Database: string;
  /** Logical id of the first resource of its construct. */
  readonly ReleaseOf: string;
}

/**
 * The statuses of its outermost stack that the function is told. Most of what it has to know the resources of releases tell
 * it; but a creation has no clean-up, so nothing else tells that it ended well, or that a Delete belongs to its rollback.
 */
export const TOLD_STATUSES = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'DELETE_IN_PROGRESS',
] as const;

/** Names of the function's environment variables. None of them is a secret. */
export const ENVIRONMENT = {
  /** Host name of the writer. */
  host: 'DATABASE_HOST',
  /** Port, in decimal. */
  port: 'DATABASE_PORT',
  /** Name of the database that is migrated and holds the journal. */
  database: 'DATABASE_NAME',
  /** ARN of the secret with `username` and `password`. Not set where there is an `iamUser`. */
  secretArn: 'DATABASE_SECRET_ARN',
  /** Name of the database user who logs in with a token of IAM, in place of a secret. */
  iamUser: 'DATABASE_IAM_USER',
  /** Id of the outermost stack (a nested stack's root): the one whose status settles a deployment. */
  rootStackId: 'ROOT_STACK_ID',
  /** Seconds for which connecting is tried again. Default 90. */
  connectSeconds: 'CONNECT_SECONDS',
  /** `DESTRUCTIVE` or `ALWAYS`: before which runs a snapshot is taken. Not set where none is. */
  snapshotBefore: 'SNAPSHOT_BEFORE',
  /** ARN of the cluster or the instance of which it is taken. */
  snapshotOf: 'SNAPSHOT_OF',
} as const;

/**
 * Keys of the answer's `Data`. An answer always has all of them: CloudFormation fails a resource whose template reads a
 * key that an answer lacks, in a rollback too.
 */
export const DATA_KEYS = ['Version', 'Digest', 'Applied', 'Reverted', 'Kept', 'Drift'] as const;
export type ResponseData = Readonly<Record<(typeof DATA_KEYS)[number], string>>;

/** Begins every physical id of ours. Public: it is kept by CloudFormation. */
export const PHYSICAL_ID_PREFIX = 'aurora-migrations:';

/** Suffix of the physical id of a Create that changed nothing: a Delete with it needs no database. */
export const NOTHING_SUFFIX = ':nothing';

/** Files of the function's asset, relative to its root. */
export const ASSET = {
  /** The prebuilt bundle. */
  bundle: 'index.js',
  /** {@link Manifest} as JSON. */
  manifest: 'manifest.json',
  /**
   * Folder with one stored script a migration, `<name>.json`; and, where its up is too large for the database, that as
   * a JSON array of statements, `<name>.up.json`.
   */
  scripts: 'scripts',
  /** Certificates in PEM of authorities that the function trusts besides; only where the construct was given some. */
  authorities: 'authorities.pem',
} as const;

/** Where Lambda unpacks a function's asset. */
export const TASK_ROOT = '/var/task';

/**
 * Certificates of Amazon's own authorities, RDS among them. Node.js 20 and later on Lambda do not load them by
 * themselves. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
export const AMAZON_AUTHORITIES = '/var/runtime/ca-cert.pem';

/** Metrics of the function, one value each a request that was answered. Alarms and dashboards find them by these names. */
export const METRICS = {
  namespace: 'AuroraMigrations',
  dimensions: {
    /** Name of the stack. */
    stack: 'Stack',
    /** Logical id of the custom resource. */
    resource: 'Resource',
  },
  applied: 'Applied',
  reverted: 'Reverted',
  pending: 'Pending',
  /** From the time of the request to its answer, over all attempts. */
  duration: 'Duration',
  /** 1 where the answer is FAILED, or where the end of a release could not be written down; 0 otherwise. */
  failures: 'Failures',
  /** 1 where a rollback did not restore the schema, 0 otherwise. */
  schemaMismatch: 'SchemaMismatch',
} as const;

/** Beginnings of messages of the function's log that people search for. */
export const LOG = {
  /** Then status and reason, which are also the fields `status` and `reason`: what CloudFormation is told. */
  answering: 'answering',
  /** Then how it differs, which is also the field `drift`: a rollback did not restore the schema. */
  drift: 'the schema is not what it was before',
  /** Then why: the end of a release could not be written down, nor what it was to revert be reverted. */
  releaseNotEnded: 'the end of a release could not be written down',
  /** With `reason`: a part of the journal is missing, and a request that needs nothing of it was answered SUCCESS. */
  unusable: 'the journal cannot be used',
} as const;
