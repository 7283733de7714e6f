import {
  type Fault,
  FAULT_KINDS,
  FAULT_MOMENTS,
  FAULT_TARGETS,
  type FaultKind,
  type FaultMoment,
  type FaultTarget,
} from './fault';
import { hasMoment, mayWrite, type SentCommand } from './proxy/sent-command';
import { CODE_ORDERS, type CodeOrder, type ExpectedStates, playPoint, type RunName, RUNS } from './fault-point';
import type { FaultStage } from './fault-stage';
import type { MigrationStatement } from './statement-ledger';

/** All points of one run that differ only in the command at which the fault strikes. */
export interface FaultSeries {
  readonly kind: FaultKind;
  readonly moment: FaultMoment;
  readonly target: FaultTarget;
  readonly run: RunName;
  readonly order: CodeOrder;
}

export interface SeriesPoint extends FaultSeries {
  /** Number of the command, from 1. */
  readonly command: number;
}

/** A command of a run without faults. */
export interface PlannedCommand {
  readonly text: string;
  readonly mayWrite: boolean;
  /** How many replies it has. */
  readonly replies: number;
  /** Whether it is a step of an SQL migration, which the function kills where it outlasts its time. */
  readonly isOwnStep: boolean;
  /** Whether it is a statement of any migration. */
  readonly isStatement: boolean;
}

/** What runs are like without any fault. */
export interface FaultlessRuns {
  readonly expected: ExpectedStates;
  /** The commands of each run and target, by their names. */
  readonly commands: Readonly<Record<string, readonly PlannedCommand[]>>;
}

/**
 * Packets with which the status event of the update's beginning and the update itself log in. Of a cancelled update nobody
 * knows who logs in after that, and in which order.
 */
const LOGINS_BEFORE_WORK = 6;

/** KILL QUERY is tried for so many statements of a run, the same distance apart: it knows nothing of the journal. */
const KILLS_OF_A_RUN = 6;

export const ALL_SERIES: readonly FaultSeries[] = FAULT_KINDS.flatMap((kind) =>
  FAULT_MOMENTS.flatMap((moment) =>
    FAULT_TARGETS.filter((target) => canBe({ kind, moment, target })).flatMap((target) =>
      RUNS.filter((run) => kind !== 'cancel' || run !== 'revert').flatMap((run) =>
        CODE_ORDERS.map((order) => ({ kind, moment, target, run, order })),
      ),
    ),
  ),
);

/** Only an update can be cancelled, and not its rollback; whose status event is handled meanwhile is all the same. */
function canBe({ kind, moment, target }: Omit<Fault, 'command'>): boolean {
  if (kind === 'cancel' && target !== 'work' && target !== 'login') return false;
  switch (moment) {
    case 'before':
    case 'after':
      return kind !== 'slow';
    case 'during':
      return target === 'work' && (kind === 'kill' || kind === 'drop' || kind === 'slow');
    case 'between':
      return target === 'work' && kind !== 'slow' && kind !== 'cancel';
  }
}

/** Plays each run without a fault: what comes of it is what must come of it with one. */
export async function playWithoutFaults(stage: FaultStage): Promise<FaultlessRuns> {
  await stage.reset();
  const before = await stage.state.read();
  const update = await playPoint(stage, { run: 'update', order: 'old-first' });
  const expected = { before, after: await stage.state.read() };
  if (update.status !== 'UPDATE_COMPLETE') throw new Error(`the update fails without any fault: ${update.reason}`);
  const commands: Record<string, readonly PlannedCommand[]> = {};
  const forms = new Map(stage.statements.map(({ text, form }) => [text, form]));
  for (const run of RUNS) {
    for (const order of CODE_ORDERS) {
      const result = await playPoint(stage, { run, order }, expected);
      if (result.verdict !== 'held')
        throw new Error(`${run}, ${order} does not hold without any fault: ${result.problems.join('\n')}`);
      for (const target of FAULT_TARGETS) {
        commands[`${run} ${order} ${target}`] = result.counted
          .filter((command) => command.target === target)
          .map((command) => planned(command, forms));
      }
      if (commands[`${run} ${order} work`]?.length === 0) throw new Error(`${run}, ${order}: no session does any work`);
    }
  }
  return { expected, commands };
}

function planned(command: SentCommand, forms: ReadonlyMap<string, MigrationStatement['form']>): PlannedCommand {
  const { text, sql, replies } = command;
  const form = mayWrite(command) ? forms.get(sql) : undefined;
  return {
    text,
    mayWrite: mayWrite(command),
    replies: replies.length,
    isStatement: form !== undefined,
    isOwnStep: form === 'sql',
  };
}

/** The points of a series: every `every`-th of them, from `offset` on. */
export function pointsOf(
  series: FaultSeries,
  { commands }: FaultlessRuns,
  every = 1,
  offset = 0,
): readonly SeriesPoint[] {
  const { kind, moment, run, order, target } = series;
  const all = commands[`${run} ${order} ${target === 'own-kill' ? 'work' : target}`] ?? [];
  const numbers = all
    .slice(0, kind === 'cancel' && target === 'login' ? LOGINS_BEFORE_WORK : undefined)
    .filter((command) => hasMoment(moment, command))
    .flatMap((command, index) => (isPossible(series, command) ? [index + 1] : []));
  const step = target === 'own-kill' ? Math.ceil(numbers.length / KILLS_OF_A_RUN) : 1;
  return numbers
    .filter((_, index) => index % step === 0)
    .filter((_, index) => index % every === offset % every)
    .map((command) => ({ ...series, command }));
}

function isPossible({ kind, moment, target }: FaultSeries, command: PlannedCommand): boolean {
  if (target === 'own-kill') return command.isOwnStep;
  if (moment === 'during') return command.mayWrite && (kind !== 'slow' || command.isStatement);
  return moment !== 'between' || command.replies > 1;
}

/** How a point is repeated. */
export function repetitionOf({ kind, moment, target, run, order, command }: SeriesPoint, server: string): string {
  return `npm run test:faults -- --server ${server} --kind ${kind} --moment ${moment} --target ${target} --run ${run} --order ${order} --point ${command}`;
}
