import type { DeploymentRow, DeploymentStatus, History, HistoryRow, ReleaseRow } from '../../lambda/plan/history';
import { isOwed, NO_HISTORY, sameConstruct, sameResource, stands } from '../../lambda/plan/history';
import type { Intent, OnRemovedValue, ReleaseIntent, Request, Resource, StackStatus } from '../../lambda/plan/intent';
import { deployment, namesShipped } from './releases';
import type { PaperSchema } from './paper-schema';

/** A row of the table `migration_deployment`, with the columns that history gives once for all of them. */
export interface JournalRow extends DeploymentRow {
  readonly newestRequestAt: number;
  readonly revertedHash: string | null;
}

/** The journal's tables and the schema beside them, on paper. It is never changed: each write gives another one. */
export interface PaperJournal {
  readonly isThere: boolean;
  readonly migrations: readonly HistoryRow[];
  /** Newest first. */
  readonly deployments: readonly JournalRow[];
  readonly releases: readonly PaperRelease[];
  readonly schema: PaperSchema;
}

interface PaperRelease extends Omit<ReleaseRow, 'names'> {
  readonly logicalId: string;
  /** The first resource of its construct. */
  readonly of: Resource;
}

export const NO_JOURNAL: PaperJournal = { isThere: false, migrations: [], deployments: [], releases: [], schema: [] };

/** As `journal/history-reader.ts` reads it. */
export function historyOf({ migrations, deployments, releases }: PaperJournal, resource: Resource): History {
  const isOurs = (of: Resource): boolean => sameConstruct(of, resource);
  const ours = deployments.filter((row) => isOurs(row.resource));
  const isShared = deployments.some((row) => !isOurs(row.resource) && stands(row));
  const newestRequestAt = Math.max(0, ...ours.map((row) => row.newestRequestAt));
  const newest = ours.filter((row) => row.newestRequestAt === newestRequestAt);
  return {
    ...NO_HISTORY,
    migrations,
    deployments: deployments.filter((row) => isOurs(row.resource) || stands(row)),
    releases: releases
      .filter(({ of }) => isOurs(of))
      .map((row) => ({ ...row, names: isShared ? namesShipped(row.digest) : null })),
    alsoInUseBy: releases
      .filter(({ of, endedAt }) => !isOurs(of) && endedAt === null)
      .map(({ of, digest }) => ({ ...of, digest, names: namesShipped(digest) })),
    newestRequestAt,
    revertedThen: newest.flatMap(({ revertedHash }) => (revertedHash === null ? [] : [revertedHash])),
  };
}

export type JournalledIntent = Exclude<Intent, ReleaseIntent>;

/** Writes the row of a forward request. */
export function begin(journal: PaperJournal, intent: JournalledIntent, status: DeploymentStatus): PaperJournal {
  const answered = status === 'applied' ? 'SUCCESS' : status === 'reverted' ? 'FAILED' : null;
  return { ...journal, deployments: [rowOf(journal, intent, { status, answered }), ...journal.deployments] };
}

function rowOf(journal: PaperJournal, intent: JournalledIntent, more: Partial<JournalRow>): JournalRow {
  const { issuedAt } = intent.request;
  const row = deployment(intent, { id: journal.deployments.length + 1, endedAt: 0 });
  return { ...row, newestRequestAt: issuedAt, revertedHash: null, ...more };
}

/** What a request that has no row rolls back from. */
export function revertedHashBy(intent: Intent, history: History): string | null {
  if (isJournalled(intent, history)) return null;
  return intent.kind === 'update' ? intent.old.hash : intent.release.hash;
}

/** Whether a request has a row. */
export function isJournalled({ request }: Intent, { deployments }: History): boolean {
  return deployments.some(
    (row) =>
      sameResource(row.resource, request.resource) &&
      row.requestId === request.requestId &&
      row.issuedAt === request.issuedAt,
  );
}

/** As `DeploymentJournal.noteRequest` does. */
export function noteRequest(journal: PaperJournal, intent: JournalledIntent, reverts: string | null): PaperJournal {
  const { resource, issuedAt } = intent.request;
  const isOurs = (row: JournalRow): boolean => sameResource(row.resource, resource);
  if (!journal.deployments.some(isOurs)) {
    const type = intent.kind === 'delete' ? 'Delete' : 'Update';
    const nothing = { physicalId: null, oldHash: null, newHash: null, newDigest: '', answered: null } as const;
    const mark = rowOf(journal, intent, { ...nothing, type, status: 'reverted', revertedHash: reverts });
    return { ...journal, deployments: [mark, ...journal.deployments] };
  }
  return changeEach(journal, isOurs, (row) => ({
    revertedHash: row.newestRequestAt === issuedAt ? (reverts ?? row.revertedHash) : reverts,
    newestRequestAt: Math.max(row.newestRequestAt, issuedAt),
    cancelled: row.cancelled || (row.status === 'running' && row.issuedAt < issuedAt),
  }));
}

