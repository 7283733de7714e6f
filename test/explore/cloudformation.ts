import type { Alphabet, Name } from './alphabet';
import type { CustomResource, Delivery, Stack, Step, World } from './world';

/** One way in which the world may go on, in words. */
export interface Move {
  readonly label: string;
  readonly world: World;
  readonly problem?: string | null;
}

const GONE: CustomResource = { at: null, isCreated: false, isFailed: false, id: 'ours' };

/** The operations that a user may begin now. */
export function operations(world: World, alphabet: Alphabet): readonly Move[] {
  const { stack, operationsLeft } = world;
  const moves: Move[] = [];
  const add = (label: string, more: Partial<Stack>, cost = 1): void => {
    if (operationsLeft >= cost)
      moves.push({
        label,
        world: {
          ...world,
          operationsLeft: operationsLeft - cost,
          stack: { ...stack, count: stack.count + 1, ...more },
        },
      });
  };
  if (stack.mode === 'idle' || stack.mode === 'stays') {
    for (const name of [...alphabet.names, null]) {
      if (stack.mode === 'idle' && (name === stack.stable || (name === null && stack.isNew))) continue;
      // A stack that was never well cannot be rolled back to an older release, and so its first resource takes a release
      // that lacks something for one that is rolled back: no release of it was ever said to have come to a good end.
      if (
        stack.isNew &&
        name !== null &&
        world.journal.schema.some((made) => !namesOf(name, alphabet).includes(made.name))
      )
        continue;
      add(`update to ${name ?? 'nothing'}`, forward(stack, name, alphabet));
    }
  }
  if (stack.mode === 'stays')
    for (const back of waysBack(stack, alphabet)) add(`roll back, ${back.label}`, back.more, 0);
  if (stack.mode === 'back-failed') {
    const again: Step = { do: 'status', status: 'UPDATE_ROLLBACK_IN_PROGRESS' };
    add('continue the rollback', { mode: 'back', todo: [again, ...stack.todo] }, 0);
    const [step, ...rest] = stack.todo;
    if (step?.do === 'set') {
      const skipped = { at: step.to, isCreated: true, isFailed: false, id: 'ours' } as const;
      const excuses = [...new Set([...stack.excuses, 'skipped'])];
      add(
        `continue the rollback without the ${step.part} resource`,
        { mode: 'back', todo: [again, ...rest], excuses, [step.part]: skipped },
        0,
      );
    }
  }
  const isThere = !stack.isNew || stack.mode === 'stays';
  if ((stack.mode === 'idle' || stack.mode === 'stays' || stack.mode === 'back-failed') && isThere)
    add('delete the stack', { mode: 'deleting', todo: deletion(stack), target: null });
  return moves;
}

