import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import {
  playPoints,
  playWithoutFaults,
  pointsOf,
  ALL_SERIES,
  type FaultlessRuns,
  type FaultSeries,
  repetitionOf,
  type SeriesPoint,
} from './fault-series';
import type { ExpectedStates, PointResult } from './fault-point';
import { FaultServer } from './fault-server';
import type { FaultStage } from './fault-stage';

const HELP = `npm run test:faults -- [options]
  --server mariadb|mysql  --kind kill|drop|server|stall  --moment before|after
  --run update|revert|undo  --order old-first|new-first
  --point N     only the N-th command, with all that is known of it
  --every K     every K-th command, --offset O the first of them
  --jobs J      stages at once (default 2; a stall waits, so it has 8)`;

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    kind: { type: 'string' },
    moment: { type: 'string' },
    run: { type: 'string' },
    order: { type: 'string' },
    point: { type: 'string' },
    every: { type: 'string', default: '1' },
    offset: { type: 'string', default: '0' },
    jobs: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});

/** What became of the points of a series. */
interface Tally {
  readonly server: string;
  readonly series: FaultSeries;
  tried: number;
  held: number;
  /** Of those held: updates that the fault made go back, though nothing was wrong with them. */
  back: number;
  repair: number;
  broken: number;
  milliseconds: number;
}

/** Plays the points that were asked for and prints one table; true where all of them held. */
async function runFaults(): Promise<boolean> {
  const tallies: Tally[] = [];
  for (const kind of ['mariadb', 'mysql'] as const) {
    if (options.server !== undefined && options.server !== kind) continue;
    const server = await FaultServer.start(kind);
    if (server === undefined) {
      print(`note: no ${kind} of our own here: its points are not tried`);
      continue;
    }
    try {
      tallies.push(...(await runOn(server)));
    } finally {
      await server.stop();
    }
  }
  print(tableOf(tallies));
  return tallies.every(({ broken }) => broken === 0);
}

async function runOn(server: FaultServer): Promise<readonly Tally[]> {
  const { kind: name, version } = server.database;
  print(`${name} ${version}`);
  const faultless = new Map<FaultStage, FaultlessRuns>();
  const expected = new Map<FaultStage, ExpectedStates>();
  const tallies: Tally[] = [];
  for (const series of ALL_SERIES.filter(isWanted)) {
    const stages = await server.stages(jobsFor(series));
    for (const stage of stages) {
      const runs = faultless.get(stage) ?? (await playWithoutFaults(stage));
      faultless.set(stage, runs);
      expected.set(stage, runs.expected);
    }
    const runs = faultless.get(stages[0]!)!;
    const points =
      options.point === undefined
        ? pointsOf(series, runs, Number(options.every), Number(options.offset))
        : [{ ...series, command: Number(options.point) }];
    const tally: Tally = { server: name, series, tried: 0, held: 0, back: 0, repair: 0, broken: 0, milliseconds: 0 };
    tallies.push(tally);
    const startedAt = Date.now();
    await playPoints(stages, points, expected, (point, result) => {
      count(tally, result);
      if (result.verdict !== 'held' || options.point !== undefined) print(describe(point, result, name));
    });
    tally.milliseconds = Date.now() - startedAt;
    const { kind, moment, run, order } = series;
    print(
      `${name} ${kind} ${moment}, ${run}, ${order}: ${tally.tried} tried, ${tally.held} held (${tally.back} went back), ${tally.repair} need repair, ${tally.broken} broken; ${tally.milliseconds} ms`,
    );
  }
  return tallies;
}

function isWanted({ kind, moment, run, order }: FaultSeries): boolean {
  return (
    [options.kind, kind].includes(kind) &&
    (options.kind ?? kind) === kind &&
    (options.moment ?? moment) === moment &&
    (options.run ?? run) === run &&
    (options.order ?? order) === order
  );
}

/** A crash of the server strikes all stages on it. */
function jobsFor({ kind }: FaultSeries): number {
  if (kind === 'server' || options.point !== undefined) return 1;
  return kind === 'stall' ? Math.max(8, Number(options.jobs)) : Number(options.jobs);
}

function count(tally: Tally, { verdict, status }: PointResult): void {
  tally.tried += 1;
  tally[verdict] += 1;
  if (tally.series.run === 'update' && verdict === 'held' && status !== 'UPDATE_COMPLETE') tally.back += 1;
}

function describe(point: SeriesPoint, result: PointResult, server: string): string {
  const { verdict, status, struck, problems, reason, log, executed } = result;
  const head = `${verdict.toUpperCase()} at command ${point.command}: ${shorten(struck?.text ?? 'none')}: ${status}`;
  if (verdict === 'repair' && options.point === undefined) return head;
  const details = [head, `repeat: ${repetitionOf(point, server)}`, ...problems, reason];
  const refused = executed.flatMap(({ text, reply }) =>
    typeof reply === 'number' ? [`error ${reply}: ${shorten(text)}`] : [],
  );
  details.push(...refused);
  if (options.point !== undefined) {
    details.push(...executed.map(({ text, reply }, index) => `${index + 1} ${reply ?? '-'} ${shorten(text)}`), log);
  }
  return details.join('\n');
}

function shorten(text: string): string {
  return readable(text).replace(/\s+/g, ' ').slice(0, 200);
}

/** The journal's statements hold their values in hexadecimal. */
function readable(text: string): string {
  return text.replace(/_utf8mb4 X'([0-9a-f]*)'/g, (_, hex: string) => `'${Buffer.from(hex, 'hex').toString('utf8')}'`);
}

function tableOf(tallies: readonly Tally[]): string {
  const table = new Table({
    head: ['server', 'fault', 'run', 'code', 'tried', 'held', 'of these back', 'repair', 'broken', 'ms a point'],
    style: { head: [], border: [], compact: true },
  });
  const sum = { tried: 0, held: 0, back: 0, repair: 0, broken: 0, milliseconds: 0 };
  for (const { server, series, tried, held, back, repair, broken, milliseconds } of tallies) {
    const { kind, moment, run, order } = series;
    table.push([
      server,
      `${kind} ${moment}`,
      run,
      order,
      tried,
      held,
      back,
      repair,
      broken,
      perPoint(milliseconds, tried),
    ]);
    sum.tried += tried;
    sum.held += held;
    sum.back += back;
    sum.repair += repair;
    sum.broken += broken;
    sum.milliseconds += milliseconds;
  }
  table.push([
    'all',
    '',
    '',
    '',
    sum.tried,
    sum.held,
    sum.back,
    sum.repair,
    sum.broken,
    perPoint(sum.milliseconds, sum.tried),
  ]);
  return table.toString();
}

function perPoint(milliseconds: number, tried: number): number {
  return tried === 0 ? 0 : Math.round(milliseconds / tried);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (options.help) {
  print(HELP);
} else {
  void runFaults().then((isGood) => {
    process.exitCode = isGood ? 0 : 1;
  });
}
