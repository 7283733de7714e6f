import { fewNames, namesOf, plural } from '../words/explain';
import { whyRemovedStay } from './removed-migrations';
import { refuse, type Refused } from '../words/failure';
import {
  appliedBy,
  idsOf,
  isDone,
  isHalf,
  isLeaving,
  isOwed,
  isSettled,
  isStanding,
  sharedWith,
  splitAt,
  standingReleases,
  stands,
  type DeploymentRow,
  type History,
  type HistoryRow,
  type OtherRelease,
} from './history';
import type { Intent } from './intent';
import { isContract, shippedIn } from '../manifest/manifest';
import { compareNames } from '../manifest/name';
import { isIntact, isStillWhole } from './plan-revert';
import { adviseChecksum, adviseReverted } from '../words/repair-advice';
import type { Manifest, ManifestEntry } from '../manifest/types';
import type { ForwardPlan } from './plan-types';

/**
 * The forward plan of a Create or Update, or the reason why it may not be carried out. `ours`: the deployments of its
 * construct.
 */
export function planForward(
  intent: Intent & { kind: 'create' | 'update' },
  own: DeploymentRow | null,
  ours: readonly DeploymentRow[],
  code: Manifest,
  history: History,
): ForwardPlan | Refused {
  const shipped = shippedIn(code);
  const removal = checkRemovals(own, ours, shipped, history);
  if (removal !== null) return removal;

  // Also where the deployment that applied it is not known to have settled: the event of its success may be late or lost,
  // and a schema that is live must not be taken for one that never was.
  const takesOver = ours.filter(isOwed);
  const given = new Set(givenUp(takesOver, code, history));
  const other = sharedWith([...given], history);
  const isHeld = other !== undefined || takesOver.some(({ newDigest }) => isStanding(newDigest, history));
  if (given.size > 0 && isHeld) return refuseOwed([...given], other);

  const rows = history.migrations.filter((row) => !given.has(row));
  const stored = new Map(rows.map((row) => [row.name, row]));
  const changed = code.migrations.filter((entry) => hasChanged(entry, stored.get(entry.name)));
  if (changed.length > 0) return refuseChanged(changed, stored);

  const pending = pendingOf(code, rows);
  const isOfOpen = appliedBy(ours.filter((row) => !isSettled(row)));
  const late = lateOnes(pending, history.migrations, isOfOpen);
  if (late.length > 0 && intent.release.outOfOrder === 'FAIL') return refuseLate(late, history.migrations);

  const lacking = rows.filter((row) => !shipped.has(row.name)).toReversed();
  const live = new Set(lacking.filter((row) => isStillWhole(row) && isOfStanding(row, intent, history)));
  const removed = removedNow(intent, lacking, ours, live);
  const obstacle = whyRemovedStay(intent, removed, ours, history);
  if (obstacle !== null) return refuse('removed-migration', obstacle);

  const [revert, leaving] = splitAt(removed, (row) => isInUse(row, intent, ours, history));
  const isPending = new Set<string>(namesOf(pending));
  const goesFirst = (row: HistoryRow): boolean =>
    given.has(row) || (isHalf(row) && !live.has(row) && (isPending.has(row.name) || !shipped.has(row.name)));
  return {
    kind: 'forward',
    continues: own,
    revertFirst: history.migrations.filter(goesFirst).toReversed(),
    apply: pending,
    revert,
    leaving,
    adopt: adoptedBy(code, stored),
    forget: history.migrations.filter(
      (row) => shipped.has(row.name) && (row.state === 'removed' || (row.removedBy !== null && goesFirst(row))),
    ),
    kept: lacking.filter((row) => row.state === 'kept'),
    takesOver,
  };
}

/** What is there of a release, and is made part of it. */
function adoptedBy({ migrations }: Manifest, stored: ReadonlyMap<string, HistoryRow>): ForwardPlan['adopt'] {
  return migrations.flatMap((entry) => {
    const row = stored.get(entry.name);
    const isAdopted =
      row !== undefined && (row.checksum === null || row.state === 'kept' || isLeaving(row) || isIntact(entry, row));
    return isAdopted ? [{ row, entry }] : [];
  });
}

