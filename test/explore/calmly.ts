import { forward } from '../paper/cloudformation';
import type { Name } from '../paper/letter';
import { CONSTRUCTS, STACKS } from '../paper/releases';
import type { Stack } from '../paper/stack';
import type { Failure } from '../../lambda/words/failure';
import type { Run } from './delivery';
import { take } from './moves';
import { nextStep, withEach } from './twins';
import { emptyWorld, turned, type World } from './world';

/** What comes of an update in which nothing goes wrong by itself. */
export interface Updated {
  readonly world: World;
  /** What it was told that stopped it, or that was not done in its clean-up; null where it went well. */
  readonly failure: Failure | null;
}

/** Updates the stack of a world to releases, of each of its constructs. Nothing befalls it, and the other stacks stand still. */
export function updateCalmly(before: World, to: (construct: Stack) => Name | null, run: Run): Updated {
  const {
    faultsLeft,
    stack: { stackId },
  } = before;
  let [world = before] = withEach({ ...before, faultsLeft: 0 }, (stack) => [forward(stack, to(stack), run.alphabet)]);
  let failure: Failure | null = null;
  const count = world.beside.length + 1;
  let turns = 0;
  for (let still = 0; still < count;) {
    const step = world.stack.stackId === stackId ? nextStep(world) : undefined;
    if (step === undefined) {
      world = turned(world);
      turns += 1;
      still += 1;
      continue;
    }
    const [move] = take(world, step, run);
    if (move === undefined) throw new Error(`nothing comes of ${step.do}`);
    failure ??= move.failure ?? null;
    world = move.world;
    still = 0;
  }
  for (; turns % count !== 0; turns += 1) world = turned(world);
  return { world: { ...world, faultsLeft }, failure };
}

/**
 * Stacks on one database, each at a release; `-`: it is not there yet. `A+-`: with a second construct, which is not there yet; there may be a third one.
 */
export function stacksAt(releases: readonly string[], operations: number, faults: number, run: Run): World {
  const said = releases.map((each) => each.split('+').map((name) => (name === '-' ? null : name)));
  const constructs = said.flatMap((names, at) =>
    names.map((_, number) => ({ stackId: STACKS[at]!, logicalId: CONSTRUCTS[number]! })),
  );
  let world = emptyWorld(operations, faults, constructs);
  for (const names of said) {
    const of = ({ logicalId }: Stack): Name | null => names[CONSTRUCTS.indexOf(logicalId)] ?? null;
    if (names.some((name) => name !== null)) world = updateCalmly(world, of, run).world;
    world = names.reduce(turned, world);
  }
  return world;
}
