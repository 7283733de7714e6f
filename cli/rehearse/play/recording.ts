import type { Invocation } from '../../../rehearsal/function/function-types';
import type { CodeLife } from '../../../rehearsal/stack/live-code';
import type { Stack } from '../../../rehearsal/stack/stack';
import type { CustomResourceCall, LiveResource, OperationResult } from '../../../rehearsal/stack/stack-types';
import type { RunStatement, StatementLog } from './statement-log';

/** What was seen of one operation on a stack. */
export interface Recording {
  readonly startedAt: Date;
  readonly milliseconds: number;
  readonly result: OperationResult;
  readonly invocations: readonly Invocation[];
  /** Requests to custom resources, with their answers. */
  readonly calls: readonly CustomResourceCall[];
  readonly statements: readonly RunStatement[];
  /** Of the code that was live at any time of it. */
  readonly lives: readonly CodeLife[];
  /** Looks at the schema when code or schema changed, and what was wrong then. */
  readonly looks: number;
  readonly codeViolations: readonly string[];
  /** Answers and logs that were not as they must be. */
  readonly protocolViolations: readonly string[];
  /** Resources after it, by logical id; as they were before, where it has deleted them, also those that it had made itself. */
  readonly resources: ReadonlyMap<string, LiveResource>;
}

/**
 * Does something to a stack and keeps what is seen of it.
 *
 * @param seen resources that the stack has had at any time
 */
export async function record(
  stack: Stack,
  log: StatementLog,
  seen: ReadonlyMap<string, LiveResource>,
  operate: () => Promise<OperationResult>,
): Promise<Recording> {
  await log.clear();
  const { invocations, calls, violations, liveCode } = stack;
  const before = {
    invocations: invocations.length,
    calls: calls.length,
    violations: violations.length,
    looks: liveCode.checks,
  };
  const codeViolations = liveCode.violations.length;
  const startedAt = new Date();
  const result = await operate();
  await stack.idle();
  const milliseconds = Date.now() - startedAt.getTime();
  return {
    startedAt,
    milliseconds,
    result,
    invocations: invocations.slice(before.invocations),
    calls: calls.slice(before.calls),
    statements: await log.statements(),
    lives: liveCode.lives
      .filter(({ to }) => to === undefined || to >= startedAt)
      // What is still live may end later, of which this play must not know.
      .map((life) => ({ ...life })),
    looks: liveCode.checks - before.looks,
    codeViolations: liveCode.violations.slice(codeViolations),
    protocolViolations: violations.slice(before.violations),
    resources: new Map([...seen, ...stack.resources]),
  };
}
