import type { Run } from './delivery';
import { problemOfFuture } from './future';
import { movesOf } from './moves';
import type { World } from './world';
import { keyOf } from './world';

export interface Violation {
  readonly problem: string;
  /** The shortest way to it. */
  readonly trace: readonly string[];
}

export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** Moves of the longest of the shortest ways to a state. */
  readonly depth: number;
  /** Whether nothing was left out. */
  readonly isWhole: boolean;
  /** Of each problem the first that was found. */
  readonly violations: readonly Violation[];
  /** How often each was found. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface Limits {
  /** Problems that are known and are no violation; no way is gone on from them. */
  readonly accepts?: RegExp;
  readonly states: number;
  readonly violations: number;
}

/** Goes all ways from a world, breadth first, so that the first way to a state is a shortest one. */
export function explore(start: World, run: Run, limits: Limits): Explored {
  const seen = new Set([keyOf(start)]);
  const cameFrom: number[] = [-1];
  const labels: string[] = [''];
  const found = new Map<string, Violation>();
  const counts = new Map<string, number>();
  let transitions = 0;
  let depth = 0;
  const traceOf = (index: number, last: string): readonly string[] => {
    const trace = [last];
    for (let at = index; at > 0; at = cameFrom[at]!) trace.unshift(labels[at]!);
    return trace;
  };
  let frontier: { readonly world: World; readonly index: number }[] = [{ world: start, index: 0 }];
  while (frontier.length > 0 && seen.size < limits.states && found.size < limits.violations) {
    const next: typeof frontier = [];
    for (const { world, index } of frontier) {
      for (const move of movesOf(world, run)) {
        transitions += 1;
        const { label } = move;
        const key = move.problem === null ? keyOf(move.world) : '';
        if (seen.has(key)) continue;
        const problem = move.problem ?? problemOfFuture(move.world, run);
        if (problem !== null) {
          counts.set(problem, (counts.get(problem) ?? 0) + 1);
          if (!found.has(problem) && limits.accepts?.test(problem) !== true)
            found.set(problem, { problem, trace: traceOf(index, label) });
          continue;
        }
        seen.add(key);
        cameFrom.push(index);
        labels.push(label);
        next.push({ world: move.world, index: cameFrom.length - 1 });
      }
    }
    frontier = next;
    if (next.length > 0) depth += 1;
  }
  return {
    states: seen.size,
    transitions,
    depth,
    isWhole: frontier.length === 0,
    violations: [...found.values()],
    counts,
  };
}
