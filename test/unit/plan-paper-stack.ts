import type { Intent, OnRemovedValue, Release } from '../../lambda/plan/intent';
import { expectSame } from './expect-same';
import { PaperDatabase, type Ending, type Fate } from './paper-database';
import { shorten } from './paper-database-tables';
import { create, releaseOf, remove, request, second, shipped, update } from './releases';

export type Change = (typeof CHANGES)[number];

export const CHANGES = [
  'add one',
  'add three',
  'option',
  'remove the last',
  'remove the first two',
  'edit the first',
  'edit the last',
  'bring one back',
  'try again',
  'other resources',
  'roll back',
] as const;

/** One operation on a stack. */
export interface Operation {
  readonly change: Change;
  readonly onRemoved: OnRemovedValue;
  readonly fate: Fate;
  /** What befalls the first attempt at the rollback. */
  readonly undoing: Fate;
  readonly siblingFails: boolean;
  /** `--no-rollback`: a stack that fails stays as it is. */
  readonly stays: boolean;
  /** Whether the stack gives the request up before it has the lock, or in the middle of its run. */
  readonly givenUp: 'never' | 'waiting' | 'running';
  /** Whether the function's code is put back before the custom resource is. */
  readonly codeFirst: boolean;
  /** Whether the status of its end comes only in the middle of the next operation. */
  readonly isLate: boolean;
  /** Whether a resource that failed keeps the properties that it had before. */
  readonly forgetsFailed: boolean;
}

interface State {
  readonly tokens: readonly string[];
  readonly option: number;
  readonly onRemoved: OnRemovedValue;
}

/** A stack on paper, with one custom resource of ours. */
export class PaperStack {
  readonly database = new PaperDatabase();
  /** What the function was asked and what it said, for messages. */
  readonly story: string[] = [];
  #live: State = { tokens: ['10', '11'], option: 0, onRemoved: 'FAIL' };
  /** What the resource's properties say: what was tried last, where the stack stays in UPDATE_FAILED. */
  #now: State = this.#live;
  /** Whether the resource is in UPDATE_FAILED: then the next operation calls it, changed or not. */
  #isFailed = false;
  #tried: State = this.#live;
  #seconds = 0;
  #late: (() => void) | null = null;
  #givenUp: (() => Ending) | null = null;
  /** What arrives late, but while somebody waits for it. */
  #onAwait: (() => void) | undefined;
  /** Live migrations that a release of this chain was told to remove. */
  #dispensable: ReadonlySet<string> = new Set();

  /** `stays`: its creation fails after us and is not rolled back. */
  constructor({ stays = false } = {}) {
    this.#invoke(create(releaseOfState(this.#live), this.#request()), this.#live);
    this.#note(stays ? 'CREATE_FAILED' : 'CREATE_COMPLETE');
  }

