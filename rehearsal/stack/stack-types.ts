import type { Death } from '../function/function-types';
import type { Json, JsonObject } from '../template/json';

/** A stack's status as CloudFormation names it; `NOT_CREATED` before the first deployment. */
export type StackStatus =
  | 'NOT_CREATED'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

export type ResourceStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED'
  | 'DELETE_SKIPPED';

/** One line of a stack's events. */
export interface StackEvent {
  readonly time: Date;
  readonly stackName: string;
  /** `stack` for an event of the stack itself. */
  readonly kind: 'stack' | 'resource';
  readonly status: StackStatus | ResourceStatus;
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly reason?: string;
}

/** A resource that a stack has. */
export interface LiveResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** Its properties, all intrinsics evaluated. After a failed update: those that were tried. */
  readonly properties: JsonObject;
  /** What the answer's `Data` said; empty for all but custom resources. */
  readonly attributes: JsonObject;
  /** Logical ids of the resources that it needs. */
  readonly after: readonly string[];
  readonly deletionPolicy: string;
  readonly updateReplacePolicy: string;
  /** Of an application's function: the releases that its code is part of. */
  readonly writtenFor: WrittenFor;
  /** Where a function's code lies. */
  readonly codePath?: string;
  /** Whether it does something in a rehearsal. All else succeeds at once. */
  readonly isActive: boolean;
  /** Attributes that the template reads of it. */
  readonly attributesRead: readonly string[];
  /** Whether creating it failed, so that the next attempt creates it anew. */
  readonly createFailed: boolean;
}

/** When an injected fault strikes. */
export type FaultPhase = 'create' | 'update' | 'delete' | 'rollback';

/** Makes one resource fail, as if AWS had refused it. */
export interface Fault {
  /**
   * The phase in which it fails.
   * @default - create or update, whichever the deployment does
   */
  readonly on?: FaultPhase;
  /**
   * What CloudFormation says.
   * @default 'Resource handler returned message: "made to fail by the rehearsal"'
   */
  readonly reason?: string;
  /**
   * What it waits for before it fails: milliseconds, or a promise.
   * @default - fails at once
   */
  readonly after?: number | (() => Promise<unknown>);
}

export interface DeployOptions {
  /**
   * Resources that are made to fail, by logical id, construct path or beginning of the logical id.
   * @default - none
   */
  readonly fail?: Readonly<Record<string, Fault | string>>;
  /**
   * How the function dies while it handles the request to a custom resource, of which the key is a name as above: one death an
   * attempt, until there are no more of them.
   * @default - it does not
   */
  readonly deaths?: Readonly<Record<string, readonly Death[]>>;
  /**
   * Whether a failure is rolled back; false is `cdk deploy --no-rollback`.
   * @default true
   */
  readonly rollback?: boolean;
  /**
   * Whether an update or a rollback ends with its clean-up; false is a nested stack, which waits with it for its root:
   * until `Stack.cleanUp` where the root has succeeded or is back, or `Stack.rollback` where the root goes back.
   * @default true
   */
  readonly cleanUp?: boolean;
  /**
   * How often each request to a custom resource is delivered; Lambda promises at least once.
   * @default 1
   */
  readonly deliveries?: number;
  /**
   * How stack status events are delivered.
   * @default - once each, at once
   */
  readonly statusEvents?: StatusEventOptions;
  /**
   * Whether answers that break the protocol are only noted, instead of making the operation reject.
   * @default false
   */
  readonly tolerateViolations?: boolean;
}

export interface StatusEventOptions {
  /**
   * How often each event is delivered; EventBridge promises at least once.
   * @default 1
   */
  readonly copies?: number;
  /**
   * Whether the events of this operation are kept back until they are released.
   * @default false
   */
  readonly hold?: boolean;
}

/** What became of an operation. */
export interface OperationResult {
  readonly status: StackStatus;
  /** The first failure's reason, where something failed. */
  readonly reason?: string;
  /** The events of this operation. */
  readonly events: readonly StackEvent[];
  /** The stack's outputs after it. */
  readonly outputs: Readonly<Record<string, Json>>;
  readonly durationMs: number;
}

/** A request to a custom resource that was sent, and what became of it. */
export interface CustomResourceCall {
  /** The event as the function received it. */
  readonly event: CustomResourceEvent;
  /** The ARN of the function. */
  readonly functionArn: string;
  /** How it ended for CloudFormation. */
  readonly outcome: CustomResourceOutcome;
}

export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ServiceToken: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: JsonObject;
  readonly OldResourceProperties?: JsonObject;
}

export type CustomResourceOutcome =
  | { readonly kind: 'success'; readonly physicalId: string; readonly data: JsonObject }
  | { readonly kind: 'failed'; readonly physicalId?: string; readonly reason: string }
  /** CloudFormation stopped waiting, because something else failed. */
  | { readonly kind: 'cancelled' };

/**
 * Which releases the code of an application is part of, by the function that migrates for it: digests. Code that is the
 * same in several releases is part of all of them.
 */
export type WrittenFor = Readonly<Record<string, readonly string[]>>;

/** A request to a custom resource's function, before it has its ids and its URL. */
export interface CustomResourceRequest {
  readonly requestType: CustomResourceEvent['RequestType'];
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly properties: JsonObject;
  readonly oldProperties?: JsonObject;
}
