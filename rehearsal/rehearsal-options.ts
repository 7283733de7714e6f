import type { Database, DatabaseOptions } from './servers/database-types';
import type { StackEvent } from './stack/stack-types';

/** How a rehearsal is played. */
export interface RehearsalOptions {
  /**
   * A database server that runs already, or how to start one.
   * @default - a server is found or started, and stopped at the end
   */
  readonly database?: Database | DatabaseOptions;
  /**
   * When a rollback brings the function's old code: before the custom resource's Update, as the order of dependencies
   * makes CloudFormation do it, or after it.
   * @default 'before'
   */
  readonly codeRollback?: 'before' | 'after';
  /**
   * Whether a rollback begins with what others need, as CloudFormation does it, or ends with it.
   * @default 'first'
   */
  readonly neededRollback?: 'first' | 'last';
  /**
   * Called with each event of each stack.
   * @default - nobody is
   */
  readonly listener?: (event: StackEvent) => void;
  /**
   * The Node that runs the functions.
   * @default - the one that runs this
   */
  readonly nodePath?: string;
  /**
   * Whether an environment may begin in the process of one that ended, and loads its code there anew. It takes a twentieth
   * of the time. One that crashed, ran out of time or left anything undone takes its process along, as in Lambda.
   * @default false
   */
  readonly reuseProcesses?: boolean;
  /**
   * Milliseconds before the second and the third attempt of an asynchronous invocation. Lambda's are 60,000 and 120,000.
   * @default [20, 40]
   */
  readonly retryDelaysMs?: readonly number[];
}

/** What a stack is given in place of what AWS would give it. */
export interface StackOverrides {
  /**
   * Attributes by `LogicalId.Attribute`.
   * @default - made up
   */
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * Variables of the functions that work on a database, above those of the template.
   * @default - host and port of the real server
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The databases that come with the clusters and instances; others are for migrations to create.
   * @default - those that the stack's functions work on
   */
  readonly databases?: readonly string[];
  /**
   * Values of the template's parameters.
   * @default - their defaults
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * Replaces the `Timeout` of functions.
   * @default - the template's
   */
  readonly functionTimeoutMs?: number;
  /**
   * Replaces the `ServiceTimeout` of custom resources.
   * @default - the template's
   */
  readonly serviceTimeoutMs?: number;
  /**
   * Resources whose updates may answer another physical id, by logical id or its beginning.
   * @default - none: another id is a violation
   */
  readonly mayBeReplaced?: readonly string[];
  /**
   * Types of custom resources that succeed at once.
   * @default - those of the CDK itself that call AWS
   */
  readonly notPlayed?: readonly string[];
  /**
   * Types of the custom resources that are played. All else in a template succeeds at once, whatever it is, and what the
   * template does not say by itself is made up.
   * @default - all custom resources with a function in the template, and what the template does not say is an error
   */
  readonly only?: readonly string[];
  /**
   * Called with each event of this stack.
   * @default - the rehearsal's listener
   */
  readonly listener?: (event: StackEvent) => void;
  /** @default 'eu-central-1' */
  readonly region?: string;
  /** @default '111122223333' */
  readonly accountId?: string;
  /**
   * Takes the place of the rehearsal's.
   * @default - the rehearsal's
   */
  readonly neededRollback?: 'first' | 'last';
  /**
   * Takes the place of the rehearsal's.
   * @default - the rehearsal's
   */
  readonly codeRollback?: 'before' | 'after';
}
