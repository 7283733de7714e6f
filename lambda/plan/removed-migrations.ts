import { fewNames, plural } from '../words/explain';
import { sameConstruct, sharedWith, type DeploymentRow, type History, type HistoryRow } from './history';
import type { Intent, Resource } from './intent';
import { adviseReverted } from '../words/repair-advice';

/** Why what a release lacks stays applied, which refuses the release; null where it may go, or there is none. */
export function whyRemovedStay(
  intent: Intent & { kind: 'create' | 'update' },
  removed: readonly HistoryRow[],
  ours: readonly DeploymentRow[],
  history: History,
): string | null {
  const { request, release } = intent;
  const [newest] = removed;
  if (newest === undefined) return null;
  const owner = removed.find((row) => isForeign(row, request.resource, ours))?.owner;
  const them = removed.length === 1 ? 'it' : 'them';
  if (intent.kind === 'create') {
    const by = owner ? ` (applied by ${owner.logicalId} of stack ${owner.stackId})` : '';
    return (
      `the release lacks applied migration${plural(removed)} ${fewNames(removed)}${by}; nothing was run. ` +
      `One database has one list of migrations: put the file${plural(removed)} back, revert ${them} from a checkout that has ${them}, or use another database`
    );
  }
  if (owner) {
    return (
      `the release lacks ${fewNames(removed)}, applied by ${owner.logicalId} of stack ${owner.stackId}; nothing was run. ` +
      `One database has one list of migrations: add the migration${plural(removed)} to this release. ` +
      `Or, where that construct is gone, ${adviseReverted(newest.name)}`
    );
  }
  if (release.onRemoved === 'FAIL') {
    return (
      `the release lacks applied migration${plural(removed)} ${fewNames(removed)}; nothing was run. ` +
      `Put the file${plural(removed)} back, or set onRemoved to REVERT to have ${them} reverted, with the rows that their downs drop`
    );
  }
  const other = sharedWith(removed, history);
  if (other) {
    return (
      `the release lacks ${fewNames(removed)}, which ${other.logicalId} of stack ${other.stackId} may use; nothing was run. ` +
      `Constructs that share a database need the same migrations: put the file${plural(removed)} back. ` +
      `Or, where that construct is gone, ${adviseReverted(newest.name)}`
    );
  }
  const irreversible = removed.filter((row) => row.irreversible);
  const [first] = irreversible;
  if (first === undefined) return null;
  return (
    `the release lacks ${fewNames(irreversible)}, which cannot be reverted; nothing was run. Put the file${plural(irreversible)} back. ` +
    `Or ${adviseReverted(first.name)}`
  );
}

/** Applied by another construct, and not taken over since by a Create of this one. */
function isForeign(row: HistoryRow, resource: Resource, ours: readonly DeploymentRow[]): boolean {
  const { owner, deployment } = row;
  if (owner === null || sameConstruct(owner, resource)) return false;
  return !ours.some(
    ({ type, status, id, resource: { contractOf } }) =>
      type === 'Create' && status === 'applied' && contractOf === undefined && id > (deployment ?? 0),
  );
}