/** As `DeploymentJournal.cancelOlder` does while an older run holds the lock. */
export function cancelOlder(journal: PaperJournal, { resource, requestId, issuedAt }: Request): PaperJournal {
  const isOlder = (row: JournalRow): boolean =>
    sameConstruct(row.resource, resource) &&
    row.status === 'running' &&
    row.issuedAt <= issuedAt &&
    row.requestId !== requestId;
  return changeEach(journal, isOlder, () => ({ cancelled: true }));
}

export function change(journal: PaperJournal, ids: readonly number[], more: Partial<JournalRow>): PaperJournal {
  return changeEach(
    journal,
    ({ id }) => ids.includes(id),
    () => more,
  );
}

export function owe(journal: PaperJournal, ids: readonly number[], at: number, under: OnRemovedValue): PaperJournal {
  return change(journal, ids, { owedAt: at, owedUnder: under });
}

export function oweNoMore(journal: PaperJournal, ids: readonly number[]): PaperJournal {
  return change(journal, ids, { owedAt: null, owedUnder: null, status: 'applied' });
}

export function end(
  journal: PaperJournal,
  ids: readonly number[],
  status: DeploymentStatus,
  answered: DeploymentRow['answered'],
): PaperJournal {
  return change(journal, ids, {
    status,
    ...(answered === null ? {} : { answered }),
    ...(status === 'reverted' ? { owedAt: null } : {}),
  });
}

/** As `ReleaseJournal.noteBegun` does. */
export function noteBegun(journal: PaperJournal, { logicalId, request, release }: ReleaseIntent): PaperJournal {
  const of = request.resource;
  const others = journal.releases.filter((row) => row.logicalId !== logicalId || !sameConstruct(row.of, of));
  const begun = { of, logicalId, digest: release.digest, createdAt: request.issuedAt, endedAt: null };
  const orderOf = (row: PaperRelease): string => row.of.stackId + row.logicalId;
  return { ...journal, releases: [...others, begun].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) };
}

/** As `ReleaseJournal.noteEnded` does. */
export function noteEnded(journal: PaperJournal, { logicalId, request }: ReleaseIntent): PaperJournal {
  const releases = journal.releases.map((row) =>
    row.logicalId === logicalId && sameConstruct(row.of, request.resource)
      ? { ...row, endedAt: row.endedAt ?? request.issuedAt }
      : row,
  );
  return { ...journal, releases };
}

/** As `settleBefore` of `journal/settle.ts` does. */
export function settleBefore(journal: PaperJournal, { resource, issuedAt }: Request): PaperJournal {
  return settle(journal, (row) => sameConstruct(row.resource, resource) && row.issuedAt <= issuedAt);
}

/** A status of the stack, as `noteStackStatus` of `journal/settle.ts` notes it. Marks belong to no stack. */
export function noteStackStatus(before: PaperJournal, { stackId, status, at }: StackStatus): PaperJournal {
  const rows = before.deployments.filter(({ newHash, resource }) => newHash !== null && resource.stackId === stackId);
  const newest = rows
    .filter(({ resource }, index) => rows.findIndex((row) => sameResource(row.resource, resource)) === index)
    .map(({ id }) => id);
  let journal = changeEach(
    before,
    (row) => newest.includes(row.id) && row.issuedAt <= at && (row.stackStatusAt ?? 0) <= at,
    () => ({ stackStatus: status, stackStatusAt: at }),
  );
  const isOfStack = (row: JournalRow): boolean =>
    row.newHash !== null && row.resource.stackId === stackId && row.issuedAt <= at;
  const isBack = status === 'UPDATE_ROLLBACK_COMPLETE';
  if (isBack) journal = keepSkipped(journal, newest, at);
  else if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') return journal;
  else journal = settle(journal, isOfStack);
  return noteOthersEnded(journal, stackId, at);
}

