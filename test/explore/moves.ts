import { afterStep, answered, entered } from '../paper/cloudformation';
import { namesOf } from '../paper/letter';
import { isOwed } from '../../lambda/plan/history';
import type { PaperJournal } from '../paper/paper-journal';
import { noteStackStatus } from '../paper/paper-journal';
import { describe, requestOf } from '../paper/requests';
import type { CustomResource, Delivery, Stack, Step } from '../paper/stack';
import type { Outcome, Run } from './delivery';
import { deliver, interrupted, quiet } from './delivery';
import { problemOfRest, problemOfSchema } from './invariants';
import type { Move } from './operations';
import { failures, operations } from './operations';
import type { World } from './world';

/** Every way in which the world may go on, each with what is wrong about it. */
export function movesOf(world: World, run: Run): readonly Move[] {
  const [step] = world.stack.todo;
  return [
    ...operations(world, run.alphabet),
    ...world.events.map((_, index) => hear(world, index)),
    ...world.late.flatMap((_, index) => arrive(world, index, run)),
    ...(run.byHand && world.faultsLeft > 0 ? workByHand(world, run) : []),
    ...(world.stack.mode === 'failing' ? failures(world, run.alphabet, run.staysNew, 'failed') : []),
    ...(world.stack.mode === 'forward' && world.stack.inFlight === null
      ? failures(world, run.alphabet, run.staysNew, 'something else fails')
      : []),
    ...(step !== undefined && world.stack.mode !== 'back-failed' ? take(world, step, run) : []),
  ].map((move) => checked(move, run));
}

function checked(move: Move, run: Run): Move {
  const { world, problem } = move;
  return { ...move, problem: problem ?? problemOfSchema(world.stack, world.journal, run) ?? problemOfRest(world, run) };
}

/** Somebody reverts by hand what was applied last, and puts it back: it belongs to that run then. */
function workByHand(world: World, { alphabet }: Run): readonly Move[] {
  const { journal, stack, faultsLeft } = world;
  const [newest] = journal.deployments.filter(({ type }) => type !== 'Delete');
  const isAllowed =
    newest?.status === 'applied' &&
    !isOwed(newest) &&
    newest.newDigest === alphabet.of(stack.code ?? '').manifest.digest;
  if (!isAllowed) return [];
  const unsettled = journal.deployments.findLast(mayGoBack)?.id ?? 0;
  return [1, 2].flatMap((count): readonly Move[] => {
    const rows = journal.migrations.slice(-count);
    const mayBe =
      rows.length === count &&
      rows.every((row) => row.state === 'applied' && row.removedBy === null && (row.deployment ?? 0) >= unsettled);
    if (!mayBe || rows.some(({ contracts }) => contracts && newest.settledAt === null)) return [];
    // Between two deployments.
    const deployment = newest.id + 0.5;
    const migrations = journal.migrations.map((row) =>
      rows.includes(row) ? { ...row, deployment, owner: null } : row,
    );
    const label = `${count} reverted by hand and put back`;
    return [{ label, world: { ...world, faultsLeft: faultsLeft - 1, journal: { ...journal, migrations } } }];
  });
}

/** As `oldestUnsettled` of `journal/settle.ts` asks; here each deployment is of another release than the one before. */
function mayGoBack({ type, status, settledAt }: PaperJournal['deployments'][number]): boolean {
  return type !== 'Delete' && status === 'applied' && settledAt === null;
}

