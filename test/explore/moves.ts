import { afterStep, answered, entered } from '../paper/cloudformation';
import { sameConstruct, stands } from '../../lambda/plan/history';
import { namesOf } from '../paper/letter';
import type { PaperJournal } from '../paper/paper-journal';
import { noteStackStatus } from '../paper/paper-journal';
import { describe, requestOf } from '../paper/requests';

import { nameOf, type Delivery, type Stack, type Step } from '../paper/stack';
import { repairByHand, workByHand } from './by-hand';
import type { Outcome, Run } from './delivery';
import { deliver, interrupted, quiet } from './delivery';
import { problemOfRest, problemOfSchema } from './invariants';
import type { Move } from './operations';
import { failures, operations } from './operations';
import { followed, goTogether, hasTwin, idGivenUp, nextStep, stopped, together, withEach } from './twins';
import { sidesOf, turned, type World } from './world';

/** A way in which the world may go on, with what is wrong about it. */
export interface CheckedMove extends Move {
  readonly problem: string | null;
}

/** Every way in which the world may go on, by any of its constructs. */
export function movesOf(world: World, run: Run): readonly CheckedMove[] {
  if (world.beside.length === 0) return ownMoves(world, run);
  const moves: CheckedMove[] = [];
  const stacks = new Set<string>();
  let seen = world;
  for (const [before] of sidesOf(world).entries()) {
    const name = nameOf(seen.stack);
    const isFirst = !stacks.has(seen.stack.stackId);
    stacks.add(seen.stack.stackId);
    for (const { label, world: then, ...rest } of ownMoves(seen, run, isFirst))
      moves.push({ ...rest, label: `${name}: ${label}`, world: turnedBack(then, before) });
    seen = turned(seen);
  }
  return moves;
}

/** As it was before so many turns. */
function turnedBack(world: World, turns: number): World {
  let then = world;
  for (let left = turns === 0 ? 0 : world.beside.length + 1 - turns; left > 0; left -= 1) then = turned(then);
  return then;
}

/** What a construct may do, and its stack with it where it is the first one there. */
function ownMoves(world: World, run: Run, isFirst = true): readonly CheckedMove[] {
  const step = nextStep(world);
  const mayTake = step !== undefined && world.stack.mode !== 'back-failed' && (isFirst || step.do !== 'status');
  return [
    ...(isFirst ? operations(world, run.alphabet) : []),
    ...world.events.map((_, index) => hear(world, index)),
    ...world.late.flatMap((_, index) => arrive(world, index, run)),
    ...(run.byHand && world.faultsLeft > 0 ? workByHand(world, run) : []),
    ...repairByHand(world),
    ...(isFirst ? failuresOf(world, run) : []),
    ...(mayTake ? take(world, step, run) : []),
  ].map((move) => checked(move, run));
}

function failuresOf(world: World, { alphabet, staysNew }: Run): readonly Move[] {
  const { mode, inFlight } = world.stack;
  const why = mode === 'failing' ? 'failed' : mode === 'forward' && inFlight === null ? 'something else fails' : null;
  if (why === null) return [];
  return together(world, (seen) => failures(stopped(seen, 'failing'), alphabet, staysNew, why), goTogether);
}

function checked(move: Move, run: Run): CheckedMove {
  const { world, problem } = move;
  return { ...move, problem: problem ?? problemOfSchema(world, world.journal, run) ?? problemOfRest(world, run) };
}

/** A status reaches the function that is not the newest any more. */
function hear(world: World, index: number): Move {
  const { status, at } = world.events[index]!;
  const events = world.events.toSpliced(index, 1);
  return {
    label: `event ${status} arrives`,
    world: { ...world, events, journal: noteStackStatus(world.journal, { stackId: world.stack.stackId, status, at }) },
  };
}

/** A request reaches the function that CloudFormation does not wait for. */
function arrive(world: World, index: number, run: Run): readonly Move[] {
  const delivery = world.late[index]!;
  const late = world.late.toSpliced(index, 1);
  return affordable(world, deliver(world, delivery, run)).map((outcome) => {
    const isAgain = outcome.ending === 'died';
    // Where the newer one died, both go the same way: back.
    const mayGoOn = world.stack.inFlight !== null;
    // What a Delete says that it leaves, or a rollback owes, is free once the other stack has gone back.
    const isHeld = world.journal.deployments.some(({ owedAt }) => owedAt === delivery.issuedAt);
    const isLeft =
      (delivery.kind === 'delete' && world.stack.excuses.includes(LEAVES)) || (isHeld && world.beside.length > 0);
    const hasChanged = delivery.isRepeated && !mayGoOn && !isLeft && tellsApart(world.journal, outcome.journal);
    return {
      label: `${delivery.isRepeated ? 'again' : 'late'}: ${describe(delivery)}: ${outcome.label} = ${outcome.ending}`,
      world: { ...after(world, outcome), late: isAgain ? world.late : late },
      problem: outcome.problem ?? (hasChanged ? 'a request that was carried out before has changed something' : null),
      failure: outcome.failure,
    };
  });
}