function forward(stack: Stack, name: Name | null, alphabet: Alphabet): Partial<Stack> {
  const isCreated = stack.isNew && stack.mode === 'idle';
  const todo: Step[] = [{ do: 'status', status: isCreated ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS' }];
  const letter = name === null ? null : alphabet.of(name);
  if (letter === null) {
    todo.push({ do: 'start', code: null }, { do: 'finish', code: null });
  } else {
    const calls = ({ at, isFailed }: CustomResource): boolean => at !== letter.name || isFailed;
    if (calls(stack.first)) todo.push({ do: 'set', part: 'first', to: letter.name });
    if (!stack.releases.includes(letter.code) || stack.unbegun.includes(letter.code))
      todo.push({ do: 'begin', of: letter.code });
    if (stack.live.join() !== letter.code)
      todo.push({ do: 'start', code: letter.code }, { do: 'finish', code: letter.code });
    if (letter.contracts.length > 0 && calls(stack.second)) todo.push({ do: 'set', part: 'second', to: letter.name });
  }
  const held = stack.stable === null ? [] : namesOf(stack.stable, alphabet);
  const isRemoving =
    letter === null
      ? stack.first.at !== null && alphabet.of(stack.first.at).first.onDelete === 'REVERT'
      : letter.first.onRemoved === 'REVERT';
  const lacking = isRemoving
    ? held.filter((each) => letter === null || !namesOf(letter.name, alphabet).includes(each))
    : [];
  return {
    mode: 'forward',
    target: name,
    todo: [...todo, { do: 'status', status: isCreated ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' }],
    code: letter?.name ?? stack.code,
    // A release that wants nothing to be removed says so of what a failed try was to remove, too.
    dispensable: isRemoving || letter === null ? [...new Set([...stack.dispensable, ...lacking])] : [],
  };
}

export function namesOf(name: Name, alphabet: Alphabet): readonly string[] {
  return alphabet.of(name).manifest.migrations.map((entry) => String(entry.name));
}

/** What CloudFormation deletes once all else has succeeded. Two releases may go in either order. */
export function cleanUps(stack: Stack, name: Name | null, alphabet: Alphabet): readonly (readonly Step[])[] {
  const letter = name === null ? null : alphabet.of(name);
  const old = stack.releases.filter((each) => each !== letter?.code);
  const orders = old.length > 1 ? [old, old.toReversed()] : [old];
  return orders.map((order) => [
    ...(stack.second.at !== null && (letter?.contracts.length ?? 0) === 0
      ? [{ do: 'delete', part: 'second' } as const]
      : []),
    ...order.map((of) => ({ do: 'end', of }) as const),
    ...(stack.first.at !== null && letter === null ? [{ do: 'delete', part: 'first' } as const] : []),
  ]);
}

/** The ways in which a stack may go back to where it was. */
export function waysBack(
  stack: Stack,
  alphabet: Alphabet,
): readonly { readonly label: string; readonly more: Partial<Stack> }[] {
  if (stack.isNew) {
    const start: Step = { do: 'status', status: 'ROLLBACK_IN_PROGRESS' };
    return [
      {
        label: 'by deletion',
        more: {
          mode: 'deleting',
          inFlight: null,
          todo: [start, ...deletion(stack).slice(1, -1), { do: 'status', status: 'ROLLBACK_COMPLETE' }],
        },
      },
    ];
  }
  const letter = stack.stable === null ? null : alphabet.of(stack.stable);
  const app: Step[] =
    stack.live.join() === (letter?.code ?? '')
      ? []
      : [
          { do: 'start', code: letter?.code ?? null },
          { do: 'finish', code: letter?.code ?? null },
        ];
  const set = (part: 'first' | 'second', wanted: boolean): readonly Step[] => {
    const { at, isFailed } = stack[part];
    return letter !== null && wanted && at !== null && (at !== letter.name || isFailed)
      ? [{ do: 'set', part, to: letter.name }]
      : [];
  };
  const first = set('first', true);
  const second = set('second', (letter?.contracts.length ?? 0) > 0);
  const ways = [];
  // In the reverse order nobody is asked to take back what a resource contracted that the failed update created: it is
  // deleted in the end, after the old application is back. No planner could mend that.
  const orders = stack.second.at !== null && second.length === 0 ? [false] : [false, true];
  for (const codeFirst of [true, false])
    for (const isReversed of orders) {
      const middle = isReversed ? [...second, ...app, ...first] : [...first, ...app, ...second];
      const todo: readonly Step[] = [
        { do: 'status', status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
        ...middle,
        { do: 'status', status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS' },
      ];
      const code = codeFirst ? (letter?.name ?? stack.code) : stack.code;
      const label = `${isReversed ? 'dependents first' : 'in order'}${codeFirst ? '' : ', the function late'}`;
      ways.push({ label, more: { mode: 'back', todo, code, inFlight: null } as const });
    }
  return ways;
}

function deletion(stack: Stack): readonly Step[] {
  return [
    { do: 'status', status: 'DELETE_IN_PROGRESS' },
    ...(stack.second.at === null ? [] : [{ do: 'delete', part: 'second' } as const]),
    { do: 'start', code: null },
    { do: 'finish', code: null },
    ...stack.releases.map((of) => ({ do: 'end', of }) as const),
    ...(stack.first.at === null ? [] : [{ do: 'delete', part: 'first' } as const]),
    { do: 'status', status: 'DELETE_COMPLETE' },
  ];
}

/** How an operation that has failed may go on. */
export function failures(world: World, alphabet: Alphabet, staysNew: boolean, why: string): readonly Move[] {
  const { stack } = world;
  const count = stack.count + 1;
  const moves = waysBack(stack, alphabet).map(({ label, more }): Move => ({
    label: `${why}: rollback, ${label}`,
    world: { ...world, stack: { ...stack, count, ...more } },
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

/** The request that a step makes; null where it makes none. */
export function requestOf(world: World, step: Step): Delivery | null {
  const { stack } = world;
  const issuedAt = (world.now + (stack.isSameSecond ? 0 : 1)) * 1000;
  const signed = { issuedAt, isRepeated: false } as const;
  const id = (kind: string): string => `${kind}-${stack.count}`;
  switch (step.do) {
    case 'set': {
      const { at, isCreated, id: physical } = stack[step.part];
      const kind = !isCreated ? 'create' : 'update';
      return {
        ...signed,
        kind,
        part: step.part,
        to: step.to,
        from: at ?? step.to,
        requestId: id(step.part),
        id: physical,
      };
    }
    case 'delete': {
      const { at, id: physical } = stack[step.part];
      const name = at ?? '';
      return {
        ...signed,
        kind: 'delete',
        part: step.part,
        to: name,
        from: name,
        requestId: id(step.part),
        id: physical,
      };
    }
    case 'begin':
    case 'end':
      return {
        ...signed,
        kind: `release-${step.do}s`,
        part: 'first',
        to: step.of,
        from: step.of,
        requestId: id(step.of),
        id: 'ours',
      };
    case 'status':
    case 'start':
    case 'finish':
      return null;
    default:
      return step satisfies never;
  }
}

/** What CloudFormation holds for true once a step has come to its end. */
export function afterStep(stack: Stack, step: Step, isDone: boolean, id: CustomResource['id']): Stack {
  switch (step.do) {
    case 'set':
      return {
        ...stack,
        [step.part]: { at: step.to, isCreated: isDone || stack[step.part].isCreated, isFailed: !isDone, id },
      };
    case 'delete':
      return { ...stack, [step.part]: GONE };
    case 'begin': {
      const others = (list: readonly Name[]): readonly Name[] => list.filter((each) => each !== step.of);
      const unbegun = isDone ? others(stack.unbegun) : [...others(stack.unbegun), step.of].toSorted();
      return { ...stack, releases: [...others(stack.releases), step.of].toSorted(), unbegun };
    }
    case 'end': {
      const others = (list: readonly Name[]): readonly Name[] => list.filter((each) => each !== step.of);
      return { ...stack, releases: others(stack.releases), unbegun: others(stack.unbegun) };
    }
    case 'start':
      return { ...stack, live: [...new Set([...stack.live, ...(step.code === null ? [] : [step.code])])].toSorted() };
    case 'finish':
      return { ...stack, live: step.code === null ? [] : [step.code] };
    case 'status':
      return { ...stack, status: step.status };
    default:
      return step satisfies never;
  }
}
