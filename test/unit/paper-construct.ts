import type { Intent, Release, Resource } from '../../lambda/plan/intent';
import { expectSame } from './expect-same';
import { PaperDatabase, type Ending, type Fate } from './paper-database';
import { shorten } from './paper-database-tables';
import { CONTRACT, create, OURS, releaseOf, remove, request, second, shipped, update } from './releases';

export const ADDITIONS = ['e', 'c', 'ec', 'ce', 'ece', 'option'] as const;

/** One operation on a stack whose construct has two resources, with the application between them. */
export interface PhasedOperation {
  /** The phases of the migrations that the release adds, in the order of their names. */
  readonly adds: (typeof ADDITIONS)[number] | 'roll back' | 'less';
  readonly expand: Fate;
  readonly contract: Fate;
  /** What befalls the first attempts at the rollback's requests. */
  readonly undoing: Fate;
  /** The application fails, or what waits for all; or the stack gives the contract's request up. */
  readonly fails: 'nothing' | 'application' | 'after' | 'while contracting';
  /** `--no-rollback`. */
  readonly stays: boolean;
  readonly contractFirst: boolean;
  readonly codeFirst: boolean;
  /** Whether a resource that failed keeps the properties that it had before. */
  readonly forgetsFailed: boolean;
}

interface State {
  readonly tokens: readonly string[];
  readonly option: number;
}

/** What CloudFormation knows of a custom resource. */
interface PaperResource {
  readonly resource: Resource;
  /** Null where it was not created. */
  now: State | null;
  live: State | null;
  isFailed: boolean;
}

/** A stack on paper whose construct has a second resource as soon as a migration has the phase contract. */
export class PaperConstruct {
  readonly database = new PaperDatabase();
  readonly story: string[] = [];
  readonly #options: Partial<Release>;
  readonly #expand: PaperResource = { resource: OURS, now: null, live: null, isFailed: false };
  readonly #contract: PaperResource = { resource: CONTRACT, now: null, live: null, isFailed: false };
  #live: State;
  #now: State;
  #seconds = 0;
  #givenUp: (() => Ending) | null = null;

