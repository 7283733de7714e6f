import { failure, type Failure } from '../words/failure';
import { snapshotName, wantsSnapshot } from '../plan/plan-snapshot';
import type { Clock, Log, Snapshots, SnapshotState } from '../ports';
import type { ForwardPlan } from '../plan/plan-types';

/** A plan may be carried out only once this snapshot is there. It is waited for without a session, and so without the lock. */
export interface SnapshotFirst {
  readonly kind: 'snapshot-first';
  readonly snapshots: Snapshots;
  readonly name: string;
}

/**
 * The snapshot that a plan has to wait for; null where it wants none, or has it. Once it is there, all starts over: in the
 * meantime a newer request may have come.
 *
 * @param request what tells the request from every other
 * @param taken name of the snapshot that was waited for
 */
export function snapshotFirst(
  snapshots: Snapshots,
  plan: ForwardPlan,
  version: string,
  request: string,
  taken: string | null,
): SnapshotFirst | null {
  if (!wantsSnapshot(snapshots.when, plan)) return null;
  const name = snapshotName(version, request);
  return name === taken ? null : { kind: 'snapshot-first', snapshots, name };
}

/** What was done once its snapshot was there, or why that did not come. */
export type WithSnapshot<Result> = { readonly kind: 'done'; readonly result: Result } | NoSnapshot;

/**
 * Does what may have to wait for a snapshot first, and starts it over when that is there.
 *
 * @param work is given the name of the snapshot that was waited for
 */
export async function withSnapshot<Result extends { readonly kind: string }>(
  world: { readonly clock: Clock; readonly log: Log },
  work: (taken: string | null) => Promise<Result | SnapshotFirst>,
): Promise<WithSnapshot<Result>> {
  for (let taken: string | null = null; ;) {
    const result = await work(taken);
    if (!isSnapshotFirst(result)) return { kind: 'done', result };
    const awaited = await awaitSnapshot(result.snapshots, result.name, world);
    if (awaited.kind !== 'available') return awaited;
    taken = result.name;
  }
}

function isSnapshotFirst(result: { readonly kind: string }): result is SnapshotFirst {
  return result.kind === 'snapshot-first';
}

/** What came of waiting for a snapshot. */
export type SnapshotResult = { readonly kind: 'available' } | NoSnapshot;

type NoSnapshot =
  /** It may yet come: who asks again under its name goes on waiting for it. */
  { readonly kind: 'not-yet'; readonly failure: Failure } | { readonly kind: 'failed'; readonly failure: Failure };

/** Before it is looked at again. Milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 10_000;

/**
 * Takes a snapshot, or finds the one that an earlier attempt began, and waits until it can be restored. It waits for half
 * of the time that is left: who migrates needs the other half.
 */
export async function awaitSnapshot(
  snapshots: Snapshots,
  name: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<SnapshotResult> {
  const start = clock.now();
  const until = start + clock.remaining() / 2;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const state = await lookOrTake(snapshots, name, log);
    const waitedMs = clock.now() - start;
    if (state.kind === 'available') {
      log.info(`the snapshot is there: ${name}`, { snapshot: name, waitedMs });
      return { kind: 'available' };
    }
    if (state.kind === 'failed') return { kind: 'failed', failure: noSnapshot(name, state.problem) };
    if (state.kind === 'passing')
      log.warn(`the snapshot has to wait: ${state.problem}`, { snapshot: name, waitedMs, problem: state.problem });
    if (clock.now() + pause > until) {
      const problem = state.kind === 'passing' ? state.problem : 'it is being taken';
      return { kind: 'not-yet', failure: noSnapshot(name, `${problem}, after ${Math.round(waitedMs / 1000)} s`) };
    }
    await clock.sleep(pause);
  }
}

async function lookOrTake(snapshots: Snapshots, name: string, log: Log): Promise<SnapshotState> {
  const state = await snapshots.look(name);
  if (state.kind !== 'absent') return state;
  log.info(`taking a snapshot before migrating: ${name}`, { snapshot: name });
  return snapshots.take(name);
}

function noSnapshot(name: string, problem: string): Failure {
  return failure(
    'no-snapshot',
    `there is no snapshot ${name} to go back to: ${problem}; no migration was run. Deploy again once it can be taken, or without snapshotBefore`,
  );
}
