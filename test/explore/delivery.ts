import type { Intent } from '../../lambda/plan/intent';
import type { plan } from '../../lambda/plan/plan';
import { resourceOf, told } from '../paper/releases';
import type { Alphabet } from './alphabet';
import { isHeldInVain } from './held-in-vain';
import { problemOfSchema, problemOfWrite } from './invariants';
import { PaperEngine, type Ending } from '../paper/paper-engine';
import type { Fate, Surroundings } from '../paper/paper-run';
import type { PaperJournal } from '../paper/paper-journal';
import { cancelOlder, historyOf, noteStackStatus } from '../paper/paper-journal';
import { intentOf } from '../paper/requests';
import type { Delivery } from '../paper/stack';
import type { World } from './world';
import type { Plan } from '../../lambda/plan/plan-types';
import type { Failure } from '../../lambda/words/failure';

/** What is the same for all of an exploration. */
export interface Run {
  readonly alphabet: Alphabet;
  readonly plan: typeof plan;
  /** Whether what contracts may be reverted and applied again without losing rows. */
  readonly isLossless: boolean;
  /** Whether a status of the stack ever reaches the function. */
  readonly hears: boolean;
  /** Whether a stack whose creation fails may stay (CREATE_FAILED), and be updated. */
  readonly staysNew: boolean;
  /** Whether migrations are reverted by hand and put back. */
  readonly byHand: boolean;
  /** Counts the plans that were made, by what they say. */
  readonly onPlan?: (plan: Plan) => void;
}

/** What may come of a request that reaches the function. */
export interface Outcome {
  readonly label: string;
  readonly journal: PaperJournal;
  readonly events: World['events'];
  readonly ending: Ending | 'died';
  /** Whether something went wrong that is none of the planner's business. */
  readonly isFault: boolean;
  /** An up of the release's own failed: releases do. */
  readonly hasFailed: boolean;
  readonly problem: string | null;
  /** What the request is told that fails. */
  readonly failure: Failure | null;
  /** Whether a Delete says that it leaves what it was to revert. */
  readonly leaves: boolean;
}

/** All that may come of a request, where as many faults as `faultsLeft` may happen. */
export function deliver(world: World, delivery: Delivery, run: Run): readonly Outcome[] {
  if (delivery.kind === 'delete' && delivery.id === 'nothing') {
    return [{ ...quiet(world), label: 'nothing to delete', ending: 'SUCCESS' }];
  }
  const intent = intentOf(delivery, run.alphabet);
  const code = run.alphabet.of(world.stack.code ?? delivery.to).manifest;
  const decide = (journal: PaperJournal, mayAwait: boolean): Plan =>
    run.plan(intent, code, historyOf(journal, intent.request.resource), mayAwait);
  const first = decide(world.journal, true);
  if (first.kind !== 'await-status') return outcomes(world, world.events, first, delivery, intent, run);
  run.onPlan?.(first);
  const waits = world.events.map((event) => {
    const journal = noteStackStatus(world.journal, { ...event, stackId: delivery.stackId });
    return { ...world, journal, events: world.events.filter((other) => other !== event) };
  });
  // What is on its way comes while it waits.
  return (waits.length > 0 ? waits : [world]).flatMap((then) =>
    outcomes(then, then.events, decide(then.journal, false), delivery, intent, run),
  );
}

function outcomes(
  world: World,
  events: World['events'],
  decided: Plan,
  delivery: Delivery,
  intent: Intent,
  run: Run,
): readonly Outcome[] {
  if (decided.kind === 'await-status') throw new Error('it still waits');
  run.onPlan?.(decided);
  const history = historyOf(world.journal, intent.request.resource);
  const surroundings: Surroundings = {
    code: run.alphabet.of(world.stack.code ?? delivery.to).manifest,
    vouches: (digests, row) => run.alphabet.vouches(digests, row),
    isLossless: () => run.isLossless,
  };
  const label = told(decided);
  const all: Outcome[] = [];
  const play = (fate: Fate, what: string, isFault: boolean): { ups: number; downs: number } => {
    const engine = new PaperEngine(world.journal, surroundings, fate);
    const writing = engine.carryOut(decided, intent, history);
    const seen: PaperJournal[] = [];
    let problem: string | null = null;
    let ending: Ending | null = null;
    while (ending === null) {
      const next = writing.next();
      if (next.done === true) {
        ending = next.value;
        continue;
      }
      problem ??= problemOfSchema(world, next.value, run) ?? problemOfWrite(seen.at(-1) ?? world.journal, next.value);
      seen.push(next.value);
    }
    const hasFailed = fate.ups !== undefined;
    const { counts, failure, notVouchedFor } = engine.run;
    if (notVouchedFor !== null) problem ??= `the request brings no digest that vouches for ${notVouchedFor}`;
    const held = 'held' in decided ? (decided.held ?? decided.failure) : failure;
    if (held !== null && isHeldInVain(held, world, run)) problem ??= `it is held in vain: ${held.message.slice(0, 4)}`;
    const common = {
      events,
      problem,
      hasFailed,
      failure: ending === 'SUCCESS' ? null : failure,
      leaves: leavesPart(decided, intent),
    };
    all.push({ ...common, label: `${label}${what}`, journal: engine.journal, ending, isFault });
    if (isFault || world.faultsLeft === 0) return counts;
    for (const [index, journal] of seen.entries()) {
      const dies = `${label}${what}, dies after write ${index + 1} of ${seen.length}`;
      all.push({ ...common, label: dies, journal, ending: 'died', isFault: true });
    }
    return counts;
  };
  const { ups, downs } = play({}, '', false);
  // The ups of a release may fail at any time; that what was applied before cannot be applied again is a fault.
  const isForward = decided.kind === 'forward';
  for (let up = 0; up < ups && (isForward || world.faultsLeft > 0); up += 1)
    play({ ups: [up] }, `, but up ${up + 1} fails`, !isForward);
  for (let down = 0; down < downs && world.faultsLeft > 0; down += 1)
    play({ downs: [down] }, `, but down ${down + 1} fails`, true);
  return all;
}

function leavesPart(decided: Plan, { kind }: Intent): boolean {
  const isAll =
    decided.kind === 'nothing' && /^the schema stays as it is: |^this resource owns nothing/.test(decided.because);
  return isAll || (kind === 'delete' && decided.kind === 'revert' && decided.held !== null);
}

/** A request that does not get to the database. */
export function quiet({ journal, events }: World): Omit<Outcome, 'label' | 'ending'> {
  return { journal, events, isFault: false, hasFailed: false, problem: null, failure: null, leaves: false };
}

/** A run that is under way when a newer request comes, which ends it and takes its lock. */
export function interrupted(journal: PaperJournal, request: Delivery): PaperJournal {
  return cancelOlder(journal, { resource: resourceOf(request, 'first'), requestId: '', issuedAt: request.issuedAt });
}