  constructor(tokens: string, options: Partial<Release> = {}) {
    this.#options = options;
    this.#live = { tokens: tokens.split(' '), option: 0 };
    this.#now = this.#live;
    this.#note('CREATE_IN_PROGRESS');
    for (const each of this.#wanted(this.#live)) expectSame(this.#call(each, this.#live), 'SUCCESS');
    this.#settle('CREATE_COMPLETE', this.#live);
  }

  get found(): readonly string[] {
    const rows = this.database.migrations.filter(({ state }) => state !== 'removed');
    const journal = rows.map(({ name, state, checksum }) => `${name}:${shorten(checksum)} ${state}`);
    return [this.database.tables.toString(), journal.toSorted().join(' ')];
  }

  get expected(): readonly string[] {
    const entries = shipped(this.#live.tokens.join(' ')).migrations;
    const tables = entries.map(({ name, checksum }) => `${name}:${shorten(checksum)}`);
    return [tables.join(' '), tables.map((table) => `${table} applied`).join(' ')];
  }

  /** True where the stack has come to an end that is stable. */
  run(operation: PhasedOperation): boolean {
    if (operation.adds === 'roll back') return this.#rollBack(operation);
    const next = this.#next(operation.adds);
    this.#note('UPDATE_IN_PROGRESS');
    const isDone = this.#forward(operation, next);
    this.#now = next;
    if (isDone) {
      this.#settle('UPDATE_COMPLETE', next);
      return true;
    }
    if (!operation.stays) return this.#rollBack(operation);
    this.#givenUp = null;
    this.#note('UPDATE_FAILED');
    return false;
  }

  /** The stack is deleted; CloudFormation deletes what waits first. */
  delete(contractFirst: boolean): void {
    this.#note('DELETE_IN_PROGRESS');
    const both = [this.#contract, this.#expand].filter(({ now }) => now !== null);
    for (const each of contractFirst ? both : both.toReversed()) expectSame(this.#delete(each, this.#now), 'SUCCESS');
    this.#live = { tokens: [], option: 0 };
  }

  #forward({ expand, contract, fails, forgetsFailed }: PhasedOperation, next: State): boolean {
    const [first, then] = this.#wanted(next);
    if (first === undefined || !this.#step(first, next, expand, forgetsFailed)) return false;
    if (fails === 'application') return false;
    if (then === undefined) return fails === 'nothing';
    if (fails === 'while contracting') {
      const intent = this.#intent(then, next);
      if (contract.diesAt !== undefined) this.#attempt(intent, next, contract);
      this.#givenUp = () => this.#attempt(intent, next, {});
      then.isFailed = true;
      then.now = next;
      return false;
    }
    return this.#step(then, next, contract, forgetsFailed) && fails === 'nothing';
  }

  #step(each: PaperResource, next: State, fate: Fate, forgetsFailed: boolean): boolean {
    if (each.now !== null && isSame(each.now, next) && !each.isFailed) return true;
    const ending = this.#call(each, next, fate);
    const isDone = ending === 'SUCCESS';
    if (fate.failsAt === undefined && fate.diesAt === undefined) expectSame(ending, 'SUCCESS');
    each.isFailed = !isDone;
    if (isDone || !forgetsFailed || each.now === null) each.now = next;
    return isDone;
  }

  #rollBack({ contractFirst, codeFirst, undoing }: PhasedOperation): true {
    this.#note('UPDATE_ROLLBACK_IN_PROGRESS');
    const both = contractFirst ? [this.#contract, this.#expand] : [this.#expand, this.#contract];
    for (const each of both) {
      const { now, live, isFailed } = each;
      if (now === null || live === null || (isSame(now, live) && !isFailed)) continue;
      const back = (): Intent => update(this.#release(now), this.#release(live), this.#request(each));
      const code = codeFirst ? this.#live : this.#now;
      const ending = this.#invoke(back(), code, undoing);
      this.#comeBack();
      if (ending === 'SUCCESS') continue;
      this.#note('UPDATE_ROLLBACK_FAILED');
      this.#note('UPDATE_ROLLBACK_IN_PROGRESS');
      expectSame(this.#invoke(back(), code), 'SUCCESS');
    }
    this.#note('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    const { now, live } = this.#contract;
    if (now !== null && live === null) expectSame(this.#delete(this.#contract, this.#live), 'SUCCESS');
    this.#note('UPDATE_ROLLBACK_COMPLETE');
    for (const each of both) Object.assign(each, { now: each.live, isFailed: false });
    this.#now = this.#live;
    return true;
  }

  #settle(status: string, next: State): void {
    const isGone = this.#contract.now !== null && this.#wanted(next).length === 1;
    if (isGone) {
      const before = this.found;
      expectSame(this.#delete(this.#contract, next), 'SUCCESS');
      expectSame(this.found, before);
      this.#contract.now = null;
    }
    for (const each of [this.#expand, this.#contract]) Object.assign(each, { live: each.now, isFailed: false });
    this.#live = next;
    this.#note(status);
  }

  #wanted({ tokens }: State): readonly PaperResource[] {
    return tokens.some((token) => token.includes('c')) ? [this.#expand, this.#contract] : [this.#expand];
  }

  #call(each: PaperResource, next: State, fate: Fate = {}): Ending {
    const ending = this.#invoke(this.#intent(each, next), next, fate);
    each.now ??= ending === 'SUCCESS' ? next : null;
    return ending;
  }

  #intent(each: PaperResource, next: State): Intent {
    const of = this.#request(each);
    return each.now === null
      ? create(this.#release(next), of)
      : update(this.#release(each.now), this.#release(next), of);
  }

  #delete(each: PaperResource, code: State): Ending {
    return this.#invoke(remove(this.#release(each.now ?? code), this.#request(each)), code);
  }

  #invoke(intent: Intent, code: State, befalls: Fate = {}): Ending {
    for (let left = 3, fate = befalls; left > 0; left -= 1, fate = {}) {
      const ending = this.#attempt(intent, code, fate);
      if (ending !== 'died' && ending !== 'try-again') return ending;
    }
    return 'FAILED';
  }

  #attempt(intent: Intent, code: State, fate: Fate): Ending {
    const { plan, ending } = this.database.handle(intent, shipped(code.tokens.join(' ')), this.#tick(), fate);
    const { kind, request: of, release } = intent;
    const to = `${kind} ${of.resource.logicalId} ${release.version} ${release.hash.slice(0, 3)}`;
    this.story.push(`${to}: ${plan.kind}, ${ending}; ${this.database.tables.toString()}`);
    return ending;
  }

  /** A request that was given up reaches the function after the first request of the rollback, whichever that is. */
  #comeBack(): void {
    const ending = this.#givenUp?.();
    this.#givenUp = null;
    if (ending !== undefined) expectSame(ending, 'silent');
  }

  #next(adds: PhasedOperation['adds']): State {
    const { tokens, option } = this.#now;
    if (adds === 'option' || adds === 'roll back') return { tokens, option: option + 1 };
    if (adds === 'less') return { tokens: tokens.slice(0, Math.max(1, tokens.length - 1)), option: option + 1 };
    const last = Math.max(...tokens.map((token) => Number(token.replace(/\D/g, ''))));
    const more = Array.from(adds, (phase, index) => `${last + index + 1}${phase === 'c' ? 'c' : ''}`);
    return { tokens: [...tokens, ...more], option };
  }

  #release({ tokens, option }: State): Release {
    return releaseOf(tokens.join(' '), { nonce: String(option), ...this.#options });
  }

  #note(status: string): void {
    this.story.push(status);
    this.database.note(status, this.#tick());
  }

  #request({ resource }: PaperResource): Intent['request'] {
    this.#tick();
    return request(this.#seconds, { resource });
  }

  #tick(): number {
    this.#seconds += 30;
    return second(this.#seconds);
  }
}

function isSame(a: State, b: State): boolean {
  return a.option === b.option && a.tokens.join(' ') === b.tokens.join(' ');
}
