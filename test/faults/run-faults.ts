import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { guard } from '../../rehearsal/servers/guard';
import { makesWait, waitsForTimeout } from './fault';
import { RELEASES } from './fault-releases';
import { brokenPoints, tableOf } from './fault-report';
import { FaultResults, nameOf, readable, type ResultLine } from './fault-results';
import {
  ALL_SERIES,
  type FaultSeries,
  type FaultlessRuns,
  pointsOf,
  repetitionOf,
  type SeriesPoint,
} from './fault-series';
import type { ReportedResult } from './fault-worker';
import { recordProof } from '../proof/proof-record';
import { useFastFolder } from '../fast-folder';
import { synthesizeReleases } from './synthesize-release';
import { WorkerPool } from './worker-pool';

const HELP = `npm run test:faults -- [options]
  --server mariadb|mysql  --kind kill|drop|server|stall|slow|cancel  --moment before|during|between|after
  --target work|login|event|own-kill  --run update|revert|own-revert  --order old-first|new-first
  --point N       only the N-th command, with all that is known of it
  --from N --to N only commands from the one to the other
  --every K       every K-th command, --offset O the first of them (default: another one each day)
  --jobs J        points at once (default 2; those that wait for a server or a time-out are more)
  --results FILE  where each result is noted, as a line of JSON; --resume: what is noted there is not played again
  --minutes M     begins no further point after that time; go on with --resume
  --record        notes the counts in proof/faults.json, of which docs/proof.md is made`;

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    kind: { type: 'string' },
    moment: { type: 'string' },
    target: { type: 'string' },
    run: { type: 'string' },
    order: { type: 'string' },
    point: { type: 'string' },
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: 'Infinity' },
    every: { type: 'string', default: '1' },
    offset: { type: 'string', default: String(Math.floor(Date.now() / 86_400_000) % 1000) },
    jobs: { type: 'string', default: '2' },
    results: { type: 'string' },
    resume: { type: 'boolean', default: false },
    minutes: { type: 'string', default: 'Infinity' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** A number is that of a command of the work, where nothing else is said. */
const wantedTarget = options.target ?? (options.point === undefined ? undefined : 'work');

const startedAt = Date.now();
const until = startedAt + Number(options.minutes) * 60_000;

/** Plays the points that were asked for and prints one table; true where all of them held. */
async function runFaults(): Promise<boolean> {
  await useFastFolder();
  const folder = await mkdtemp(path.join(tmpdir(), 'fault-releases-'));
  const release = await guard({ pids: [], folder });
  const results = new FaultResults(codeOf(), options.results, options.resume);
  try {
    synthesizeReleases(folder);
    for (const server of ['mariadb', 'mysql'] as const) {
      if ((options.server ?? server) !== server) continue;
      const pool = new WorkerPool(server, folder);
      try {
        const started = await pool.start();
        if (started === null) print(`note: no ${server} of our own here: its points are not tried`);
        else {
          print(`${server} ${started.version}`);
          await playAll(server, pool, started.runs, results);
        }
      } finally {
        await pool.stop();
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    release();
  }
  print(tableOf(results.lines));
  const broken = brokenPoints(results.lines);
  if (options.record) record(results.lines);
  for (const point of broken) print(point);
  return broken.length === 0;
}

function record(lines: readonly ResultLine[]): void {
  const count = (verdict: ResultLine['verdict']): number => lines.filter((line) => line.verdict === verdict).length;
  const given = process.argv.slice(2).filter((option) => !['--record', '--resume'].includes(option));
  const at = given.indexOf('--results');
  if (at >= 0) given.splice(at, 2);
  recordProof('faults', ['npm run test:faults', ...(given.length > 0 ? ['--'] : []), ...given].join(' '), startedAt, {
    servers: [...new Set(lines.map(({ server }) => server))].sort().join(', '),
    points: lines.length - count('absent'),
    held: count('held'),
    'named FAILED that asks for a repair': count('repair'),
    broken: count('broken'),
  });
}

async function playAll(server: string, pool: WorkerPool, runs: FaultlessRuns, results: FaultResults): Promise<void> {
  const wanted = ALL_SERIES.filter(isWanted);
  for (const jobs of [...new Set(wanted.map(jobsFor))]) {
    const points = wanted
      .filter((series) => jobsFor(series) === jobs)
      .flatMap((series) => pointsFor(series, runs))
      .filter((point) => !results.has(server, point));
    const startedAt = Date.now();
    let count = 0;
    const queue = {
      next: (): SeriesPoint | undefined => (Date.now() < until ? points.shift() : undefined),
      length: points.length,
    };
    await pool.play(jobs, queue, (point, result) => {
      results.add(server, point, result);
      count += 1;
      if (result.verdict === 'broken' || options.point !== undefined) print(describe(point, result, server));
      if (count % 100 === 0) print(progress(server, point, count, queue.length, Date.now() - startedAt));
    });
  }
}

function pointsFor(series: FaultSeries, runs: FaultlessRuns): readonly SeriesPoint[] {
  if (options.point !== undefined) return [{ ...series, command: Number(options.point) }];
  const [from, to] = [Number(options.from), Number(options.to)];
  return pointsOf(series, runs, Number(options.every), Number(options.offset)).filter(
    ({ command }) => from <= command && command <= to,
  );
}

function isWanted({ kind, moment, target, run, order }: FaultSeries): boolean {
  return (
    (options.kind ?? kind) === kind &&
    (options.moment ?? moment) === moment &&
    (wantedTarget ?? target) === target &&
    (options.run ?? run) === run &&
    (options.order ?? order) === order
  );
}

/** What waits leaves the processors to others. */
function jobsFor(series: FaultSeries): number {
  const jobs = Number(options.jobs);
  const fault = { ...series, command: 0 };
  if (options.point !== undefined) return 1;
  return series.kind === 'server' || makesWait(fault) || waitsForTimeout(fault) ? jobs * 2 : jobs + 1;
}

/** The bundle and the migrations: what a result is about. */
function codeOf(): string {
  const bundle = readFileSync(path.join(__dirname, '../../dist/function/index.js'));
  return createHash('sha256').update(bundle).update(JSON.stringify(RELEASES)).digest('hex').slice(0, 16);
}

function progress(server: string, point: SeriesPoint, count: number, of: number, elapsedMs: number): string {
  const each = elapsedMs / count;
  return `${server} ${nameOf(point)}, ${point.run}, ${point.order}: ${count} of ${of}, ${Math.round(each)} ms each, ${Math.round(((of - count) * each) / 60_000)} min left`;
}

function describe(point: SeriesPoint, result: ReportedResult, server: string): string {
  const { verdict, status, struck, problems, reason, log, counted } = result;
  const shorten = (text: string): string => readable(text).slice(0, 200);
  const details = [
    `${verdict.toUpperCase()} at command ${point.command}: ${shorten(struck?.text ?? 'none')}: ${status}`,
    `repeat: ${repetitionOf(point, server)}`,
    ...problems,
    reason,
  ];
  if (options.point !== undefined) {
    const numbers = new Map<string, number>();
    for (const { target, text, replies } of counted) {
      const number = (numbers.get(target) ?? 0) + 1;
      numbers.set(target, number);
      details.push(`${target} ${number} ${replies.join(' ')} ${shorten(text)}`);
    }
    details.push(log);
  }
  return details.join('\n');
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
