import type { Order } from '../paper/cloudformation';
import { back, continued, deletion, forward, ordersBack } from '../paper/cloudformation';
import { namesOf } from '../paper/letter';
import type { Name } from '../paper/letter';
import type { Stack } from '../paper/stack';
import type { Alphabet } from './alphabet';
import { goTogether, hasTwin, mayStandTogether, together } from './twins';
import { sidesOf, type World } from './world';
import type { Failure } from '../../lambda/words/failure';

/** One way in which the world may go on, in words. */
export interface Move {
  readonly label: string;
  readonly world: World;
  /** The release that an operation begins to lead to; absent where it is no update. */
  readonly updatesTo?: Name | null;
  readonly problem?: string | null;
  /** What a request was told that failed. */
  readonly failure?: Failure | null;
}

/** The operations that a user may begin now, with all constructs of the stack. */
export function operations(world: World, alphabet: Alphabet): readonly Move[] {
  if (!hasTwin(world)) return operationsOfOne(world, alphabet, isPossible);
  const all = together(
    world,
    (seen) => operationsOfOne(seen, alphabet, isAllowed),
    (mine, theirs) => {
      const [a, b] = [mine, theirs].map((move) => move.updatesTo);
      if (a === undefined || b === undefined) return a === b && goTogether(mine, theirs);
      return mayStandTogether(a, b, alphabet);
    },
  );
  // An operation changes something, and a stack is created with something.
  return all.filter(({ updatesTo, world: then }) => {
    if (updatesTo === undefined) return true;
    const stacks = sidesOf(then)
      .map((side) => side.stack)
      .filter(({ stackId }) => stackId === then.stack.stackId);
    const isChanged = stacks.some(({ stable, target }) => stable !== target);
    const isFilled = stacks.some(({ target, isNew }) => target !== null || !isNew);
    return isFilled && (isChanged || then.stack.isNew || world.stack.mode === 'stays');
  });
}

function operationsOfOne(world: World, alphabet: Alphabet, mayBe: typeof isPossible): readonly Move[] {
  const { stack, operationsLeft } = world;
  const { mode } = stack;
  const moves: Move[] = [];
  const add = (label: string, then: Stack, cost = 1, updatesTo?: Name | null): void => {
    if (operationsLeft >= cost)
      moves.push({
        label,
        ...(updatesTo !== undefined && { updatesTo }),
        world: { ...world, operationsLeft: operationsLeft - cost, stack: { ...then, isSameSecond: false } },
      });
  };
  if (mode === 'idle' || mode === 'stays')
    for (const name of [...alphabet.names, null])
      if (mayBe(world, name, alphabet)) add(`update to ${name ?? 'nothing'}`, forward(stack, name, alphabet), 1, name);
  if (mode === 'stays')
    for (const order of ordersBack(stack, alphabet))
      add(`roll back, ${inWords(order, stack)}`, back(stack, order, alphabet), 0);
  if (mode === 'back-failed') {
    add('continue the rollback', continued(stack), 0);
    const [step, ...todo] = stack.todo;
    if (step?.do === 'set') {
      const skipped = { at: step.to, isCreated: true, isFailed: false, id: 'ours' } as const;
      const excuses = [...new Set([...stack.excuses, 'skipped'])];
      const without = continued({ ...stack, todo, excuses, [step.part]: skipped });
      add(`continue the rollback without the ${step.part} resource`, without, 0);
    }
  }
  const isThere = !stack.isNew || mode === 'stays';
  if ((mode === 'idle' || mode === 'stays' || mode === 'back-failed') && isThere)
    add('delete the stack', {
      ...stack,
      count: stack.count + 1,
      mode: 'deleting',
      todo: deletion(stack),
      target: null,
    });
  return moves;
}

function isPossible(world: World, name: string | null, alphabet: Alphabet): boolean {
  const { mode, stable, isNew } = world.stack;
  return mode === 'idle' ? name !== stable && (name !== null || !isNew) : isAllowed(world, name, alphabet);
}

function isAllowed({ stack, journal }: World, name: string | null, alphabet: Alphabet): boolean {
  if (stack.mode === 'idle' || !stack.isNew || name === null) return true;
  // What a failed try contracted must not be taken away before the stack is rolled back (docs/rollback.md): one that was never well
  // is rolled back by its deletion, while code is live that does not know it.
  const names = namesOf(alphabet.of(name));
  return journal.schema.every((made) => names.includes(made.name) || !alphabet.contracts(made.name));
}

function inWords({ isCodeFirst, isReversed }: Order, { isNew }: Stack): string {
  if (isNew) return 'by deletion';
  return `${isReversed ? 'dependents first' : 'in order'}${isCodeFirst ? '' : ', the function late'}`;
}

/** How an operation that has failed may go on. */
export function failures(world: World, alphabet: Alphabet, staysNew: boolean, why: string): readonly Move[] {
  const { stack } = world;
  const moves = ordersBack(stack, alphabet).map((order): Move => ({
    label: `${why}: rollback, ${inWords(order, stack)}`,
    world: { ...world, stack: back(stack, order, alphabet) },
  }));
  const sameSecond =
    world.faultsLeft === 0
      ? []
      : moves.map(({ label, world: next }): Move => ({
          label: `${label}, in the same second`,
          world: { ...next, faultsLeft: next.faultsLeft - 1, stack: { ...next.stack, isSameSecond: true } },
        }));
  const status = stack.isNew ? 'CREATE_FAILED' : 'UPDATE_FAILED';
  const stays: Partial<Stack> = { mode: 'stays', status, todo: [], inFlight: null };
  const keeps = { label: `${why}: ${status}`, world: { ...world, stack: { ...stack, ...stays } } };
  const forgets = (part: 'first' | 'second'): readonly Move[] => {
    const { isFailed, isCreated, at } = stack[part];
    if (!isFailed || !isCreated || stack.stable === null || at === stack.stable || at === null) return [];
    const before = { ...stack[part], at: stack.stable };
    return [
      {
        label: `${keeps.label}, the ${part} resource as it was`,
        world: { ...world, stack: { ...stack, ...stays, [part]: before } },
      },
    ];
  };
  if (stack.isNew && !staysNew) return [...moves, ...sameSecond];
  return [...moves, ...sameSecond, keeps, ...forgets('first'), ...forgets('second')];
}
