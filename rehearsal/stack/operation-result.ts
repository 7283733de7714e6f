import type { OperationResult, StackEvent, StackStatus } from './stack-types';

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

/** What became of an operation that has just ended. */
export function resultOf(
  status: StackStatus,
  events: readonly StackEvent[],
  outputs: OperationResult['outputs'],
  startedAt: number,
): OperationResult {
  return { status, reason: firstFailure(events), events, outputs, durationMs: Date.now() - startedAt };
}

/** Why an operation did not end well: what failed first, not what was cancelled for it. */
function firstFailure(events: readonly StackEvent[]): string | undefined {
  const failed = events.find(
    ({ kind, status, reason }) => kind === 'resource' && status.endsWith('_FAILED') && !reason?.endsWith(' cancelled'),
  );
  const stackWide = events.find(({ status }) => status.includes('ROLLBACK') || status.endsWith('_FAILED'));
  return (failed ?? stackWide)?.reason;
}
