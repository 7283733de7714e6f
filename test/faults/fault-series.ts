import { FAULT_KINDS, FAULT_MOMENTS, type FaultKind, type FaultMoment } from './fault-injector';
import {
  CODE_ORDERS,
  type CodeOrder,
  type ExpectedStates,
  type PointResult,
  playPoint,
  type RunName,
  RUNS,
} from './fault-point';
import type { FaultStage } from './fault-stage';

/** All points of one run that differ only in the command at which the fault strikes. */
export interface FaultSeries {
  readonly kind: FaultKind;
  readonly moment: FaultMoment;
  readonly run: RunName;
  readonly order: CodeOrder;
}

export interface SeriesPoint extends FaultSeries {
  /** Number of the command, from 1. */
  readonly command: number;
}

/** What runs are like without any fault. */
export interface FaultlessRuns {
  readonly expected: ExpectedStates;
  /** Number of commands that each run sends. */
  readonly commands: ReadonlyMap<string, number>;
}

export const ALL_SERIES: readonly FaultSeries[] = FAULT_KINDS.flatMap((kind) =>
  FAULT_MOMENTS.flatMap((moment) => RUNS.flatMap((run) => CODE_ORDERS.map((order) => ({ kind, moment, run, order })))),
);

/** Plays each run without a fault: what comes of it is what must come of it with one. */
export async function playWithoutFaults(stage: FaultStage): Promise<FaultlessRuns> {
  await stage.reset();
  const before = await stage.state.read();
  const update = await playPoint(stage, { run: 'update', order: 'old-first' });
  const expected = { before, after: await stage.state.read() };
  if (update.status !== 'UPDATE_COMPLETE') throw new Error(`the update fails without any fault: ${update.reason}`);
  const commands = new Map<string, number>();
  for (const run of RUNS) {
    for (const order of CODE_ORDERS) {
      const result = await playPoint(stage, { run, order }, expected);
      if (result.verdict !== 'held')
        throw new Error(`${run}, ${order} does not hold without any fault: ${result.problems.join('\n')}`);
      commands.set(`${run} ${order}`, result.executed.length);
    }
  }
  return { expected, commands };
}

/** The points of a series: every `every`-th command, from `offset` on. */
export function pointsOf(
  series: FaultSeries,
  { commands }: FaultlessRuns,
  every = 1,
  offset = 0,
): readonly SeriesPoint[] {
  const count = commands.get(`${series.run} ${series.order}`) ?? 0;
  const points: SeriesPoint[] = [];
  for (let command = 1 + (offset % every); command <= count; command += every) points.push({ ...series, command });
  return points;
}

/** Plays points on several stages at once. */
export async function playPoints(
  stages: readonly FaultStage[],
  points: readonly SeriesPoint[],
  expected: ReadonlyMap<FaultStage, ExpectedStates>,
  onResult: (point: SeriesPoint, result: PointResult) => void,
): Promise<void> {
  const queue = [...points];
  await Promise.all(
    stages.map(async (stage) => {
      for (let point = queue.shift(); point !== undefined; point = queue.shift()) {
        const { kind, moment, command, run, order } = point;
        const result = await playPoint(stage, { run, order, fault: { kind, moment, command } }, expected.get(stage));
        onResult(point, result);
      }
    }),
  );
}

/** How a point is repeated. */
export function repetitionOf({ kind, moment, run, order, command }: SeriesPoint, server: string): string {
  return `npm run test:faults -- --server ${server} --kind ${kind} --moment ${moment} --run ${run} --order ${order} --point ${command}`;
}
