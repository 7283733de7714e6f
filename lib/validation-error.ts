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
    super(`[${scope.node.path}] ${withCode(message, code)}`);
    this.name = 'ValidationError';
    this.code = code;
    this.constructPath = scope.node.path;
  }
}

/** In the words too: other languages than TypeScript see nothing else of an error. A list of problems has codes of its own. */
function withCode(message: string, code: string): string {
  const [sentence = '', ...list] = message.split('\n');
  const isHead = list.length > 0 && sentence.endsWith(':');
  return [isHead ? `${sentence.slice(0, -1)} (${code}):` : `${sentence} (${code})`, ...list].join('\n');
}