function tellsApart(a: PaperJournal, b: PaperJournal): boolean {
  const said = ({ schema, migrations }: PaperJournal): string => JSON.stringify([schema, migrations]);
  return said(a) !== said(b);
}

function affordable(world: World, all: readonly Outcome[]): readonly Outcome[] {
  return all.filter(({ isFault }) => !isFault || world.faultsLeft > 0);
}

function after(world: World, { journal, events, isFault }: Outcome): World {
  return { ...world, journal, events, faultsLeft: world.faultsLeft - (isFault ? 1 : 0) };
}

/** The next step of an operation, and all that may come of it: first of all what does where nothing goes wrong. */
export function take(world: World, step: Step, run: Run): readonly Move[] {
  const request = world.stack.inFlight ?? requestOf(world.stack, step, nextSecond(world) * 1000);
  if (request !== null) return call(world, step, request, run);
  if (step.do === 'status') return say(world, step.status, run);
  const label = step.do === 'start' || step.do === 'finish' ? `application: ${step.do} ${step.code ?? 'nothing'}` : '';
  const todo = world.stack.todo.slice(1);
  return [{ label, world: { ...world, stack: { ...afterStep(world.stack, step, true, 'ours'), todo } } }];
}

/** When the next request is signed, or the next status is taken on. */
function nextSecond({ now, stack }: World): number {
  return now + (stack.isSameSecond ? 0 : 1);
}

/** The stack takes a status on, and the function is told, or will be. */
function say(before: World, status: string, run: Run): readonly Move[] {
  const now = nextSecond(before);
  const world: World = { ...before, now };
  const orders = withEach(world, (stack) => entered(stack, status, run.alphabet, world.journal));
  return orders.flatMap((then, order) => {
    const label = `stack is ${status}${order === 0 ? '' : order === 1 ? ', in the other order' : `, in order ${order + 1}`}`;
    if (!run.hears) return [{ label, world: then }];
    const journal = noteStackStatus(world.journal, { stackId: world.stack.stackId, status, at: now * 1000 });
    const told = { label, world: { ...then, journal } };
    if (world.faultsLeft === 0 || !world.journal.isThere) return [told];
    const events = [...world.events, { status, at: now * 1000 }];
    return [
      told,
      { label: `${label}, which is told late`, world: { ...then, events, faultsLeft: world.faultsLeft - 1 } },
    ];
  });
}

/** CloudFormation calls the function, and waits for it or does not. */
function call(before: World, step: Step, request: Delivery, run: Run): readonly Move[] {
  const isFirstTry = before.stack.inFlight === null;
  const world: World = {
    ...before,
    now: Math.max(before.now, request.issuedAt / 1000),
    stack: { ...before.stack, isSameSecond: false, inFlight: null },
  };
  const isTried = hasTwin(before) && leavesTried(before, request);
  const all = affordable(world, [...deliver(world, request, run), ...unreached(world, request)]).map((outcome) =>
    isTried ? { ...outcome, leaves: true } : outcome,
  );
  const said = describe(request);
  const moves = all.flatMap((outcome): readonly Move[] => {
    const label = `${said}: ${outcome.label} = ${outcome.ending}${codeOf(outcome)}`;
    const next = after(world, outcome);
    const { problem, failure } = outcome;
    if (outcome.ending === 'died')
      return [{ label, problem, world: { ...next, stack: { ...leaving(next.stack, outcome), inFlight: request } } }];
    const { stack, problem: stuck } = answer(next, step, request, outcome, isFirstTry, run);
    const move: Move = { label, problem: problem ?? stuck, failure, world: { ...next, stack } };
    if (next.faultsLeft === 0 || outcome.isFault) return [move];
    // Where it was to be tried again, nothing was carried out.
    const late = [...next.late, { ...request, isRepeated: outcome.ending !== 'try-again' }];
    const again = { ...next, stack, late, faultsLeft: next.faultsLeft - 1 };
    return [move, { ...move, label: `${label}, and will come again`, world: again }];
  });
  const isForward = before.stack.mode === 'forward';
  const whole = isForward ? [...moves, ...givenUp(world, step, request, all, isFirstTry)] : moves;
  return hasTwin(world) ? whole.map((move) => ({ ...move, world: followed(before, move.world) })) : whole;
}

function codeOf({ failure }: Outcome): string {
  return failure === null ? '' : ` [${failure.code}]`;
}

