import type { Run } from './delivery';
import { problemOfFuture } from './future';
import { movesOf } from './moves';
import type { World } from './world';

/** A way to the same problem without what has no part in it: a way that was gone at random has much of that. */
export function shorten(start: World, trace: readonly string[], problem: string, run: Run): readonly string[] {
  let short = trace;
  for (let size = Math.ceil(trace.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = short.length - size; at >= 0; at -= size) {
      const without = leadsTo(start, short.toSpliced(at, size), problem, run);
      if (without !== null && without.length < short.length) short = without;
      at = Math.min(at, short.length);
    }
  }
  return short;
}

/** As much of a way as can be gone, up to where it comes to a problem; null where it comes to none. */
function leadsTo(start: World, trace: readonly string[], problem: string, run: Run): readonly string[] | null {
  const gone: string[] = [];
  let world = start;
  for (const label of trace) {
    const move = movesOf(world, run).find((each) => each.label === label);
    if (move === undefined) continue;
    gone.push(label);
    if ((move.problem ?? problemOfFuture(move.world, run)) === problem) return gone;
    if (move.problem !== null) return null;
    world = move.world;
  }
  return null;
}
