import type { IConstruct } from 'constructs';

/**
 * Says that what the user has given cannot be deployed, and what to change. It is thrown while the app is synthesized,
 * so nothing has been deployed when it is seen.
 */
export class ValidationError extends Error {
  /** Stable, for programs: the words of a message may change, its code does not. */
  readonly code: string;
  /** Path of the construct that was given the bad value. */
  readonly constructPath: string;

  constructor(scope: IConstruct, code: string, message: string) {
    super(`[${scope.node.path}] ${message}`);
    this.name = 'ValidationError';
    this.code = code;
    this.constructPath = scope.node.path;
  }
}
