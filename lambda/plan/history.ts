import type { Intent, OnRemovedValue, Resource } from './intent';
import type { Mark } from './mark';
import { nameOwnStep, placeOf, type Place } from '../manifest/step-lines';
import type { Checksum } from '../manifest/types';

/** What the database says ran. Read under the lock, or it may be out of date before it is used. */
export interface History {
  /** In order of application, oldest first. */
  readonly migrations: readonly HistoryRow[];
  /** The highest id of them, which is their order; 0 where they were not read. */
  readonly newestMigration: number;
  /** Forward deployments, newest first: those of the request's construct, and those of others that were not reverted. */
  readonly deployments: readonly DeploymentRow[];
  /** The releases of the request's construct whose application may have begun. */
  readonly releases: readonly ReleaseRow[];
  /** The releases of other constructs that may be live, newest first. */
  readonly alsoInUseBy: readonly OtherRelease[];
  /** When the newest request of the request's construct was issued, in epoch milliseconds; 0 where none was seen. */
  readonly newestRequestAt: number;
  /** Hashes of the properties that requests of that very second reverted. */
  readonly revertedThen: readonly string[];
  /** Null: none has left a schema that is known. */
  readonly lastRun: LastRun | null;
}

/** The run, of a stack or by hand, that has left the schema as it should be. */
export interface LastRun {
  readonly id: number;
  readonly type: string;
  /** Whether that run was reverted, so that the schema is the one before it. */
  readonly isReverted: boolean;
  /** Of that schema. */
  readonly digest: string;
}

export const NO_HISTORY: History = {
  migrations: [],
  newestMigration: 0,
  deployments: [],
  releases: [],
  alsoInUseBy: [],
  newestRequestAt: 0,
  revertedThen: [],
  lastRun: null,
};

/** What is known of the resource of a release. It is written down before CloudFormation is told that it may go on. */
export interface ReleaseRow {
  readonly digest: string;
  /** When its newest Create was issued, in epoch milliseconds. */
  readonly createdAt: number;
  /**
   * When that it was deleted was written down, by the database's clock, in epoch milliseconds; null where it stands: then code of the
   * release may be live.
   */
  readonly endedAt: number | null;
  /** Of its migrations; null where that is not known, or no other construct has ever used the database. */
  readonly names: ReadonlySet<string> | null;
}

/** A release of another construct of the database, whose first resource it names. */
export type OtherRelease = Resource & Pick<ReleaseRow, 'digest' | 'names'>;

/**
 * - `applying`: begun, and not known to be done
 * - `applied`: done
 * - `reverting`: its down has begun
 * - `kept`: a rollback should have reverted it and could not; a release need not contain it
 * - `removed`: reverted because a release lacked it; kept until that release has settled, to be applied again if it fails
 */
export type MigrationState = 'applying' | 'applied' | 'reverting' | 'kept' | 'removed';

export interface HistoryRow {
  /** The name as it is stored: rows of other tools may have a file's extension. */
  readonly storedName: string;
  /** The name that a manifest is matched with. */
  readonly name: string;
  /** Null in a row that another tool wrote and no release of ours has contained yet. */
  readonly checksum: Checksum | null;
  readonly state: MigrationState;
  /** Steps of the up that are done; frozen once reverting starts. */
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** Where its steps begin: see `stepLinesOf`. Null where that was not written down. */
  readonly stepLines: string | null;
  /** How many of the first steps of the up are known to have changed neither schema nor rows. */
  readonly unchanged: number;
  /** Steps of the down that are done. */
  readonly downStepsDone: number;
  /** Of the step that was begun and is not known to be done; null where no step is in doubt. */
  readonly before: Mark | null;
  readonly irreversible: boolean;
  /** Whether it has the phase contract. */
  readonly contracts: boolean;
  /** The deployment that applied it; null for adopted rows. */
  readonly deployment: number | null;
  /** The resource of that deployment, or the first one of its construct. */
  readonly owner: Resource | null;
  /** The deployment whose release lacks it, and that removes it or has removed it; null for all others. */
  readonly removedBy: number | null;
}

