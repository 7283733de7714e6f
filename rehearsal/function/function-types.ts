/** What a function's configuration says, all intrinsics resolved. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly codeFolder: string;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

/** An error as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** When a function's process is killed, as a lack of memory would do it. */
export type Death =
  | { readonly kind: 'at-start' }
  /** When the server has carried out a statement that holds this text, and before anything is made of its answer. */
  | { readonly kind: 'after-statement'; readonly statement: string };

/** How one invocation ended. */
export type InvocationOutcome =
  | { readonly kind: 'returned'; readonly payload: unknown }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  /** The process ended by itself, or could not load the code. */
  | { readonly kind: 'crashed'; readonly error: FunctionError }
  | { readonly kind: 'timed-out'; readonly error: FunctionError }
  /** The rehearsal was stopped while it ran. */
  | { readonly kind: 'stopped' };

/** One attempt at handling one event, for the record. */
export interface Invocation {
  readonly functionName: string;
  readonly requestId: string;
  /** 1 for the first attempt; an asynchronous invocation has up to three. */
  readonly attempt: number;
  readonly event: unknown;
  readonly outcome: InvocationOutcome;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** Milliseconds that loading the code took, where this invocation was the first in its environment. */
  readonly initMs?: number;
  /** Highest resident set of the environment so far; absent where the process did not live to say it. */
  readonly maxRssKb?: number;
  /** Name of the stream of its lines; absent where the rehearsal was stopped before. */
  readonly logStream?: string;
  /** What was written to standard output and standard error, with Lambda's START, END and REPORT lines. */
  readonly log: string;
}
