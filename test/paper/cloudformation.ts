import { isLeaving, sameResource } from '../../lambda/plan/history';
import { resourceOf } from './releases';
import type { Letter, Letters, Name } from './letter';
import { namesOf } from './letter';
import type { PaperJournal } from './paper-journal';
import type { CustomResource, Delivery, Stack, Step } from './stack';

/**
 * CloudFormation on paper: the order of requests and statuses in each operation of a stack with one construct and its
 * application. The exploration goes all ways through it, random lives one way each.
 */

const GONE: CustomResource = { at: null, isCreated: false, isFailed: false, id: 'ours' };

/** An operation towards a release, or without the construct. */
export function forward(stack: Stack, name: Name | null, letters: Letters): Stack {
  const letter = name === null ? null : letters.of(name);
  const isCreated = stack.isNew && stack.mode === 'idle';
  const held = stack.stable === null ? [] : namesOf(letters.of(stack.stable));
  const isRemoving =
    letter === null
      ? stack.first.at !== null && letters.of(stack.first.at).first.onDelete === 'REVERT'
      : letter.first.onRemoved === 'REVERT';
  const lacking = isRemoving ? held.filter((each) => letter === null || !namesOf(letter).includes(each)) : [];
  return {
    ...stack,
    count: stack.count + 1,
    mode: 'forward',
    target: name,
    todo: [
      { do: 'status', status: isCreated ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS' },
      ...(letter === null ? application(null) : stepsTo(letter, stack)),
      { do: 'status', status: isCreated ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
    ],
    code: letter?.name ?? stack.code,
    // A release that wants nothing to be removed says so of what a failed try was to remove, too.
    dispensable: isRemoving || letter === null ? [...new Set([...stack.dispensable, ...lacking])] : [],
  };
}

function stepsTo(letter: Letter, { first, second, releases, unbegun, live }: Stack): readonly Step[] {
  const { name, code, hasRelease, contracts } = letter;
  const isCalled = ({ at, isFailed }: CustomResource): boolean => at !== name || isFailed;
  const begins = hasRelease && (!releases.includes(code) || unbegun.includes(code));
  return [
    ...(isCalled(first) ? [{ do: 'set', part: 'first', to: name } as const] : []),
    ...(begins ? [{ do: 'begin', of: code } as const] : []),
    ...(live.join() === code ? [] : application(code)),
    ...(contracts.length > 0 && isCalled(second) ? [{ do: 'set', part: 'second', to: name } as const] : []),
  ];
}

/** The application is replaced by the one of a release, or taken away. */
function application(code: Name | null): readonly Step[] {
  return [
    { do: 'start', code },
    { do: 'finish', code },
  ];
}

/** In which order a stack rolls back, of what CloudFormation does not promise. */
export interface Order {
  /** Whether the function's code is put back before the custom resources are. */
  readonly isCodeFirst: boolean;
  /** Whether what depends on others rolls back before them. */
  readonly isReversed: boolean;
}

/** The orders in which a stack may roll back to where it was. */
export function ordersBack(stack: Stack, letters: Letters): readonly Order[] {
  if (stack.isNew) return [{ isCodeFirst: false, isReversed: false }];
  // In the reverse order nobody is asked to revert what a resource contracted that the failed update created: it is
  // deleted in the end, after the old application is back. No planner could mend that.
  const isCreatedNow = stack.second.at !== null && setBack(stack, 'second', letters).length === 0;
  return [true, false].flatMap((isCodeFirst) =>
    (isCreatedNow ? [false] : [false, true]).map((isReversed) => ({ isCodeFirst, isReversed })),
  );
}

/** A stack that rolls back to where it was; one that was never well is deleted. */
export function back(stack: Stack, { isCodeFirst, isReversed }: Order, letters: Letters): Stack {
  const common = { ...stack, count: stack.count + 1, inFlight: null };
  if (stack.isNew) {
    const start: Step = { do: 'status', status: 'ROLLBACK_IN_PROGRESS' };
    const steps = deletion(stack).slice(1, -1);
    return { ...common, mode: 'deleting', todo: [start, ...steps, { do: 'status', status: 'ROLLBACK_COMPLETE' }] };
  }
  const code = stack.stable === null ? null : letters.of(stack.stable).code;
  const app = stack.live.join() === (code ?? '') ? [] : application(code);
  const [first, second] = [setBack(stack, 'first', letters), setBack(stack, 'second', letters)];
  return {
    ...common,
    mode: 'back',
    todo: [
      { do: 'status', status: 'UPDATE_ROLLBACK_IN_PROGRESS' },
      ...(isReversed ? [...second, ...app, ...first] : [...first, ...app, ...second]),
      { do: 'status', status: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS' },
    ],
    code: isCodeFirst ? (stack.stable ?? stack.code) : stack.code,
  };
}

function setBack({ stable, ...stack }: Stack, part: 'first' | 'second', letters: Letters): readonly Step[] {
  const { at, isFailed } = stack[part];
  const isWanted = stable !== null && (part === 'first' || letters.of(stable).contracts.length > 0);
  return isWanted && at !== null && (at !== stable || isFailed) ? [{ do: 'set', part, to: stable }] : [];
}

/** A rollback that failed is continued. */
export function continued(stack: Stack): Stack {
  const again: Step = { do: 'status', status: 'UPDATE_ROLLBACK_IN_PROGRESS' };
  return { ...stack, count: stack.count + 1, mode: 'back', todo: [again, ...stack.todo] };
}

/** The deletion of a stack. What depends on others goes first, or last. */
export function deletion(stack: Stack, isReversed = true): readonly Step[] {
  const steps: readonly Step[] = [
    ...(stack.second.at === null ? [] : [{ do: 'delete', part: 'second' } as const]),
    ...application(null),
    ...stack.releases.map((of) => ({ do: 'end', of }) as const),
    ...(stack.first.at === null ? [] : [{ do: 'delete', part: 'first' } as const]),
  ];
  return [
    { do: 'status', status: 'DELETE_IN_PROGRESS' },
    ...(isReversed ? steps : steps.toReversed()),
    { do: 'status', status: 'DELETE_COMPLETE' },
  ];
}

/** What CloudFormation deletes once all else has succeeded. Two releases may go in either order. */
function cleanUps(
  { first, second, releases }: Stack,
  name: Name | null,
  letters: Letters,
): readonly (readonly Step[])[] {
  const letter = name === null ? null : letters.of(name);
  const old = releases.filter((each) => each !== letter?.code);
  const orders = old.length > 1 ? [old, old.toReversed()] : [old];
  const isLeft = second.at !== null && (letter?.contracts.length ?? 0) === 0;
  return orders.map((order) => [
    ...(isLeft ? [{ do: 'delete', part: 'second' } as const] : []),
    ...order.map((of) => ({ do: 'end', of }) as const),
    ...(first.at !== null && letter === null ? [{ do: 'delete', part: 'first' } as const] : []),
  ]);
}

/** What becomes of a stack that takes a status on, in each order of its clean-up. */
export function entered(before: Stack, status: string, letters: Letters, journal: PaperJournal): readonly Stack[] {
  const { schema, migrations } = journal;
  const stack: Stack = { ...before, status, todo: before.todo.slice(1) };
  const cleaning = (more: Partial<Stack>, name: Name | null, last: string): readonly Stack[] =>
    cleanUps(stack, name, letters).map((steps) => ({
      ...stack,
      ...more,
      todo: [...steps, { do: 'status', status: last }],
    }));
  const { stable, target } = stack;
  switch (status) {
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
      // What is owed stays so where the construct goes away, and where it stays at what it was. So does what leaves with a release
      // whose end was lost.
      return cleaning(
        {
          mode: 'cleanup',
          excuses:
            target === null || target === stable
              ? stack.excuses
              : stack.excuses.filter((why) => why.startsWith('the end of') && migrations.some(isLeaving)),
        },
        target,
        'UPDATE_COMPLETE',
      );
    case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
      return cleaning({ mode: 'back-cleanup', code: stable ?? stack.code }, stable, 'UPDATE_ROLLBACK_COMPLETE');
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE': {
      const isReverted = stack.code !== null && letters.of(stack.code).first.onDelete === 'REVERT';
      const retained = target !== null ? stack.retained : isReverted ? [] : schema.map(({ name }) => name);
      return [{ ...stack, mode: 'idle', isNew: false, stable: target, dispensable: [], retained }];
    }
    case 'UPDATE_ROLLBACK_COMPLETE':
      return [{ ...stack, mode: 'idle', target: stable, dispensable: [] }];
    case 'ROLLBACK_COMPLETE':
    case 'DELETE_COMPLETE':
      return [{ ...stack, mode: 'gone' }];
    default:
      return [stack];
  }
}

/** What CloudFormation makes of the answer to the request of a step. */
export function answered(stack: Stack, step: Step, request: Delivery, isDone: boolean, journal: PaperJournal): Stack {
  const isCreated = request.kind === 'create' && isDone;
  const id = isCreated ? 'ours' : hasLeftNothing(request, journal) ? 'nothing' : request.id;
  const next = { ...afterStep(stack, step, isDone, id), todo: stack.todo.slice(1) };
  if (isDone) return next;
  switch (stack.mode) {
    case 'forward':
      return { ...next, mode: 'failing', todo: [] };
    case 'cleanup':
    case 'back-cleanup':
      return next;
    case 'back':
      return { ...stack, mode: 'back-failed', status: 'UPDATE_ROLLBACK_FAILED' };
    case 'deleting': {
      const again: Step = { do: 'status', status: stack.isNew ? 'ROLLBACK_IN_PROGRESS' : 'DELETE_IN_PROGRESS' };
      return { ...stack, todo: [again, ...stack.todo] };
    }
    case 'idle':
    case 'failing':
    case 'back-failed':
    case 'stays':
    case 'gone':
      throw new Error(`nobody waits in a stack that is ${stack.mode}`);
    default:
      return stack.mode satisfies never;
  }
}

function hasLeftNothing(request: Delivery, { deployments }: PaperJournal): boolean {
  const { kind, part } = request;
  const resource = resourceOf(request, part);
  return (
    kind === 'create' && deployments.every((row) => !sameResource(row.resource, resource) || row.status === 'reverted')
  );
}

/** What CloudFormation holds for true once a step has come to its end. */
export function afterStep(stack: Stack, step: Step, isDone: boolean, id: CustomResource['id']): Stack {
  const others = (list: readonly Name[], of: Name): readonly Name[] => list.filter((each) => each !== of);
  switch (step.do) {
    case 'set': {
      const { part, to: at } = step;
      return { ...stack, [part]: { at, isCreated: isDone || stack[part].isCreated, isFailed: !isDone, id } };
    }
    case 'delete':
      return { ...stack, [step.part]: GONE };
    case 'begin': {
      const unbegun = [...others(stack.unbegun, step.of), ...(isDone ? [] : [step.of])].toSorted();
      return { ...stack, releases: [...others(stack.releases, step.of), step.of].toSorted(), unbegun };
    }
    case 'end':
      return { ...stack, releases: others(stack.releases, step.of), unbegun: others(stack.unbegun, step.of) };
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
