import type { PaperJournal } from '../paper/paper-journal';
import { NO_JOURNAL } from '../paper/paper-journal';
import { schemaText } from '../paper/paper-schema';
import type { Delivery, Stack } from '../paper/stack';
import { NO_STACK } from '../paper/stack';

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

export interface StatusEvent {
  readonly status: string;
  readonly at: number;
}

/** A stack before its creation, and an empty database. */
export function emptyWorld(operationsLeft: number, faultsLeft: number): World {
  return { now: 0, stack: NO_STACK, journal: NO_JOURNAL, late: [], events: [], operationsLeft, faultsLeft };
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
    schemaText(journal.schema),
    journal.releases.map((row) => [row.logicalId, row.endedAt === null, rank(row.createdAt), rank(row.endedAt)]),
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