/** Whether a construct goes, and what it had only tried stays with what it had, for another one of its stack. */
function leavesTried({ journal, stack }: World, { kind, part, from }: Delivery): boolean {
  const isTry = (row: PaperJournal['deployments'][number]): boolean =>
    stands(row) && row.settledAt === null && sameConstruct(row.resource, stack);
  return kind === 'delete' && part === 'first' && (from !== stack.stable || journal.deployments.some(isTry));
}

/** The database is not reached. */
function unreached(world: World, { kind }: Delivery): readonly Outcome[] {
  const isForgiven = kind === 'release-ends';
  const outcome = { ...quiet(world), label: 'no database', isFault: true } as const;
  return [{ ...outcome, ending: 'FAILED' }, ...(isForgiven ? [{ ...outcome, ending: 'SUCCESS' } as const] : [])];
}

/** What CloudFormation makes of an answer, and what is wrong about that. */
function answer(
  world: World,
  step: Step,
  request: Delivery,
  outcome: Outcome,
  isFirstTry: boolean,
  run: Run,
): { readonly stack: Stack; readonly problem: string | null } {
  const { stack } = world;
  const isDone = outcome.ending === 'SUCCESS';
  const isForward = stack.mode === 'forward';
  const then = answered(stack, step, request, isDone, outcome.journal);
  const excuses = [...new Set([...stack.excuses, ...excusesFor(step, request, outcome)])];
  const isCleaned = stack.mode === 'cleanup' || stack.mode === 'back-cleanup';
  const asksPerson = outcome.failure?.code === 'needs-repair' || outcome.failure?.code === 'deployment-unfinished';
  const isHeld = outcome.failure?.code === 'revert-owed' && request.kind === 'release-ends';
  const mayFail =
    outcome.isFault ||
    outcome.hasFailed ||
    asksPerson ||
    isHeld ||
    (isForward && (!isFirstTry || isRefusable(world, request, run)));
  return {
    stack: isDone || isCleaned ? { ...then, excuses } : then,
    problem: isDone || mayFail ? null : `${describe(request)} was answered ${outcome.ending}`,
  };
}

/** The stack of which a Delete leaves something, though its process died before it could say so. */
function leaving(stack: Stack, { leaves }: Outcome): Stack {
  return leaves ? { ...stack, excuses: [...new Set([...stack.excuses, LEAVES])] } : stack;
}

const LEAVES = 'a Delete says what stays';

/** Why the schema need not be as CloudFormation shows it, after such an answer. */
function excusesFor(step: Step, { id }: Delivery, { isFault, leaves }: Outcome): readonly string[] {
  if (leaves) return [LEAVES];
  if (step.do === 'end' && isFault) return [`the end of ${step.of} failed`];
  if (step.do === 'delete' && isFault) return ['a Delete failed'];
  // A Create that was carried out although CloudFormation had given it up: its Delete has an id that nobody knows.
  return step.do === 'delete' && id === 'theirs' ? ['the Create was given up'] : [];
}

/** Whether a release lacks what the database has, so that it may be refused. */
function isRefusable({ journal, stack, beside }: World, { to, kind }: Delivery, { alphabet }: Run): boolean {
  const names = namesOf(alphabet.of(to));
  const isWhole = (name: string): boolean => journal.schema.some((made) => made.name === name && !made.isHalf);
  // Another stack has gone back between the migrations of this one and its application.
  if (beside.length > 0 && kind === 'release-begins' && !names.every(isWhole)) return true;
  if (beside.some((other) => other.stack.excuses.length > 0)) return true;
  const isTakenAway = journal.migrations.some(({ name, removedBy }) => removedBy !== null && names.includes(name));
  return stack.excuses.length > 0 || isTakenAway || journal.schema.some(({ name }) => !names.includes(name));
}

/** CloudFormation stops waiting for a request, which is lost, or comes late, or is under way. */
function givenUp(
  world: World,
  step: Step,
  request: Delivery,
  all: readonly Outcome[],
  isFirstTry: boolean,
): readonly Move[] {
  const cost = isFirstTry ? 1 : 0;
  if (world.faultsLeft < cost) return [];
  const stack: Stack = { ...afterStep(world.stack, step, false, idGivenUp(request)), mode: 'failing', todo: [] };
  const base: World = { ...world, stack, faultsLeft: world.faultsLeft - cost };
  const said = `${describe(request)} is given up`;
  const late = [...base.late, request];
  return [
    { label: `${said} and lost`, world: base },
    { label: `${said} and comes late`, world: { ...base, late } },
    ...all
      .filter(({ isFault, ending }) => isFirstTry && (!isFault || ending === 'died'))
      .map(({ label, journal, ending, problem, events }): Move =>
        ending === 'died'
          ? {
              label: `${said} and ended: ${label}`,
              problem,
              world: { ...base, late, journal: interrupted(journal, request), events },
            }
          : { label: `${said} and carried out: ${label} = ${ending}`, problem, world: { ...base, journal, events } },
      ),
  ];
}
