import type { Account, DatabaseAddress } from '../template/attributes';
import type { Cloud } from '../function/cloud';
import type { CloudClock } from '../function/cloud-clock';
import type { FunctionSettings } from '../function/function';
import type { Death, Invocation } from '../function/function-types';
import type { LiveCode } from './live-code';
import type { ResponseEndpoint } from '../endpoints/response-endpoint';
import type {
  CustomResourceCall,
  DeployOptions,
  Fault,
  FaultPhase,
  LiveResource,
  ResourceStatus,
  StackEvent,
  StackStatus,
} from './stack-types';

/** What is the same for all operations of one stack, from its creation to its deletion. */
export interface StackSettings {
  readonly cloud: Cloud;
  readonly clock: CloudClock;
  readonly endpoint: ResponseEndpoint;
  readonly database: DatabaseAddress;
  /** Makes a database of the server, where there is none of that name. */
  readonly createDatabase: (name: string) => Promise<void>;
  /** Looks whether live code lacks a migration of its release, or meets a later one that contracts. */
  readonly liveCode?: LiveCode;
  /** Settings for a function with these variables. */
  readonly functionSettings: (variables: Readonly<Record<string, string>>) => FunctionSettings;
  /** Folder for code that stands in the template itself. */
  readonly scratchFolder: string;
  readonly functionTimeoutMs?: number;
  /** Replaces the `ServiceTimeout` of custom resources. */
  readonly serviceTimeoutMs?: number;
  /** Types of the custom resources that are played, where all else in a template succeeds at once. */
  readonly only?: ReadonlySet<string>;
  /** Types of custom resources that succeed at once without their function being called. */
  readonly notPlayed: ReadonlySet<string>;
  readonly codeRollback: 'before' | 'after';
  readonly neededRollback: 'first' | 'last';
  /** Texts that must not stand in any answer. */
  readonly secrets: readonly string[];
  /** Attributes that take the place of made-up ones, by `LogicalId.Attribute`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What a stack is made of before it is deployed. */
export interface StackOptions {
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly settings: StackSettings;
  readonly listener: (event: StackEvent) => void;
  /** All that broke the protocol so far, of this stack; the functions and the endpoint add to it. */
  readonly violations: string[];
  /** All invocations of the stack's functions so far; the functions add to it. */
  readonly invocations: Invocation[];
  /** Resources whose updates may answer another physical id, by logical id or its beginning. */
  readonly mayBeReplaced: readonly string[];
}

/** The resources that a stack has; the one thing that an operation changes. */
export interface StackResources {
  /** As they are now, half-done ones included. */
  readonly live: Map<string, LiveResource>;
  /** As they were when the last operation ended well: what a rollback goes back to. */
  stable: ReadonlyMap<string, LiveResource>;
  /** Replaced ones that no map holds any more and the next clean-up deletes. */
  readonly orphans: LiveResource[];
  /** What the next clean-up deletes besides: logical ids that the template does not have any more, or again. */
  unwanted: ReadonlySet<string>;
}

/** Of a stack that is not created yet. */
export function newResources(): StackResources {
  return { live: new Map(), stable: new Map(), orphans: [], unwanted: new Set() };
}

/** One operation on a stack. */
export interface Operation {
  readonly account: Account;
  readonly settings: StackSettings;
  readonly resources: StackResources;
  readonly deliveries: number;
  readonly rollback: boolean;
  /** Whether an update or its rollback ends with its clean-up. */
  readonly cleanUp: boolean;
  /** Whether an update may answer another physical id. */
  readonly mayBeReplaced: (logicalId: string) => boolean;
  /** The id of the next request to a custom resource, where it is not to be a new one. */
  readonly requestIdFor: (logicalId: string) => string | undefined;
  readonly faultFor: (logicalId: string, phase: FaultPhase) => Fault | undefined;
  /** The deaths that are still to come of the function that handles a request to a resource; whoever dies one takes it away. */
  readonly deathsFor: (logicalId: string) => Death[];
  readonly emit: (resource: EventSubject, status: ResourceStatus, reason?: string) => void;
  readonly setStatus: (status: StackStatus, reason?: string) => void;
  readonly onViolation: (violation: string) => void;
  /** Keeps a request's end for the record. */
  readonly note: (call: CustomResourceCall) => void;
  /** Keeps work that the operation need not wait for: a function goes on when nobody waits for its answer any more. */
  readonly background: (work: Promise<unknown>) => void;
  /** Keeps work that the operation is to see the end of, though CloudFormation would not. */
  readonly finishing: (work: Promise<unknown>) => void;
}

/** What of an operation its caller may choose, with the defaults. */
export function howItGoes(options: DeployOptions): Pick<Operation, 'deliveries' | 'rollback' | 'cleanUp'> {
  const { deliveries = 1, rollback = true, cleanUp = true } = options;
  return { deliveries, rollback, cleanUp };
}

export interface EventSubject {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
}
