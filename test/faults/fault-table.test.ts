import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guard } from '../../rehearsal/servers/guard';
import { stackServers } from '../servers';
import { describeEachStartable } from '../startable-servers';
import { playPoint } from './fault-point';
import {
  ALL_SERIES,
  type FaultlessRuns,
  playWithoutFaults,
  pointsOf,
  repetitionOf,
  type SeriesPoint,
} from './fault-series';
import { makesWait, waitsForTimeout } from './fault';
import { FaultStage } from './fault-stage';
import { synthesizeReleases } from './synthesize-release';

/** Points of a run of the tests, of each server; all of them are played by `npm run test:faults`. */
const POINTS = 40;

/** Servers that crash and functions that wait for their time-out cost seconds each. */
const SLOW_POINTS = 6;

/** The same points each time: what is green today is green tomorrow. `FAULT_OFFSET` chooses others. */
const OFFSET = Number(process.env.FAULT_OFFSET ?? 0);

describeEachStartable(stackServers(), 'faults at every k-th command on $name', ({ kind, program }) => {
  let folder = '';
  let end = (): void => undefined;
  let stages: readonly FaultStage[] = [];
  let runs: FaultlessRuns;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'fault-releases-'));
    end = await guard({ pids: [], folder });
    synthesizeReleases(folder);
    // Two, since whoever plays a point mostly waits.
    stages = await Promise.all([1, 2].map(() => FaultStage.start(program, folder)));
    runs = await playWithoutFaults(stages[0]!);
  }, 300_000);
  afterAll(async () => {
    await Promise.all(stages.map((stage) => stage.stop()));
    await rm(folder, { recursive: true, force: true });
    end();
  });

  test(`hold (FAULT_OFFSET=${OFFSET})`, async () => {
    const all = ALL_SERIES.flatMap((series) => pointsOf(series, runs));
    const slow = everyKth(all.filter(isSlow), SLOW_POINTS);
    const fast = everyKth(
      all.filter((point) => !isSlow(point)),
      POINTS,
    );
    const broken: string[] = [];
    let tried = 0;
    const points = [...slow, ...fast].values();
    const playNext = async (stage: FaultStage): Promise<void> => {
      for (const point of points) {
        const { run, order, command, kind: fault, moment, target } = point;
        const played = { run, order, fault: { kind: fault, moment, target, command } };
        const { verdict, status, problems, reason } = await playPoint(stage, played, runs.expected);
        if (verdict !== 'absent') tried += 1;
        if (verdict === 'broken') broken.push([repetitionOf(point, kind), status, ...problems, reason].join('\n'));
      }
    };
    await Promise.all(stages.map(playNext));
    expect(broken).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(POINTS);
  }, 600_000);

  // How many commands a run has depends on how sessions fall between each other.
  test('a command that a run has not is told apart from what is broken', async () => {
    const fault = { kind: 'kill', moment: 'before', target: 'work', command: 100_000 } as const;
    const result = await playPoint(stages[0]!, { run: 'update', order: 'old-first', fault }, runs.expected);
    expect([result.verdict, result.problems]).toEqual(['absent', []]);
  }, 600_000);
});

function isSlow(point: SeriesPoint): boolean {
  return point.kind === 'server' || makesWait(point) || waitsForTimeout(point);
}

function everyKth<T>(all: readonly T[], count: number): readonly T[] {
  const every = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % every === OFFSET % every);
}