/**
 * Of what a release lacks, what is applied and up to this deployment to remove. An Update leaves what an earlier release lacked to
 * the end of the release before that one; but not where that one is owed, or has not settled and this one says FAIL.
 */
function removedNow(
  { kind, release }: Intent,
  lacking: readonly HistoryRow[],
  ours: readonly DeploymentRow[],
  live: ReadonlySet<HistoryRow>,
): readonly HistoryRow[] {
  const mayGo = (row: DeploymentRow): boolean => isSettled(row) || release.onRemoved === 'REVERT';
  const standing = idsOf(ours.filter((row) => row.status === 'applied' && !isOwed(row) && mayGo(row)));
  const goesAnyway = (row: HistoryRow): boolean => kind === 'update' && standing.has(row.removedBy ?? 0);
  return lacking.filter((row) => live.has(row) || (row.state === 'applied' && !goesAnyway(row)));
}

/**
 * Whether a release stands that has a migration, of this construct or of another: its code is live, though a late attempt of another
 * one has begun to revert that.
 */
function isOfStanding(row: HistoryRow, { release }: Intent, history: History): boolean {
  const isOwn = history.releases.some(
    ({ endedAt, digest, names }) => endedAt === null && digest !== release.digest && names?.has(row.name) === true,
  );
  return isOwn || sharedWith([row], history) !== undefined;
}

/**
 * Whether live code of another release may need a migration that this one lacks. Not what contracts: the code of this release
 * needs what that took away. What `up` applied may be in a release whose own deployment is older.
 */
function isInUse(
  { contracts, deployment, owner }: HistoryRow,
  { release }: Intent,
  ours: readonly DeploymentRow[],
  history: History,
): boolean {
  if (contracts) return false;
  return standingReleases(history).some(({ digest }) => {
    if (digest === release.digest) return false;
    const newest = ours.find((row) => stands(row) && row.newDigest === digest);
    return owner === null || newest === undefined || newest.id >= (deployment ?? 0);
  });
}

/** What is applied and owed, and is not in the release as it was applied. */
function givenUp(owed: readonly DeploymentRow[], code: Manifest, { migrations }: History): readonly HistoryRow[] {
  const isOwn = appliedBy(owed);
  const texts = new Map<string, string>(code.migrations.map(({ name, checksum }) => [name, checksum]));
  return migrations.filter((row) => row.state === 'applied' && isOwn(row) && texts.get(row.name) !== row.checksum);
}

function refuseOwed(rows: readonly HistoryRow[], other: OtherRelease | undefined): Refused {
  const one = rows.length === 1;
  const [first] = rows;
  if (other !== undefined && first !== undefined) {
    return refuse(
      'revert-owed',
      `${fewNames(rows)} ${one ? 'was' : 'were'} applied by a deployment that was rolled back, and not reverted, since a release of ` +
        `${other.logicalId} of stack ${other.stackId} contains ${one ? 'it' : 'them'}, and its code may be live; nothing was run. Put the ` +
        `file${plural(rows)} back as ${one ? 'it was' : 'they were'} applied. Or, where that construct is gone, ${adviseReverted(first.name)}`,
    );
  }
  const advice = first === undefined ? '' : `. If the stack is back already, ${adviseReverted(first.name)}`;
  return refuse(
    'revert-owed',
    `${fewNames(rows)} ${one ? 'was' : 'were'} applied by a deployment that did not end well, and ${one ? 'is' : 'are'} reverted once no ` +
      `code of it can be live any more; nothing was run. Roll the stack back first, or put the file${plural(rows)} back${advice}`,
  );
}

/**
 * Refuses a release that contains what an unsettled deployment removed: a rollback would have to apply that again, and
 * could not tell it from what this release applied under the same name.
 */
