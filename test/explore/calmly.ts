import { forward } from '../paper/cloudformation';
import { STACKS } from '../paper/releases';
import type { Failure } from '../../lambda/words/failure';
import type { Run } from './delivery';
import { take } from './moves';
import { emptyWorld, turned, type World } from './world';

/** What comes of an update in which nothing goes wrong by itself. */
export interface Updated {
  readonly world: World;
  /** What it was told that stopped it, or that was not done in its clean-up; null where it went well. */
  readonly failure: Failure | null;
}

/** Updates the stack of a world to a release. Nothing befalls it, and the other stacks stand still. */
export function updateCalmly(before: World, to: string, run: Run): Updated {
  let world: World = { ...before, faultsLeft: 0, stack: forward(before.stack, to, run.alphabet) };
  let failure: Failure | null = null;
  for (let [step] = world.stack.todo; step !== undefined; [step] = world.stack.todo) {
    const [move] = take(world, step, run);
    if (move === undefined) throw new Error(`nothing comes of ${step.do}`);
    failure ??= move.failure ?? null;
    world = move.world;
  }
  return { world: { ...world, faultsLeft: before.faultsLeft }, failure };
}

/** Stacks on one database, each at a release; `-`: it is not there yet. */
export function stacksAt(releases: readonly string[], operations: number, faults: number, run: Run): World {
  let world = emptyWorld(operations, faults, STACKS.slice(0, releases.length));
  for (const release of releases) {
    if (release !== '-') world = updateCalmly(world, release, run).world;
    world = turned(world);
  }
  return world;
}
