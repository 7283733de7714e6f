import type { Name } from './alphabet';
import type { PaperJournal } from './paper-journal';
import { NO_JOURNAL } from './paper-journal';

/** Everything that the next moment depends on: the stack, what is under way to the function, and the database. */
export interface World {
  /** Seconds. */
  readonly now: number;
  readonly stack: Stack;
  readonly journal: PaperJournal;
  /** Requests that CloudFormation does not wait for, and that may still reach the function. */
  readonly late: readonly Delivery[];
  /** Statuses that have not reached the function. */
  readonly events: readonly StatusEvent[];
  readonly operationsLeft: number;
  readonly faultsLeft: number;
}

export interface Stack {
  readonly status: string;
  /** Where the stack last came to a good end; null: no construct. */
  readonly stable: Name | null;
  readonly target: Name | null;
  readonly mode:
    | 'idle'
    | 'forward'
    | 'failing'
    | 'cleanup'
    | 'back'
    | 'back-cleanup'
    | 'back-failed'
    | 'stays'
    | 'deleting'
    | 'gone';
  readonly todo: readonly Step[];
  /** The request that CloudFormation waits for; it belongs to the first step. */
  readonly inFlight: Delivery | null;
  readonly first: CustomResource;
  readonly second: CustomResource;
  /** Releases whose resource is there, by their code's name. */
  readonly releases: readonly Name[];
  /** Of these, the ones whose creation failed: it is tried again. */
  readonly unbegun: readonly Name[];
  /** Of which releases code may run. */
  readonly live: readonly Name[];
  /** It never came to a good end: to go back is to delete it. */
  readonly isNew: boolean;
  /** What the function carries. */
  readonly code: Name | null;
  /** The next request is signed in the same second as the one before. */
  readonly isSameSecond: boolean;
  /** How many operations and ways back there were: a request's id is made of it. */
  readonly count: number;
  /** Migrations that a release with onRemoved REVERT was told to take away since the stack was stable. */
  readonly dispensable: readonly string[];
  /** Why the schema need not be as CloudFormation shows it. */
  readonly excuses: readonly string[];
  /** What the schema is to hold while there is no construct. */
  readonly retained: readonly string[];
}

export interface CustomResource {
  /** Its properties; null: it is not there. */
  readonly at: Name | null;
  /** Whether a Create of it has succeeded: otherwise the next try is a Create too. */
  readonly isCreated: boolean;
  /** Its last request failed, or was given up. */
  readonly isFailed: boolean;
  /** Whose physical id it has: CloudFormation's own where it was not told one. */
  readonly id: 'ours' | 'theirs' | 'nothing';
}

/** What CloudFormation does next in an operation. */
export type Step =
  | { readonly do: 'status'; readonly status: string }
  | { readonly do: 'set'; readonly part: 'first' | 'second'; readonly to: Name }
  | { readonly do: 'delete'; readonly part: 'first' | 'second' }
  | { readonly do: 'begin' | 'end'; readonly of: Name }
  | { readonly do: 'start' | 'finish'; readonly code: Name | null };

/** A request on its way. */
export interface Delivery {
  readonly kind: 'create' | 'update' | 'delete' | 'release-begins' | 'release-ends';
  readonly part: 'first' | 'second';
  readonly to: Name;
  /** What an update comes from. */
  readonly from: Name;
  readonly issuedAt: number;
  readonly requestId: string;
  readonly id: CustomResource['id'];
  /** It was carried out before: Lambda delivers at least once. */
  readonly isRepeated: boolean;
}

export interface StatusEvent {
  readonly status: string;
  readonly at: number;
}

const ABSENT: CustomResource = { at: null, isCreated: false, isFailed: false, id: 'ours' };

/** A stack before its creation, and an empty database. */
export function emptyWorld(operationsLeft: number, faultsLeft: number): World {
  const stack: Stack = {
    status: 'REVIEW_IN_PROGRESS',
    stable: null,
    target: null,
    mode: 'idle',
    todo: [],
    inFlight: null,
    first: ABSENT,
    second: ABSENT,
    releases: [],
    unbegun: [],
    live: [],
    isNew: true,
    code: null,
    isSameSecond: false,
    count: 0,
    dispensable: [],
    excuses: [],
    retained: [],
  };
  return { now: 0, stack, journal: NO_JOURNAL, late: [], events: [], operationsLeft, faultsLeft };
}

/**
 * The same for worlds that nothing can tell apart: of times only their order counts, and of ids of requests which are the
 * same.
 */
export function keyOf(world: World): string {
  const { now, journal, late, events, stack } = world;
  const requests = [...late, ...(stack.inFlight === null ? [] : [stack.inFlight])];
  const times = new Set([now * 1000]);
  for (const row of journal.deployments)
    for (const time of [row.issuedAt, row.newestRequestAt, row.owedAt, row.stackStatusAt]) times.add(time ?? 0);
  for (const { createdAt, endedAt } of journal.releases) times.add(createdAt).add(endedAt ?? 0);
  for (const { issuedAt } of requests) times.add(issuedAt);
  for (const { at } of events) times.add(at);
  const ranks = new Map([...times].sort((a, b) => a - b).map((time, rank) => [time, rank]));
  const rank = (time: number | null): number => ranks.get(time ?? 0) ?? 0;
  const wanted = [...new Set(requests.map(({ requestId }) => requestId))].sort();
  const idOf = (requestId: string): number => wanted.indexOf(requestId);
  const ranked = (each: Delivery): string =>
    JSON.stringify({ ...each, issuedAt: rank(each.issuedAt), requestId: idOf(each.requestId) });
  // A status that is to come is newer than all that were noted, unless an older one is on its way.
  const statusAt = (row: PaperJournal['deployments'][number]): number =>
    events.length > 0 ? rank(row.stackStatusAt) : 0;
  return JSON.stringify([
    { ...stack, count: 0, inFlight: stack.inFlight && ranked(stack.inFlight) },
    rank(now * 1000),
    world.operationsLeft,
    world.faultsLeft,
    late.map(ranked).sort(),
    events.map(({ status, at }) => [status, rank(at)]),
    journal.isThere,
    journal.schema.map((made) => [made.name, made.text?.slice(0, 6), made.isHalf]),
    journal.releases.map((row) => [row.logicalId, row.isStanding, rank(row.createdAt), rank(row.endedAt)]),
    journal.migrations.map((row) => [
      [row.name, row.checksum?.slice(0, 6), row.state, row.stepsDone, row.downStepsDone, row.irreversible],
      [row.deployment, row.removedBy],
    ]),
    journal.deployments.map((row) => [
      [row.resource.logicalId, idOf(row.requestId), row.type, row.physicalId, row.oldHash?.slice(0, 6)],
      [row.newHash?.slice(0, 6), row.newDigest.slice(0, 9), row.status, row.cancelled, row.answered, row.stackStatus],
      [row.owedUnder, row.settledAt === null, row.revertedHash?.slice(0, 6)],
      [...[row.issuedAt, row.newestRequestAt, row.owedAt].map(rank), statusAt(row)],
    ]),
  ]);
}