/** A status reaches the function that is not the newest any more. */
function hear(world: World, index: number): Move {
  const { status, at } = world.events[index]!;
  const events = world.events.toSpliced(index, 1);
  return {
    label: `event ${status} arrives`,
    world: { ...world, events, journal: noteStackStatus(world.journal, status, at) },
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
    const hasChanged = delivery.isRepeated && !mayGoOn && tellsApart(world.journal, outcome.journal);
    return {
      label: `${delivery.isRepeated ? 'again' : 'late'}: ${describe(delivery)}: ${outcome.label} = ${outcome.ending}`,
      world: { ...after(world, outcome), late: isAgain ? world.late : late },
      problem: outcome.problem ?? (hasChanged ? 'a request that was carried out before has changed something' : null),
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

/** The next step of an operation. */
function take(world: World, step: Step, run: Run): readonly Move[] {
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
  const label = `stack is ${status}`;
  return entered(world.stack, status, run.alphabet, world.journal).flatMap((stack) => {
    if (!run.hears) return [{ label, world: { ...world, stack } }];
    const journal = noteStackStatus(world.journal, status, now * 1000);
    const told = { label, world: { ...world, stack, journal } };
    if (world.faultsLeft === 0 || !world.journal.isThere) return [told];
    const events = [...world.events, { status, at: now * 1000 }];
    return [
      told,
      { label: `${label}, which is told late`, world: { ...world, stack, events, faultsLeft: world.faultsLeft - 1 } },
    ];
  });
}

/** CloudFormation calls the function, and waits for it or does not. */
function call(before: World, step: Step, request: Delivery, run: Run): readonly Move[] {
  const isFirstTry = before.stack.inFlight === null;
  const world: World = {
    ...before,
    now: request.issuedAt / 1000,
    stack: { ...before.stack, isSameSecond: false, inFlight: null },
  };
  const all = affordable(world, [...deliver(world, request, run), ...unreached(world, request)]);
  const said = describe(request);
  const moves = all.flatMap((outcome): readonly Move[] => {
    const label = `${said}: ${outcome.label} = ${outcome.ending}`;
    const next = after(world, outcome);
    const { problem } = outcome;
    if (outcome.ending === 'died')
      return [{ label, problem, world: { ...next, stack: { ...next.stack, inFlight: request } } }];
    const { stack, problem: stuck } = answer(next, step, request, outcome, isFirstTry, run);
    const move: Move = { label, problem: problem ?? stuck, world: { ...next, stack } };
    if (next.faultsLeft === 0 || outcome.isFault) return [move];
    const late = [...next.late, { ...request, isRepeated: true }];
    const again = { ...next, stack, late, faultsLeft: next.faultsLeft - 1 };
    return [move, { label: `${label}, and will come again`, problem: move.problem, world: again }];
  });
  const isForward = before.stack.mode === 'forward';
  return isForward ? [...moves, ...givenUp(world, step, request, all, isFirstTry)] : moves;
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
  const mayFail =
    outcome.isFault || outcome.hasFailed || (isForward && (!isFirstTry || isRefusable(world, request, run)));
  return {
    stack: isDone || isCleaned ? { ...then, excuses } : then,
    problem: isDone || mayFail ? null : `${describe(request)} was answered ${outcome.ending}`,
  };
}

/** Why the schema need not be as CloudFormation shows it, after such an answer. */
function excusesFor(step: Step, { id }: Delivery, { isFault }: Outcome): readonly string[] {
  if (step.do === 'end' && isFault) return [`the end of ${step.of} failed`];
  if (step.do === 'delete' && isFault) return ['a Delete failed'];
  // A Create that was carried out although CloudFormation had given it up: its Delete has an id that nobody knows.
  return step.do === 'delete' && id === 'theirs' ? ['the Create was given up'] : [];
}

/** Whether a release lacks what the database has, so that it may be refused. */
function isRefusable({ journal, stack }: World, { to }: Delivery, { alphabet }: Run): boolean {
  const names = namesOf(alphabet.of(to));
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
  const id: CustomResource['id'] = request.kind === 'create' ? 'theirs' : request.id;
  const stack: Stack = { ...afterStep(world.stack, step, false, id), mode: 'failing', todo: [] };
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
              world: { ...base, late, journal: interrupted(journal, request.issuedAt), events },
            }
          : { label: `${said} and carried out: ${label} = ${ending}`, problem, world: { ...base, journal, events } },
      ),
  ];
}