/**
 * - `running`: begun; its process may have died
 * - `applied`: all of it is in the schema
 * - `reverting`: being reverted, or its reverting was cut short
 * - `reverted`: nothing of it is left but what is `kept`
 * - `failed`: it failed and could not be reverted completely
 */
export type DeploymentStatus = 'running' | 'applied' | 'reverting' | 'reverted' | 'failed';

export interface DeploymentRow {
  readonly id: number;
  readonly resource: Resource;
  readonly requestId: string;
  readonly issuedAt: number;
  /** `Delete` is a mark: a Delete came before anything else of its resource. */
  readonly type: 'Create' | 'Update' | 'up' | 'Delete';
  readonly physicalId: string | null;
  readonly oldHash: string | null;
  readonly newHash: string | null;
  readonly newDigest: string;
  /** Over what the source files of its release said; null in a row that older code wrote. */
  readonly checksum: string | null;
  readonly status: DeploymentStatus;
  /** A newer request of the same resource wants this one to stop. */
  readonly cancelled: boolean;
  /** Attempts at it that took the lock. */
  readonly attempts: number;
  /** What CloudFormation was told; null as long as it was told nothing. */
  readonly answered: 'SUCCESS' | 'FAILED' | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** When the stack operation that carried it was seen to end well. */
  readonly settledAt: number | null;
  /** The newest status of the outermost stack that was seen after it began, and that status's own time. */
  readonly stackStatus: string | null;
  readonly stackStatusAt: number | null;
  /**
   * When the request was issued that wants it reverted, where that waits until the application is back; null where nothing
   * waits. Epoch milliseconds.
   */
  readonly owedAt: number | null;
  /** What the release that is gone back to says, should it turn out to be deployed on purpose. */
  readonly owedUnder: OnRemovedValue | null;
  readonly error: string | null;
}

/** A list up to the first that is so, and the list from there on: all of it and nothing where none is. */
export function splitAt<Item>(
  list: readonly Item[],
  isIt: (item: Item) => boolean,
): readonly [before: readonly Item[], rest: readonly Item[]] {
  const at = list.findIndex(isIt);
  return at === -1 ? [list, []] : [list.slice(0, at), list.slice(at)];
}

/** Ids of deployments. */
export function idsOf(rows: readonly DeploymentRow[]): ReadonlySet<number> {
  return new Set(rows.map(({ id }) => id));
}

/** Id of the oldest of some deployments, in whatever order they are. */
export function oldestId(rows: readonly DeploymentRow[]): number {
  return Math.min(...idsOf(rows));
}

/** Begun, in the one direction or the other, and not done. */
export function isHalf({ state }: Pick<HistoryRow, 'state'>): boolean {
  return state === 'applying' || state === 'reverting';
}

/** In the schema from its first step to its last. */
export function isDone(row: Pick<HistoryRow, 'state'> | undefined): boolean {
  return row?.state === 'applied' || row?.state === 'kept';
}

/** Applied, and to be reverted once no code of a release that has it is live any more. */
export function isLeaving({ state, removedBy }: HistoryRow): boolean {
  return state === 'applied' && removedBy !== null;
}

/** Which way a half-applied migration was going, how many steps of that are done, and what the journal says of the next. */
export function progressOf({ state, stepsDone, downStepsDone, before }: HistoryRow): {
  readonly direction: 'up' | 'down';
  readonly done: number;
  readonly before: Mark | null;
} {
  return state === 'applying'
    ? { direction: 'up', done: stepsDone, before }
    : { direction: 'down', done: downStepsDone, before };
}

/** The step that a half-applied migration came to, as messages name it. */
export function nameOpenStep(row: HistoryRow): string {
  const { direction, done } = progressOf(row);
  return nameOwnStep(row, direction, done, positionOf(row));
}

