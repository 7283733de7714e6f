import { afterStep } from '../paper/cloudformation';
import type { CustomResource, Delivery, Stack, Step } from '../paper/stack';
import type { Alphabet } from './alphabet';
import type { Move } from './operations';
import { sidesOf, turned, type Side, type World } from './world';

// Constructs of one stack: it creates, updates, rolls back and deletes all of them together, and their requests come in any order.

/** Whether the stack of a world has another construct on this database. */
export function hasTwin({ stack, beside }: World): boolean {
  return beside.some((side) => side.stack.stackId === stack.stackId);
}

/** What all constructs of the stack may do together, where each may do that for itself. */
export function together(
  world: World,
  movesOfOne: (seen: World) => readonly Move[],
  fits: (mine: Move, theirs: Move) => boolean,
): readonly Move[] {
  let joint = movesOfOne(world);
  let seen = world;
  for (let at = 1; at <= world.beside.length; at += 1) {
    seen = turned(seen);
    if (seen.stack.stackId !== world.stack.stackId) continue;
    const theirs = movesOfOne({ ...seen, operationsLeft: world.operationsLeft });
    joint = joint.flatMap((mine) => theirs.filter((move) => fits(mine, move)).map((move) => joined(mine, move, at)));
  }
  return joint;
}

function joined(mine: Move, theirs: Move, at: number): Move {
  const more = theirs.updatesTo === undefined ? theirs.label : (theirs.updatesTo ?? 'nothing');
  const label = mine.label === theirs.label ? mine.label : `${mine.label} + ${more}`;
  const faultsLeft = Math.min(mine.world.faultsLeft, theirs.world.faultsLeft);
  const { stack, late } = theirs.world;
  return { ...mine, label, world: { ...withSide(mine.world, at, { stack, late }), faultsLeft } };
}

/** Whether two constructs may go on so in one operation: in the same way, but for what each has of its own. */
export function goTogether({ label: mine }: Move, { label: theirs }: Move): boolean {
  return mine.startsWith(theirs) || theirs.startsWith(mine);
}

/** Whether two constructs may be at these releases: they have the same migrations, or one of them is not there. */
export function mayStandTogether(a: string | null, b: string | null, alphabet: Alphabet): boolean {
  return a === null || b === null || alphabet.of(a).manifest.digest === alphabet.of(b).manifest.digest;
}

/** Every way in which the constructs of the stack may change at once. */
export function withEach(world: World, change: (stack: Stack) => readonly Stack[]): readonly World[] {
  let worlds: readonly World[] = [world];
  for (const [at, { stack }] of sidesOf(world).entries())
    if (stack.stackId === world.stack.stackId)
      worlds = worlds.flatMap((then) =>
        change(sidesOf(then)[at]!.stack).map((next) => withSide(then, at, { stack: next })),
      );
  return worlds;
}

function withSide(world: World, at: number, more: Partial<Side>): World {
  if (at === 0) return { ...world, ...more };
  return { ...world, beside: world.beside.map((side, index) => (index + 1 === at ? { ...side, ...more } : side)) };
}

/** The next step of a construct: a status comes once all constructs of the stack have come to it. */
export function nextStep(world: World): Step | undefined {
  const [step] = world.stack.todo;
  if (step?.do !== 'status') return step;
  const isAtIt = ({
    stack: {
      todo: [next],
    },
  }: Side): boolean => next?.do === 'status' && next.status === step.status;
  const twins = sidesOf(world).filter(({ stack }) => stack.stackId === world.stack.stackId);
  return twins.every(isAtIt) ? step : undefined;
}

/** What becomes of the other constructs of the stack once a request of one was answered, or given up. */
export function followed(before: World, now: World): World {
  const { mode, todo, stackId } = now.stack;
  const isAgain = mode === 'deleting' && todo.length > before.stack.todo.length;
  const beside = now.beside.map((side): Side => {
    if (side.stack.stackId !== stackId) return side;
    if (mode === 'failing' && side.stack.mode === 'forward') return stopped(side, mode);
    if (mode === 'back-failed' && side.stack.mode === 'back') return stopped(side, mode);
    return isAgain ? { ...side, stack: { ...side.stack, todo: [...todo.slice(0, 1), ...side.stack.todo] } } : side;
  });
  return { ...now, beside };
}

/** CloudFormation waits no longer for what is under way, which may still come. */
export function stopped<Of extends Side>(side: Of, mode: 'failing' | 'back-failed'): Of {
  const { stack, late } = side;
  const { inFlight } = stack;
  if (mode === 'back-failed')
    return { ...side, late: inFlight === null ? late : [...late, inFlight], stack: { ...stack, mode, inFlight: null } };
  const [step] = stack.todo;
  const then = inFlight === null || step === undefined ? stack : afterStep(stack, step, false, idGivenUp(inFlight));
  return {
    ...side,
    late: inFlight === null ? late : [...late, inFlight],
    stack: { ...then, mode, todo: [], inFlight: null },
  };
}

/** The physical id of a resource whose request CloudFormation has given up. */
export function idGivenUp({ kind, id }: Delivery): CustomResource['id'] {
  return kind === 'create' ? 'theirs' : id;
}
