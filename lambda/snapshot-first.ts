import type { ForwardPlan } from './plan/plan';
import { snapshotName, wantsSnapshot } from './plan/plan-snapshot';
import type { World } from './world';

/** A plan may be carried out only once this snapshot is there. It is waited for without a session, and so without the lock. */
export interface SnapshotFirst {
  readonly kind: 'snapshot-first';
  readonly name: string;
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
