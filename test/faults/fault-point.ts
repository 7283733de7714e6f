import { setTimeout as sleep } from 'node:timers/promises';
import type { StackStatus } from '../../rehearsal/stack/stack-types';
import { type DatabaseState, stateDifferences } from './database-state';
import type { Fault } from './fault';
import { commandOf, type SentCommand } from './proxy/sent-command';
import { SIBLING, UNREPEATABLE } from './fault-releases';
import type { FaultOperation } from './fault-stack';
import type { FaultStage } from './fault-stage';
import { StatementLedger } from './statement-ledger';

/**
 * Where the fault strikes: in an update that would succeed; in the rollback of one that succeeded and whose sibling
 * failed; in an update whose last migration fails, so that it reverts itself.
 */
export const RUNS = ['update', 'revert', 'own-revert'] as const;
export type RunName = (typeof RUNS)[number];

/** Whose code carries out the rollback. */
export const CODE_ORDERS = ['old-first', 'new-first'] as const;
export type CodeOrder = (typeof CODE_ORDERS)[number];

/** One run with at most one fault. */
export interface FaultPoint {
  readonly run: RunName;
  readonly order: CodeOrder;
  readonly fault?: Fault;
}

/** What the states before and after the update are. */
export interface ExpectedStates {
  readonly before: DatabaseState;
  readonly after: DatabaseState;
}

export interface PointResult {
  /**
   * `repair`: a JavaScript migration with DDL died half-way and said so. `absent`: nothing struck, since this run had no command of that
   * number, and all is well. How many there are depends on how sessions fall between each other: where the machine is busy, one less.
   */
  readonly verdict: 'held' | 'broken' | 'repair' | 'absent';
  readonly problems: readonly string[];
  readonly status: StackStatus;
  readonly reason: string;
  /** The commands that the fault may strike at, in their order. */
  readonly counted: readonly SentCommand[];
  /** The command at which the fault struck. */
  readonly struck?: SentCommand;
  /** What the functions logged, for the report. */
  readonly log: string;
  readonly durationMs: number;
}

/** A point that takes longer hangs. */
const PATIENCE_MS = 150_000;

const FAIL = { [SIBLING]: 'the sibling fails on purpose' };

/** A fault that did not strike has tried nothing: two sessions were faster or slower than the time before. */
const TRIES = 3;

/** Plays a run with its fault to the end of all that comes of it, and looks at what there is then. */
export async function playPoint(stage: FaultStage, point: FaultPoint, expected?: ExpectedStates): Promise<PointResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await playOnce(stage, point, expected);
    if (point.fault === undefined || result.struck !== undefined || tries === TRIES) return result;
    // A function whose session ended at COM_SET_OPTION sends no packets any more, so that nothing can strike within one.
    stage.cloud.chill();
  }
}

async function playOnce(stage: FaultStage, point: FaultPoint, expected?: ExpectedStates): Promise<PointResult> {
  await stage.reset();
  const startedAt = Date.now();
  const { run, order, fault } = point;
  const { injector, stack, templates } = stage;
  const isAlone = fault === undefined || fault.target !== 'work' || fault.kind === 'slow';
  stage.cloud.isSerial = isAlone && fault?.kind !== 'cancel';
  if (run !== 'revert') injector.arm(fault);
  const operation = stack.update(
    run === 'own-revert' ? templates.broken : templates.second,
    { codeRollback: order === 'old-first' ? 'before' : 'after' },
    run === 'revert' ? FAIL : undefined,
    (status) => {
      if (run === 'revert' && status === 'UPDATE_ROLLBACK_IN_PROGRESS') injector.arm(fault);
    },
  );
  const result = await Promise.race([operation, sleep(PATIENCE_MS, null, { ref: false })]);
  await injector.disarm();
  await stage.serverIsBack();

  const problems = [...(await problemsOf(stage, point, result, expected))];
  const { counted, struck } = injector;
  const isMissed = fault !== undefined && struck === undefined;
  if (isMissed && isThere(fault, counted))
    problems.push(`nothing struck at command ${fault.command}: something else went wrong`);
  const isRepair = result !== null && saysRepair(result);
  return {
    verdict: problems.length > 0 ? 'broken' : isMissed ? 'absent' : isRepair ? 'repair' : 'held',
    problems,
    status: stack.status,
    reason: result === null ? 'no end' : reasonsOf(result),
    counted,
    struck,
    log: stage.invocations.map(({ log }) => log).join('\n'),
    durationMs: Date.now() - startedAt,
  };
}

/** Whether a run without that fault had the moment that it is about. */
function isThere(fault: Fault, counted: readonly SentCommand[]): boolean {
  const command = commandOf(fault, counted);
  return command !== undefined && (fault.moment !== 'between' || command.replies.length > 1);
}

async function problemsOf(
  { stack, state, statements, injector }: FaultStage,
  { run }: FaultPoint,
  result: FaultOperation | null,
  expected: ExpectedStates | undefined,
): Promise<readonly string[]> {
  if (result === null) return [`nothing ended within ${PATIENCE_MS / 1000} s: the stack is in ${stack.status}`];
  const problems = [...stack.violations, ...new StatementLedger(statements, injector.events).repeated()];
  for (const { outcome } of result.calls) {
    if (outcome.kind === 'failed' && outcome.reason.includes('did not receive a response'))
      problems.push(outcome.reason);
  }
  if (expected === undefined) return problems;
  const found = await state.read();
  // In the clean-up nobody comes back to it, and the stack is well.
  const wanted = saysRepair(result) ? null : wantedState(run, result.status, expected);
  if (wanted !== null) {
    const differences = stateDifferences(wanted, found);
    if (differences.length > 0) problems.push(`${result.status}, but the database differs:\n${differences.join('\n')}`);
  } else if (!/^UPDATE_ROLLBACK_(FAILED|COMPLETE)$/.test(result.status) || !saysRepair(result)) {
    problems.push(`ended in ${result.status}`);
  } else if (!found.some((line) => line.startsWith(`history: ${UNREPEATABLE} `))) {
    // Whoever repairs must be told the truth.
    problems.push(`needs repair, but the history does not have ${UNREPEATABLE}`);
  }
  if (problems.length > 0) problems.push(...(await state.deployments()));
  return problems;
}

/** What the database must be like in a status; null where the status itself is wrong, or right only with a reason. */
function wantedState(run: RunName, status: StackStatus, { before, after }: ExpectedStates): DatabaseState | null {
  if (status === 'UPDATE_ROLLBACK_COMPLETE') return before;
  return status === 'UPDATE_COMPLETE' && run === 'update' ? after : null;
}

function saysRepair({ calls }: FaultOperation): boolean {
  const outcome = calls.at(-1)?.outcome;
  return (
    outcome?.kind === 'failed' && outcome.reason.includes('[needs-repair]') && outcome.reason.includes(UNREPEATABLE)
  );
}

function reasonsOf({ calls }: FaultOperation): string {
  return calls
    .map(
      ({ event, outcome }) => `${event.RequestType}: ${outcome.kind}${'reason' in outcome ? ` ${outcome.reason}` : ''}`,
    )
    .join('\n');
}