  /** The rollback of a stack that was never well deletes it. */
  rollBackCreation(codeFirst: boolean): void {
    this.#note('ROLLBACK_IN_PROGRESS');
    const code = codeFirst ? this.#live : this.#now;
    expectSame(this.#invoke(remove(releaseOfState(this.#now), this.#request()), code), 'SUCCESS');
    this.#comeBack();
  }

  /** What is in the database, by its tables and by its journal. */
  get found(): readonly string[] {
    const rows = this.database.migrations.filter(({ state }) => state !== 'removed');
    const journal = rows.map(({ name, state, checksum }) => `${name}:${shorten(checksum)} ${state}`);
    return [this.database.tables.toString(), journal.toSorted().join(' ')];
  }

  /** What has to be there: the migrations of the release that the stack is at. */
  get expected(): readonly string[] {
    const entries = shipped(this.#live.tokens.toSorted().join(' ')).migrations;
    const tables = entries.map(({ name, checksum }) => `${name}:${shorten(checksum)}`);
    return [tables.join(' '), tables.map((table) => `${table} applied`).join(' ')];
  }

  /** True where the stack has come to an end that is stable. */
  run(operation: Operation): boolean {
    const { change, siblingFails, stays } = operation;
    if (change === 'roll back')
      return (isSame(this.#now, this.#live) && !this.#isFailed) || this.#rollBack(operation, this.#now);
    const next = change === 'other resources' ? this.#now : this.#next(operation);
    this.#tried = next;
    this.#note('UPDATE_IN_PROGRESS');
    const isCalled = !isSame(next, this.#now) || this.#isFailed;
    const isDone = !isCalled || this.#update(operation, next);
    this.#late?.();
    this.#late = null;
    if (isDone && !siblingFails) return this.#settle(operation, next);
    this.#isFailed = !isDone;
    if (!stays) return this.#rollBack(operation, next);
    this.#now = isDone || !operation.forgetsFailed ? next : this.#now;
    this.#note('UPDATE_FAILED');
    return false;
  }

  #settle({ isLate }: Operation, next: State): true {
    this.#live = next;
    this.#now = next;
    this.#isFailed = false;
    this.#dispensable = new Set();
    const at = this.#tick();
    if (isLate) this.#late = () => this.database.note('UPDATE_COMPLETE', at);
    else this.database.note('UPDATE_COMPLETE', at);
    return true;
  }

  /** True where the resource was updated. */
  #update({ fate, givenUp }: Operation, next: State): boolean {
    const intent = update(releaseOfState(this.#now), releaseOfState(next), this.#request());
    const lacking = this.#live.tokens.filter((token) => !next.tokens.includes(token));
    const isEdited = (token: string): boolean => next.tokens.some((other) => isOther(token, other));
    const lost = lacking.filter((token) => isEdited(token) || next.onRemoved === 'FAIL');
    const surprises = lost.filter((token) => !this.#dispensable.has(token));
    if (next.onRemoved === 'REVERT') this.#dispensable = new Set([...this.#dispensable, ...lacking]);
    if (givenUp !== 'never') {
      if (givenUp === 'running') this.#attempt(intent, next, { diesAt: 0, ...fate });
      this.#supersede(intent, next);
      return false;
    }
    const ending = this.#invoke(intent, next, fate);
    this.#comeBack();
    if (ending === 'SUCCESS') expectSame({ surprises }, { surprises: [] });
    return ending === 'SUCCESS';
  }

  #rollBack({ codeFirst, undoing, isLate }: Operation, from: State): true {
    const at = this.#tick();
    this.#onAwait = () => this.database.note('UPDATE_ROLLBACK_IN_PROGRESS', at);
    if (!isLate) this.#onAwait();
    if (!isSame(from, this.#live) || this.#isFailed) {
      const [undone, release] = [releaseOfState(from), releaseOfState(this.#live)];
      const code = codeFirst ? this.#live : from;
      const first = this.#invoke(update(undone, release, this.#request()), code, undoing);
      this.#comeBack();
      if (isLate) this.#onAwait();
      if (first !== 'SUCCESS') {
        this.#note('UPDATE_ROLLBACK_FAILED');
        // The user continues the rollback.
        this.#note('UPDATE_ROLLBACK_IN_PROGRESS');
        expectSame(this.#invoke(update(undone, release, this.#request()), code), 'SUCCESS');
      }
    }
    this.#note('UPDATE_ROLLBACK_COMPLETE');
    this.#onAwait = undefined;
    this.#now = this.#live;
    this.#isFailed = false;
    this.#dispensable = new Set();
    return true;
  }

  /** Invokes the function as Lambda does: a process that dies is started again, with the same event. */
  #invoke(intent: Intent, code: State, befalls: Fate = {}): Ending {
    for (let left = 3, fate = befalls; left > 0; left -= 1, fate = {}) {
      const ending = this.#attempt(intent, code, fate);
      if (ending === 'SUCCESS') this.#repeat(intent, code);
      if (ending !== 'died' && ending !== 'try-again') return ending;
    }
    return 'FAILED';
  }

  /** Lambda delivers at least once: what was carried out is not carried out again, whatever the code is by then. */
  #repeat(intent: Intent, code: State): void {
    const before = [this.database.migrations, this.database.tables.toString()];
    this.#attempt(intent, code, {});
    expectSame([this.database.migrations, this.database.tables.toString()], before);
  }

  #attempt(intent: Intent, code: State, fate: Fate): Ending {
    const manifest = shipped(code.tokens.join(' '));
    const { plan, ending } = this.database.handle(intent, manifest, this.#tick(), fate, this.#onAwait);
    const old = intent.kind === 'update' ? `${this.#words(intent.old)}→` : '';
    this.story.push(
      `${old}${this.#words(intent.release)}: ${plan.kind}, ${ending}; ${this.database.tables.toString()}`,
    );
    return ending;
  }

  /** A request that the stack gave up may still be carried out, after whatever comes next. */
  #supersede(intent: Intent, code: State): void {
    this.#givenUp = () => this.#attempt(intent, code, {});
  }

  #comeBack(): void {
    const ending = this.#givenUp?.();
    this.#givenUp = null;
    if (ending !== undefined) expectSame(ending, 'silent');
  }

  #next({ change, onRemoved }: Operation): State {
    const { tokens, option } = this.#now;
    const edit = (at: number): readonly string[] =>
      tokens.map((token, index) => (index === at ? toggled(token) : token));
    const changed = (more: readonly string[]): State => ({ tokens: more, option, onRemoved });
    const numbers = tokens.map((token) => Number(token.replace(/'/g, '')));
    const add = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, index) => String(Math.max(9, ...numbers) + index + 1));
    switch (change) {
      case 'add one':
        return changed([...tokens, ...add(1)]);
      case 'add three':
        return changed([...tokens, ...add(3)]);
      case 'remove the last':
        return changed(tokens.slice(0, -1));
      case 'remove the first two':
        return changed([...tokens.slice(2), ...add(1)]);
      case 'edit the first':
        return changed(edit(0));
      case 'edit the last':
        return changed(edit(tokens.length - 1));
      case 'bring one back': {
        const missing = [...Array(20).keys()].map((n) => n + 10).find((n) => !numbers.includes(n));
        return changed([...tokens, String(missing)].toSorted());
      }
      case 'try again':
        return this.#tried;
      case 'option':
      case 'other resources':
      case 'roll back':
        return { ...this.#now, option: option + 1 };
      default:
        return change satisfies never;
    }
  }

  #words(release: Release): string {
    return `${release.version} ${release.hash.slice(0, 3)}`;
  }

  #note(status: string): void {
    this.story.push(status);
    this.database.note(status, this.#tick());
  }

  #request(): Intent['request'] {
    this.#tick();
    return request(this.#seconds);
  }

  #tick(): number {
    this.#seconds += 30;
    return second(this.#seconds);
  }
}

function releaseOfState({ tokens, option, onRemoved }: State): Release {
  return releaseOf(tokens.join(' '), { nonce: String(option), onRemoved });
}

function isSame(a: State, b: State): boolean {
  return releaseOfState(a).hash === releaseOfState(b).hash;
}

/** A migration's other text. */
function toggled(token: string): string {
  return token.endsWith("'") ? token.slice(0, -1) : `${token}'`;
}

/** Whether a token is another text of the same migration. */
function isOther(token: string, other: string): boolean {
  return token !== other && token.replace(/'/g, '') === other.replace(/'/g, '');
}
