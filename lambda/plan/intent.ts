/** What a stack's deletion does to the schema. */
export type OnDeleteValue = 'RETAIN' | 'REVERT';

/** What happens to applied migrations that a release no longer contains. */
export type OnRemovedValue = 'FAIL' | 'REVERT';

/** What happens to a pending migration that sorts before an applied one. */
export type OutOfOrderValue = 'ALLOW' | 'FAIL';

/** A custom resource, as CloudFormation names it. */
export interface Resource {
  readonly stackId: string;
  readonly logicalId: string;
  /**
   * In the second resource of a construct, which runs what has the phase contract: logical id of the first, which runs the
   * rest. Absent in the first.
   */
  readonly contractOf?: string;
}

/**
 * One CloudFormation request. `requestId` alone does not identify it: CloudFormation uses the same one again when it
 * retries a failed deployment (aws/aws-cdk#35957), so the time at which the ResponseURL was signed belongs to it.
 */
export interface Request {
  readonly resource: Resource;
  readonly requestId: string;
  /** X-Amz-Date of the ResponseURL in epoch milliseconds (whole seconds); the time of arrival where it has none. */
  readonly issuedAt: number;
}

/** What a request's properties say, read once. */
export interface Release {
  readonly digest: string;
  readonly version: string;
  readonly database: string;
  readonly onDelete: OnDeleteValue;
  readonly onRemoved: OnRemovedValue;
  readonly outOfOrder: OutOfOrderValue;
  /** Hash over all properties but ServiceToken and ServiceTimeout: tells a rollback from a new deployment. */
  readonly hash: string;
}

/**
 * What CloudFormation tells with the resource of one release. Its logical id carries the digest, so that it is created
 * before the application of a release is updated, and deleted only once all of an update has succeeded, or once all else is
 * back.
 */
export interface ReleaseIntent {
  /**
   * - `release-begins`: the schema is ready, and the application of the release comes next
   * - `release-ends`: no code of the release is live any more, or the stack goes away
   */
  readonly kind: 'release-begins' | 'release-ends';
  /** Its resource is the first one of the release's construct. */
  readonly request: Request;
  /** Of the release's resource. */
  readonly logicalId: string;
  /** Null where CloudFormation has not given it one yet. */
  readonly physicalId: string | null;
  /** Of its properties only digest and database are known. */
  readonly release: Release;
}

/** What a CloudFormation request wants. */
export type Intent =
  | { readonly kind: 'create'; readonly request: Request; readonly release: Release }
  | {
      readonly kind: 'update';
      readonly request: Request;
      readonly physicalId: string;
      readonly release: Release;
      /** The release that the resource had before this request. In a rollback: the one that is reverted. */
      readonly old: Release;
    }
  | { readonly kind: 'delete'; readonly request: Request; readonly physicalId: string; readonly release: Release }
  | ReleaseIntent;

/** A change of a stack's status, as EventBridge tells it: at least once, and late at times. */
export interface StackStatus {
  readonly stackId: string;
  readonly status: string;
  /** When it changed, epoch milliseconds (whole seconds). */
  readonly at: number;
}

/** Whether two requests of one resource are the same one. The row of a deployment says which one brought it. */
export function sameRequest(a: Request, b: Request): boolean {
  return a.requestId === b.requestId && a.issuedAt === b.issuedAt;
}

/** Whether a request is about the resource of one release. */
export function isOfRelease(intent: Intent): intent is ReleaseIntent {
  return intent.kind === 'release-begins' || intent.kind === 'release-ends';
}
