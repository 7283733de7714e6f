import { sha256 } from '../manifest/checksum';
import type { ForwardPlan } from './plan-types';

/** Before which runs a snapshot is taken. */
export type SnapshotWhen = 'DESTRUCTIVE' | 'ALWAYS';

/** Begins the name of every snapshot: the function may make those only. */
export const SNAPSHOT_PREFIX = 'aurora-migrations';

/** RDS takes 255 characters; the prefix and the hash need their share. */
const MAX_VERSION = 200;

/**
 * Whether a snapshot is to be taken before a plan is carried out. One that continues an earlier attempt has changed the
 * schema already, and has its snapshot from before that.
 */
export function wantsSnapshot(
  when: SnapshotWhen,
  plan: Pick<ForwardPlan, 'continues' | 'revertFirst' | 'apply' | 'revert' | 'leaving'>,
): boolean {
  const { continues, revertFirst, apply, revert, leaving } = plan;
  if (continues !== null) return false;
  if (when === 'ALWAYS') return [revertFirst, apply, revert, leaving].some((list) => list.length > 0);
  // The down of a removed migration drops what its up made, with all that was written into it since.
  return revert.length > 0 || leaving.length > 0 || apply.some(({ destructive }) => destructive === true);
}

/**
 * Name of the snapshot before a release, for RDS: lower-case letters, digits and single hyphens, a letter first. All
 * attempts at one request give the same name, and no other request does.
 */
export function snapshotName(version: string, request: string): string {
  const readable = version
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_VERSION)
    .replace(/^-|-$/g, '');
  return [SNAPSHOT_PREFIX, readable, sha256(request).slice(0, 16)].filter((part) => part !== '').join('-');
}
