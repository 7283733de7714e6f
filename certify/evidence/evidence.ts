import type { Json, JsonObject } from '../../rehearsal/template/json';

/** A line of a stack's events, as CloudFormation tells it. */
export interface StackEvent {
  /** ISO 8601, with milliseconds. */
  readonly time: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
  readonly reason?: string;
}

/** Where an answer is to go, without what lets one put it there. */
export interface ResponsePlace {
  readonly host: string;
  /** When it was signed, `20261128T103000Z`. */
  readonly signedAt: string | null;
  /** Seconds for which it is good. */
  readonly expires: string | null;
}

/** A request of CloudFormation as the function received it. */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly StackId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResponseURL: ResponsePlace;
  readonly ResourceProperties: JsonObject;
  readonly OldResourceProperties?: JsonObject;
}

/** What Node was told to trust besides its own authorities. */
export type Authorities =
  | { readonly file: null }
  | { readonly file: string; readonly certificates: number; readonly ofRds: number }
  | { readonly file: string; readonly problem: string };

/** What the recorder, or the function itself, wrote into the log. Each line has its time and Lambda's id of the invocation. */
export type SeenLine = { readonly time: string; readonly invocation: string } & (
  | {
      readonly kind: 'event';
      /** `onFailure` is the function that answers for one that died. */
      readonly handler: 'handler' | 'onFailure';
      /** Digest of the release that the code is of. */
      readonly code: string;
      readonly node: string;
      readonly ca: Authorities;
      readonly event: JsonObject;
    }
  | { readonly kind: 'answer'; readonly http: number; readonly answer: JsonObject }
  | {
      readonly kind: 'tls';
      readonly host: string;
      readonly authorized: boolean;
      readonly protocol: string;
      /** Names in the certificates, the server's first. */
      readonly chain: readonly string[];
    }
  /** The invocation came to its end; one that died has no such line. */
  | { readonly kind: 'end'; readonly error?: string }
  /** A line of the function's own. */
  | { readonly kind: 'said'; readonly level: string; readonly message: string }
);

/** What one play did, and what was seen of it. */
export interface Scene {
  readonly play: string;
  readonly title: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** What was done, in words: commands, and how they ended. */
  readonly done: readonly string[];
  /** What the play looked up itself: schemas, rows, results of commands. */
  readonly facts: Readonly<Record<string, Json>>;
  readonly events: readonly StackEvent[];
  readonly seen: readonly SeenLine[];
  /** Why it was not played, or not to its end. */
  readonly notPlayed?: string;
}

/** All that a run has seen. */
export interface Evidence {
  readonly target: 'aws' | 'rehearsal';
  /** What ran: versions of ours, of the CDK's command line, of the server. */
  readonly versions: Readonly<Record<string, string>>;
  readonly region: string;
  readonly startedAt: string;
  readonly scenes: readonly Scene[];
  /** What was still there at the end, and would go on to cost money. */
  readonly remains: readonly string[];
}