function checkRemovals(
  own: DeploymentRow | null,
  ours: readonly DeploymentRow[],
  shipped: ReadonlySet<string>,
  history: History,
): Refused | null {
  const open = ours.filter((row) => row !== own && stands(row) && !isSettled(row) && !isOwed(row));
  const removers = idsOf(open);
  // What a deployment applied itself is not applied again where it is reverted.
  const wanted = history.migrations.filter(
    (row) =>
      row.removedBy !== null &&
      row.removedBy !== row.deployment &&
      removers.has(row.removedBy) &&
      shipped.has(row.name) &&
      !isLeaving(row),
  );
  if (wanted.length === 0) return null;
  return refuse(
    'removed-migration',
    `${fewNames(wanted)} ${wanted.length === 1 ? 'was' : 'were'} reverted by a release whose deployment is not known to have ended well; ` +
      `nothing was run. Roll the stack back, or deploy again once its status is UPDATE_COMPLETE`,
  );
}

/** What of a release is not in the schema to its end. */
export function pendingOf(code: Manifest, rows: readonly HistoryRow[]): readonly ManifestEntry[] {
  const stored = new Map<string, HistoryRow>(rows.map((row) => [row.name, row]));
  return code.migrations.filter((entry) => !isDone(stored.get(entry.name)) && !isIntact(entry, stored.get(entry.name)));
}

/** A half-applied one may have changed: its stored script is reverted, and the new text starts from the beginning. */
export function hasChanged(entry: ManifestEntry, row: HistoryRow | undefined): boolean {
  return row !== undefined && isDone(row) && row.checksum !== null && row.checksum !== entry.checksum;
}

/**
 * Pending migrations that sort before an applied one. What contracts runs after the rest of its release, and so is not
 * late for what open deployments applied.
 */
export function lateOnes(
  pending: readonly ManifestEntry[],
  rows: readonly HistoryRow[],
  isOfOpen: (row: HistoryRow) => boolean = () => false,
): readonly ManifestEntry[] {
  const newest = newestName(rows);
  const newestBefore = newestName(rows.filter((row) => !isOfOpen(row)));
  return pending.filter((entry) => {
    const limit = isContract(entry) ? newestBefore : newest;
    return limit !== null && compareNames(entry.name, limit) < 0;
  });
}

function newestName(rows: readonly HistoryRow[]): string | null {
  const applied = rows.filter(({ state }) => state === 'applied').map(({ name }) => name);
  return applied.toSorted(compareNames).at(-1) ?? null;
}

function refuseChanged(entries: readonly ManifestEntry[], stored: ReadonlyMap<string, HistoryRow>): Refused {
  const kept = entries.filter((entry) => stored.get(entry.name)?.state === 'kept').map((entry) => entry.name);
  const list = entries.map(
    (entry) =>
      `${entry.name} (applied ${shorten(stored.get(entry.name)?.checksum)}, in the release ${shorten(entry.checksum)})`,
  );
  const advice =
    kept.length > 0
      ? `Rename what a rollback had kept (${kept.join(', ')}) or put its text back`
      : `Put the applied text back (line ends and trailing blanks do not count) and make the change in a new migration`;
  const [first] = entries;
  const repair = first === undefined ? '' : `; ${adviseChecksum(first.name, first.checksum)}`;
  return refuse(
    'checksum-changed',
    `applied migration${plural(entries)} edited: ${list.join(', ')}; nothing was run. ${advice}${repair}`,
  );
}

function refuseLate(late: readonly ManifestEntry[], rows: readonly HistoryRow[]): Refused {
  return refuse(
    'out-of-order',
    `pending migration${plural(late)} ${fewNames(late)} sort${late.length === 1 ? 's' : ''} before the applied ${newestName(rows)}; ` +
      `nothing was run. Give ${late.length === 1 ? 'it a newer number' : 'them newer numbers'}, or set outOfOrder to ALLOW`,
  );
}

function shorten(checksum: string | null | undefined): string {
  return checksum?.slice(0, 12) ?? 'unknown';
}
