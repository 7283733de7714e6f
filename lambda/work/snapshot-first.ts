import { awaitSnapshot } from './await-snapshot';
import type { Failure } from '../words/failure';
import { snapshotName, wantsSnapshot } from '../plan/plan-snapshot';
import type { World } from '../world';
import type { ForwardPlan } from '../plan/plan-types';

/** A plan may be carried out only once this snapshot is there. It is waited for without a session, and so without the lock. */
export interface SnapshotFirst {
  readonly kind: 'snapshot-first';
  readonly name: string;
}

/** The snapshot that is wanted is not there. */
export interface NoSnapshot {
  readonly kind: 'no-snapshot';
  readonly failure: Failure;
  /** Whether it may yet come. */
  readonly mayCome: boolean;
}

/**
 * Does what may want a snapshot first; once that is there, from its beginning: in the meantime a newer request may have come.
 *
 * @param work gets the name of the snapshot that was waited for
 */
export async function withSnapshot<Result extends { readonly kind: string }>(
  world: World,
  work: (snapshot: string | null) => Promise<Result | SnapshotFirst>,
): Promise<Result | NoSnapshot> {
  for (let snapshot: string | null = null; ;) {
    const result: Result | SnapshotFirst = await work(snapshot);
    if (!isSnapshotFirst(result)) return result;
    snapshot = result.name;
    const awaited = world.snapshots && (await awaitSnapshot(world.snapshots, snapshot, world));
    if (awaited !== undefined && awaited.kind !== 'available')
      return { kind: 'no-snapshot', failure: awaited.failure, mayCome: awaited.kind === 'not-yet' };
  }
}

function isSnapshotFirst(result: { readonly kind: string }): result is SnapshotFirst {
  return result.kind === 'snapshot-first';
}

/**
 * The snapshot that a plan has to wait for; null where it wants none, or has it.
 *
 * @param request what tells the request from every other
 * @param taken name of the snapshot that was waited for
 */
export function snapshotFirst(
  plan: ForwardPlan,
  version: string,
  request: string,
  { snapshots }: World,
  taken: string | null,
): SnapshotFirst | null {
  if (snapshots === undefined || !wantsSnapshot(snapshots.when, plan)) return null;
  const name = snapshotName(version, request);
  return name === taken ? null : { kind: 'snapshot-first', name };
}