/** Where that step begins; null where that is not known. */
export function openPlace(row: HistoryRow): Place | null {
  return placeOf(row, progressOf(row).direction, positionOf(row));
}

/** Of a down that was not chosen whole, a number does not tell the place in its file. */
function positionOf(row: HistoryRow): number {
  const { direction, done } = progressOf(row);
  return direction === 'down' && row.stepsDone < row.stepsTotal ? -1 : done;
}

/** Whether only a person can say what became of the step that had begun. */
export function isInDoubt({ before }: HistoryRow): boolean {
  return before?.kind === 'blind' || before?.kind === 'partition';
}

/**
 * Whether CloudFormation has gone on without the answer to a request: a newer one of the construct was seen. It waits for
 * the end of a release, though it may delete the second resource beside it.
 */
export function isOvertaken({ kind, request }: Intent, { newestRequestAt }: History): boolean {
  return kind !== 'release-ends' && newestRequestAt > request.issuedAt;
}

/** Whether two resources are the same one. */
export function sameResource(a: Resource, b: Resource): boolean {
  return a.stackId === b.stackId && a.logicalId === b.logicalId;
}

/** Whether two resources belong to one construct: its first resource, and the one that contracts. */
export function sameConstruct(a: Resource, b: Resource): boolean {
  return a.stackId === b.stackId && (a.contractOf ?? a.logicalId) === (b.contractOf ?? b.logicalId);
}

/** Whether the stack operation that carried a deployment has ended well. */
export function isSettled({ settledAt }: DeploymentRow): boolean {
  return settledAt !== null;
}

/** Whether a deployment left or may have left something. Marks of requests have not. */
export function stands({ status }: DeploymentRow): boolean {
  return status !== 'reverted';
}

/** Whether a deployment is to be reverted as soon as the application is back. */
export function isOwed(row: DeploymentRow): boolean {
  return row.owedAt !== null && stands(row);
}

/** The releases of the request's construct whose application may be live, as far as CloudFormation has told. */
export function standingReleases({ releases }: History): readonly ReleaseRow[] {
  return releases.filter(({ endedAt }) => endedAt === null);
}

/** Whether the release of a digest is one of them. */
export function isStanding(digest: string, history: History): boolean {
  return standingReleases(history).some((release) => release.digest === digest);
}

/** Deployments of a construct that stand, newest first. */
export function standingOf(construct: Resource, { deployments }: History): readonly DeploymentRow[] {
  return deployments.filter((row) => stands(row) && sameConstruct(row.resource, construct));
}

/**
 * What was last heard of the stack. It is noted at the newest row of each resource, whatever has become of that, or at the one before
 * where the newest came late. What is older than the newest of these was of an operation before.
 */
export function statusesOf(construct: Resource, { deployments }: History): readonly string[] {
  const rows = deployments.filter((row) => row.newHash !== null && sameConstruct(row.resource, construct));
  const last = Math.max(rows[0]?.issuedAt ?? 0, ...rows.map(({ stackStatusAt }) => stackStatusAt ?? 0));
  return rows.filter(({ stackStatusAt }) => stackStatusAt === last).flatMap(({ stackStatus }) => stackStatus ?? []);
}

/** Whether a migration was applied by one of some deployments. */
export function appliedBy(deployments: readonly DeploymentRow[]): (row: HistoryRow) => boolean {
  const ids = idsOf(deployments);
  return ({ deployment }) => deployment !== null && ids.has(deployment);
}

/**
 * The release of another construct whose code may be live and needs any of some migrations: it contains it. Not what contracts: its
 * code ran before that was applied. When the release was deployed tells nothing: attempts at the same deployment, and runs by hand,
 * change who applied what. One that is gone back from is live until it has ended, whatever its deployment has come to.
 */
export function sharedWith(rows: readonly HistoryRow[], { alsoInUseBy }: History): OtherRelease | undefined {
  return alsoInUseBy.find((other) =>
    rows.some(({ name, contracts }) => !contracts && (other.names?.has(name) ?? true)),
  );
}
