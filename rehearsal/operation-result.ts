import type { OperationResult, StackEvent } from './stack-types';

/** Says that an operation ended, but that an answer or a log broke the rules on the way. */
export class ProtocolViolationError extends Error {
  readonly violations: readonly string[];
  readonly result: OperationResult;

  constructor(violations: readonly string[], result: OperationResult) {
    super(`the stack reached ${result.status}, but the protocol was broken:\n- ${violations.join('\n- ')}`);
    this.name = 'ProtocolViolationError';
    this.violations = violations;
    this.result = result;
  }
}

/** Why an operation did not end well: what failed first, not what was cancelled for it. */
export function firstFailure(events: readonly StackEvent[]): string | undefined {
  const failed = events.find(
    ({ kind, status, reason }) => kind === 'resource' && status.endsWith('_FAILED') && !reason?.endsWith(' cancelled'),
  );
  const stackWide = events.find(({ status }) => status.includes('ROLLBACK') || status.endsWith('_FAILED'));
  return (failed ?? stackWide)?.reason;
}
