import type { ExpectedStates, PointResult } from './fault-point';
import { ALL_SERIES, playPoints, playWithoutFaults, pointsOf, repetitionOf, type SeriesPoint } from './fault-series';
import { FaultServer } from './fault-server';
import type { FaultStage } from './fault-stage';

/** Points of a run of the tests, of each server; all of them are played by `npm run test:faults`. */
const POINTS = 40;

/** Servers that crash and functions that wait for their time-out cost seconds each. */
const SLOW_POINTS = 4;

/** Other points each day, and the same ones for whoever repeats a run. `FAULT_OFFSET` chooses them. */
const OFFSET = Number(process.env.FAULT_OFFSET ?? Math.floor(Date.now() / 86_400_000) % 1000);

describe.each(['mariadb', 'mysql'] as const)('faults at every k-th command on %s', (kind) => {
  let server: FaultServer | undefined;
  beforeAll(async () => {
    server = await FaultServer.start(kind);
  }, 60_000);
  afterAll(() => server?.stop());

  test(`hold (FAULT_OFFSET=${OFFSET})`, async () => {
    // The set-up of the tests has said aloud which server is missing.
    if (server === undefined) return;
    const [stage, ...others] = await server.stages(2);
    const runs = await playWithoutFaults(stage!);
    const expected = new Map<FaultStage, ExpectedStates>([[stage!, runs.expected]]);
    for (const other of others) expected.set(other, (await playWithoutFaults(other)).expected);

    const isSlow = ({ kind: fault }: { readonly kind: string }): boolean => fault === 'server' || fault === 'stall';
    const all = ALL_SERIES.flatMap((series) => pointsOf(series, runs));
    const fast = everyKth(
      all.filter((point) => !isSlow(point)),
      POINTS,
    );
    const slow = everyKth(all.filter(isSlow), SLOW_POINTS);
    const broken: string[] = [];
    const onResult = (point: SeriesPoint, { verdict, status, problems, reason }: PointResult): void => {
      if (verdict === 'broken') broken.push([repetitionOf(point, kind), status, ...problems, reason].join('\n'));
    };
    await playPoints([stage!, ...others], fast, expected, onResult);
    await playPoints([stage!], slow, expected, onResult);
    expect(broken).toEqual([]);
    expect(fast.length + slow.length).toBeGreaterThanOrEqual(POINTS);
  }, 240_000);
});

function everyKth<T>(all: readonly T[], count: number): readonly T[] {
  const every = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % every === OFFSET % every);
}