/** As `noteOthersEnded` of `journal/release-journal.ts` does. */
function noteOthersEnded(journal: PaperJournal, stackId: string, until: number): PaperJournal {
  const standing = journal.releases.filter(({ endedAt }) => endedAt === null);
  const isOver = ({ of, digest, createdAt }: PaperRelease): boolean => {
    const ofFirst = journal.deployments.filter((row) => sameResource(row.resource, of));
    const newest = ofFirst.find((row) => row.status === 'applied' && !isOwed(row));
    const at = standing.find((row) => sameResource(row.of, of) && row.digest === newest?.newDigest);
    if (at === undefined || ofFirst.some(({ newestRequestAt }) => newestRequestAt >= until)) return false;
    const isGoneBackFrom = ofFirst.some((row) => isOwed(row) && row.newDigest === digest);
    const isBefore = createdAt < at.createdAt && newest?.settledAt !== null;
    return createdAt < until && digest !== at.digest && (isBefore || isGoneBackFrom);
  };
  const over = standing.filter((row) => row.of.stackId === stackId && isOver(row));
  if (over.length === 0) return journal;
  return {
    ...journal,
    releases: journal.releases.map((row) => (over.includes(row) ? { ...row, endedAt: until } : row)),
  };
}

/** As `noteAllEnded` of `journal/release-journal.ts` does. */
export function noteAllEnded(journal: PaperJournal, { resource, issuedAt }: Request): PaperJournal {
  const isOf = ({ of, endedAt }: PaperRelease): boolean => endedAt === null && sameResource(of, resource);
  return { ...journal, releases: journal.releases.map((row) => (isOf(row) ? { ...row, endedAt: issuedAt } : row)) };
}

function settle(journal: PaperJournal, isAsked: (row: JournalRow) => boolean): PaperJournal {
  const isOpen = (row: JournalRow): boolean =>
    row.status === 'applied' && row.settledAt === null && row.owedAt === null && isAsked(row);
  const ids = new Set(journal.deployments.filter(isOpen).map(({ id }) => id));
  const migrations = journal.migrations.filter((row) => row.state !== 'removed' || !ids.has(row.removedBy ?? 0));
  return changeEach({ ...journal, migrations }, isOpen, () => ({ settledAt: 0 }));
}

function keepSkipped(before: PaperJournal, newest: readonly number[], at: number): PaperJournal {
  const isSkipped = (row: JournalRow): boolean =>
    newest.includes(row.id) &&
    row.type === 'Update' &&
    (row.status === 'applied' || row.status === 'failed') &&
    row.issuedAt < at &&
    row.settledAt === null &&
    !isOwed(row) &&
    row.stackStatus === 'UPDATE_ROLLBACK_COMPLETE' &&
    !before.releases.some(
      ({ of, endedAt, digest }) => endedAt === null && digest === row.newDigest && sameConstruct(of, row.resource),
    );
  const skipped = before.deployments.filter(isSkipped).map(({ id }) => id);
  const migrations = before.migrations.map((row) =>
    row.state === 'applied' && row.deployment !== null && skipped.includes(row.deployment)
      ? { ...row, state: 'kept' as const, irreversible: true }
      : row,
  );
  return change({ ...before, migrations }, skipped, { status: 'reverted' });
}

function changeEach(
  journal: PaperJournal,
  isMeant: (row: JournalRow) => boolean,
  more: (row: JournalRow) => Partial<JournalRow>,
): PaperJournal {
  return { ...journal, deployments: journal.deployments.map((row) => (isMeant(row) ? { ...row, ...more(row) } : row)) };
}

/** Puts a row of the table `migration` in the place of the one with its name, or at the end. */
export function put(journal: PaperJournal, row: HistoryRow): PaperJournal {
  const isThere = journal.migrations.some(({ name }) => name === row.name);
  const migrations = isThere
    ? journal.migrations.map((other) => (other.name === row.name ? row : other))
    : [...journal.migrations, row];
  return { ...journal, migrations };
}

export function drop(journal: PaperJournal, name: string): PaperJournal {
  return { ...journal, migrations: journal.migrations.filter((row) => row.name !== name) };
}

export function revertsNothing(journal: PaperJournal, construct: Resource): PaperJournal {
  return changeEach(
    journal,
    ({ resource }) => sameConstruct(resource, construct),
    () => ({ revertedHash: null }),
  );
}

/** As `DeploymentJournal.endReverted` does. */
export function endReverted(journal: PaperJournal, isMeant: (row: JournalRow) => boolean = () => true): PaperJournal {
  const isLeft = ({ id }: JournalRow): boolean =>
    journal.migrations.some(
      ({ state, deployment: by, removedBy }) =>
        (by === id || removedBy === id) && state !== 'kept' && !(state === 'removed' && removedBy === by),
    );
  const ids = journal.deployments.filter((row) => isOwed(row) && isMeant(row) && !isLeft(row)).map(({ id }) => id);
  return end(journal, ids, 'reverted', null);
}
