import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../../../rehearsal/stack/stack';
import type { StackStatus } from '../../../rehearsal/stack/stack-types';
import { type DatabaseState, stateDifferences, type StateReader } from '../database-state';
import type { Fault, FaultKind } from '../fault';
import type { FaultInjector } from '../fault-injector';
import { SIBLING } from '../fault-releases';
import type { Random } from '../random';
import type { SoakRelease } from './soak-releases';

/** What a scene is played with. */
export interface SoakParts {
  readonly random: Random;
  readonly stack: Stack;
  readonly state: StateReader;
  readonly injector: FaultInjector;
  readonly releases: readonly SoakRelease[];
  /** The database after each release, and before all of them. */
  readonly states: readonly DatabaseState[];
  readonly serverIsBack: () => Promise<void>;
  readonly say: (line: string) => void;
}

const FAIL = { [SIBLING]: 'the sibling fails on purpose' };
const ACTIONS = [
  'apply',
  'apply',
  'fail',
  'roll-back',
  'cancel',
  'duplicate',
  'redeliver',
  'older',
  'no-rollback',
] as const;
type Action = (typeof ACTIONS)[number];

/** One stack with one database, deployed again and again. It knows what must be there, whatever goes wrong. */
export class SoakScene {
  readonly #parts: SoakParts;
  /** Index of the release that the stack stands at; -1 before the first. */
  #release = -1;

  constructor(parts: SoakParts) {
    this.#parts = parts;
  }

  /** Deploys once, in one of many ways, and checks what there is then. Gives what is wrong, and nothing where all is well. */
  async play(): Promise<readonly string[]> {
    const { random, stack, injector, releases, say } = this.#parts;
    const action: Action = this.#release === -1 ? 'apply' : random.pick(ACTIONS);
    const isNewest = this.#release === releases.length - 1;
    if (isNewest && action !== 'redeliver' && action !== 'older') return this.#startOver();
    const target = this.#release + 1 + random.below(releases.length - this.#release - 1);
    const fault = this.#fault();
    say(
      `${action} to release ${target}, ${fault === undefined ? 'no fault' : `${fault.kind} ${fault.moment} command ${fault.command}`}`,
    );
    injector.reset();
    injector.arm(fault);
    const wanted = await this.#act(action, target);
    await injector.disarm();
    await this.#parts.serverIsBack();
    await stack.idle();
    return this.#check(wanted);
  }

  /** Does it, and gives the releases at which the stack may stand, by its status. */
  async #act(action: Action, target: number): Promise<Readonly<Partial<Record<StackStatus, number>>>> {
    const { random, stack, releases } = this.#parts;
    const [release, now] = [releases[target]!, this.#release];
    const options = { tolerateViolations: true };
    const either = {
      CREATE_COMPLETE: target,
      ROLLBACK_COMPLETE: -1,
      UPDATE_COMPLETE: target,
      UPDATE_ROLLBACK_COMPLETE: now,
    };
    switch (action) {
      case 'apply':
        await stack.deploy(release.good, options);
        return either;
      case 'fail':
        await stack.deploy(release.broken, options);
        return { UPDATE_ROLLBACK_COMPLETE: now };
      case 'roll-back':
        await stack.deploy(release.good, { ...options, fail: FAIL });
        return { UPDATE_ROLLBACK_COMPLETE: now };
      case 'cancel': {
        const update = stack.deploy(release.good, options);
        await sleep(random.below(400));
        if (stack.status === 'UPDATE_IN_PROGRESS') stack.cancelUpdate();
        await update;
        return either;
      }
      case 'duplicate':
        await stack.deploy(release.good, { ...options, deliveries: 2 });
        return either;
      case 'redeliver': {
        // An old request that comes once more must change nothing. A deleted stack took its function with it.
        const functionArn = stack.calls.at(-1)?.functionArn;
        const calls = stack.calls.filter(
          (call) => call.outcome.kind !== 'cancelled' && call.functionArn === functionArn,
        );
        await stack.redeliver(random.pick(calls));
        return { [stack.status]: now };
      }
      case 'older':
        // Refused, since the database has what the older release lacks; the newest one once more is no update at all.
        await stack.deploy(releases[Math.max(0, now - 1)]!.good, options);
        return { UPDATE_ROLLBACK_COMPLETE: now, ...(now === 0 ? { [stack.status]: now } : {}) };
      case 'no-rollback': {
        const isSibling = random.next() < 0.5;
        const first = isSibling ? { fail: FAIL } : {};
        await stack.deploy(isSibling ? release.good : release.broken, { ...options, ...first, rollback: false });
        if (stack.status !== 'UPDATE_FAILED') return { UPDATE_FAILED: now };
        if (random.next() < 0.5) {
          await stack.deploy(releases.at(-1)!.good, { ...options, fail: FAIL, rollback: false });
        }
        await this.#rollBackHalfDone();
        return { UPDATE_ROLLBACK_COMPLETE: now, UPDATE_COMPLETE: releases.length - 1 };
      }
    }
  }

  /** The second deployment may have ended well after all. */
  async #rollBackHalfDone(): Promise<void> {
    const { stack } = this.#parts;
    if (stack.status === 'UPDATE_FAILED') await stack.rollback({ tolerateViolations: true });
  }

  async #check(wanted: Readonly<Partial<Record<StackStatus, number>>>): Promise<readonly string[]> {
    const { stack, state, states } = this.#parts;
    const problems = [...stack.violations];
    const release = wanted[stack.status];
    if (release === undefined) {
      problems.push(`the stack ended in ${stack.status}`);
    } else {
      this.#release = release;
      const differences = stateDifferences(states[release + 1] ?? [], await state.read());
      if (differences.length > 0)
        problems.push(`${stack.status}, but the database differs:\n${differences.join('\n')}`);
    }
    if (problems.length > 0) {
      problems.push(
        ...(await state.deployments()),
        ...stack.calls.slice(-4).map(({ outcome }) => JSON.stringify(outcome)),
      );
      problems.push(...stack.invocations.slice(-8).map(({ log }) => log));
    }
    return problems;
  }

  /** The stack is deleted, which leaves the schema (RETAIN); then the database is emptied. */
  async #startOver(): Promise<readonly string[]> {
    const { stack, state, states, say } = this.#parts;
    say('delete');
    await stack.destroy({ tolerateViolations: true });
    await stack.idle();
    const differences = stateDifferences(states[this.#release + 1] ?? [], await state.read());
    const problems = [...stack.violations, ...differences];
    if (stack.status !== 'DELETE_COMPLETE') problems.push(`the stack ended in ${stack.status}`);
    await state.create();
    this.#release = -1;
    return problems;
  }

  #fault(): Fault | undefined {
    const { random } = this.#parts;
    if (random.next() < 0.3) return undefined;
    const dice = random.next();
    const kind: FaultKind = dice < 0.05 ? 'server' : dice < 0.08 ? 'stall' : dice < 0.5 ? 'drop' : 'kill';
    return { kind, moment: random.next() < 0.5 ? 'before' : 'after', target: 'work', command: 1 + random.below(100) };
  }
}
