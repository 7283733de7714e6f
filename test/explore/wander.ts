import { Random } from '../faults/random';
import type { Run } from './delivery';
import type { Explored, Violation } from './explore';
import { problemOfFuture } from './future';
import { movesOf, type CheckedMove } from './moves';
import { shorten } from './shorten';
import type { World } from './world';

export interface Wandering {
  readonly seed: number;
  readonly steps: number;
  readonly violations: number;
  /** As in `explore`. */
  readonly accepts?: RegExp;
}

/** What goes wrong: half of the steps leave it out, or few ways would come far. */
const MISHAP = /fails|failed|given up|UPDATE_FAILED|CREATE_FAILED|to nothing$|delete the stack|by hand/;

/** Goes ways at random, each to its end. The same seed goes the same ways. Of each problem the shortest way that was met is given. */
export function wander(start: World, run: Run, { seed, steps, violations, accepts }: Wandering): Explored {
  const random = new Random(seed);
  const found = new Map<string, Violation>();
  const counts = new Map<string, number>();
  let [transitions, ways, depth] = [0, 0, 0];
  while (transitions < steps && found.size < violations) {
    ways += 1;
    const trace: string[] = [];
    for (let world = start; ;) {
      const move = next(world, movesOf(world, run), random);
      if (move === undefined) break;
      trace.push(move.label);
      transitions += 1;
      const problem = move.problem ?? problemOfFuture(move.world, run);
      if (problem !== null) {
        counts.set(problem, (counts.get(problem) ?? 0) + 1);
        const known = found.get(problem);
        if (accepts?.test(problem) !== true && (known === undefined || known.trace.length > trace.length))
          found.set(problem, { problem, trace });
        break;
      }
      world = move.world;
    }
    depth = Math.max(depth, trace.length);
  }
  const shortened = [...found.values()].map((each) => ({
    ...each,
    trace: shorten(start, each.trace, each.problem, run),
  }));
  return { states: ways, transitions, depth, isWhole: false, violations: shortened, counts };
}

function next(world: World, moves: readonly CheckedMove[], random: Random): CheckedMove | undefined {
  if (moves.length === 0) return undefined;
  const calm = moves.filter(
    ({ label, world: { faultsLeft } }) => faultsLeft === world.faultsLeft && !MISHAP.test(label),
  );
  return random.pick(calm.length > 0 && random.next() < 0.8 ? calm : moves);
}
