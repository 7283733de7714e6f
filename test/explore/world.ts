import { createHash } from 'node:crypto';
import { sameConstruct } from '../../lambda/plan/history';
import type { PaperJournal } from '../paper/paper-journal';
import { NO_JOURNAL } from '../paper/paper-journal';
import { schemaText } from '../paper/paper-schema';
import type { Resource } from '../../lambda/plan/intent';
import { OURS } from '../paper/releases';
import type { Delivery, Stack } from '../paper/stack';
import { NO_STACK } from '../paper/stack';

/** A stack, or one of its constructs, and what is under way from it to the function. */
export interface Side {
  readonly stack: Stack;
  /** Requests that CloudFormation does not wait for, and that may still reach the function. */
  readonly late: readonly Delivery[];
  /** Statuses that have not reached the function. */
  readonly events: readonly StatusEvent[];
  readonly operationsLeft: number;
}

/** Everything that the next moment depends on, as seen from one construct. */
export interface World extends Side {
  /** Seconds. */
  readonly now: number;
  readonly journal: PaperJournal;
  /** Of all stacks together. */
  readonly faultsLeft: number;
  /** The other constructs of the database: of other stacks, and of the same one. */
  readonly beside: readonly Side[];
}

export interface StatusEvent {
  readonly status: string;
  readonly at: number;
}

/** Constructs of stacks before their creation, and an empty database. */
export function emptyWorld(
  operationsLeft: number,
  faultsLeft: number,
  constructs: readonly Resource[] = [OURS],
): World {
  const [first, ...beside] = constructs.map((construct): Side => ({
    stack: { ...NO_STACK, ...construct },
    late: [],
    events: [],
    operationsLeft,
  }));
  if (first === undefined) throw new Error('a world has a stack');
  return { ...first, now: 0, journal: NO_JOURNAL, faultsLeft, beside };
}

/** The constructs of a world, its own first. */
export function sidesOf({ stack, late, events, operationsLeft, beside }: World): readonly Side[] {
  return [{ stack, late, events, operationsLeft }, ...beside];
}

/** The world as the next of its constructs sees it. As many turns as it has constructs lead back to it. */
export function turned(world: World): World {
  const [own, next, ...others] = sidesOf(world);
  return next === undefined ? world : { ...world, ...next, beside: [...others, own!] };
}

/**
 * The same for worlds that nothing can tell apart: of times only their order counts, and of ids of requests which are the
 * same.
 */
export function keyOf(world: World): string {
  const { now, journal } = world;
  const sides = sidesOf(world);
  const inFlightOf = ({ stack: { inFlight } }: Side): readonly Delivery[] => (inFlight === null ? [] : [inFlight]);
  const requests = sides.flatMap((side) => [...side.late, ...inFlightOf(side)]);
  const times = new Set([now * 1000]);
  for (const row of journal.deployments)
    for (const time of [row.issuedAt, row.newestRequestAt, row.owedAt, row.stackStatusAt]) times.add(time ?? 0);
  for (const { createdAt, endedAt } of journal.releases) times.add(createdAt).add(endedAt ?? 0);
  for (const { issuedAt } of requests) times.add(issuedAt);
  for (const { events } of sides) for (const { at } of events) times.add(at);
  const ranks = new Map([...times].sort((a, b) => a - b).map((time, rank) => [time, rank]));
  const rank = (time: number | null): number => ranks.get(time ?? 0) ?? 0;
  const wanted = [...new Set(requests.map(nameOf))].sort();
  const ranked = (each: Delivery): string =>
    JSON.stringify({ ...each, issuedAt: rank(each.issuedAt), requestId: wanted.indexOf(nameOf(each)) });
  const numbers = new Map(sides.map(({ stack }, number) => [keyOfConstruct(stack), number]));
  const numberOf = (of: Resource | null): number | undefined =>
    of === null ? undefined : numbers.get(keyOfConstruct(of));
  const hasEvents = new Set(sides.filter(({ events }) => events.length > 0).map(({ stack }) => stack.stackId));
  // A status that is to come is newer than all that were noted, unless an older one is on its way; and those of before the newest
  // request are of an operation before.
  const newest = (of: Resource): number =>
    journal.deployments.find(({ resource, newHash }) => sameConstruct(resource, of) && newHash !== null)?.issuedAt ?? 0;
  const statusAt = ({ resource, stackStatusAt }: PaperJournal['deployments'][number]): number =>
    hasEvents.has(resource.stackId) || (stackStatusAt ?? 0) >= newest(resource) ? rank(stackStatusAt) : 0;
  const text = JSON.stringify([
    sides.map(({ stack, late, events, operationsLeft }) => [
      { ...stack, count: 0, inFlight: stack.inFlight && ranked(stack.inFlight) },
      operationsLeft,
      late.map(ranked).sort(),
      events.map(({ status, at }) => [status, rank(at)]),
    ]),
    rank(now * 1000),
    world.faultsLeft,
    journal.isThere,
    schemaText(journal.schema),
    journal.releases.map((row) => [
      [numberOf(row.of), row.logicalId, row.endedAt === null, rank(row.createdAt), rank(row.endedAt)],
    ]),
    journal.migrations.map((row) => [
      [row.name, row.checksum?.slice(0, 6), row.state, row.stepsDone, row.downStepsDone, row.irreversible],
      [row.deployment, row.removedBy, numberOf(row.owner)],
    ]),
    journal.deployments.map((row) => [
      [numberOf(row.resource), row.resource.logicalId],
      wanted.indexOf(nameOf({ ...firstOf(row.resource), requestId: row.requestId })),
      [row.type, row.physicalId, row.oldHash?.slice(0, 6), row.newHash?.slice(0, 6), row.newDigest.slice(0, 9)],
      [row.status, row.cancelled, row.answered, row.stackStatus],
      [row.owedUnder, row.settledAt === null, row.revertedHash?.slice(0, 6)],
      [...[row.issuedAt, row.newestRequestAt, row.owedAt].map(rank), statusAt(row)],
    ]),
  ]);
  return createHash('md5').update(text).digest('base64');
}

function nameOf({ stackId, logicalId, requestId }: Pick<Delivery, 'stackId' | 'logicalId' | 'requestId'>): string {
  return `${stackId} ${logicalId} ${requestId}`;
}

/** The first resource of the construct of a resource. */
function firstOf({ stackId, logicalId, contractOf = logicalId }: Resource): Resource {
  return { stackId, logicalId: contractOf };
}

function keyOfConstruct(of: Resource): string {
  return nameOf({ ...firstOf(of), requestId: '' });
}
