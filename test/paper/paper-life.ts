import type { ManifestEntry } from '../../lambda/manifest/types';
import type { Release } from '../../lambda/plan/intent';
import { second, told } from './releases';
import { afterStep, answered, back, continued, deletion, entered, forward } from './cloudformation';
import { expectSame } from './expect-same';
import type { Letter, Letters, Name } from './letter';
import { letterNamed, nameOf, nextName } from './next-release';
import type { Operation } from './operation';
import type { Befalls, Invoked } from './paper-database';
import { PaperDatabase } from './paper-database';
import { schemaText, shorten } from './paper-schema';
import { describe, intentOf, requestOf } from './requests';
import type { Delivery, Stack, Step } from './stack';
import { NO_STACK } from './stack';

/** How a stack lives. */
export interface Conditions {
  /** What all its releases say. */
  readonly options?: Partial<Release>;
  /** Whether a down may only run on what was made last. */
  readonly isStrict?: boolean;
  /** Whether no release of it may be refused. */
  readonly isGrowing?: boolean;
  /** Its creation fails after our resources, and stays. */
  readonly isNeverWell?: boolean;
}

const CREATION: Operation = {
  change: '',
  onRemoved: 'FAIL',
  first: {},
  second: {},
  rollingBack: {},
  fails: 'nothing',
  givesUp: 'nothing',
  isRunning: false,
  stays: true,
  forgetsFailed: false,
  isCodeFirst: true,
  isReversed: false,
  isLate: false,
};

/** One way through the life of a stack on paper, and what must be so on any. Its construct has no resources of releases. */
export class PaperLife implements Letters {
  readonly database: PaperDatabase;
  /** What the function was asked and what it said. */
  readonly #story: (() => string)[] = [];
  readonly #letters = new Map<Name, Letter>();
  readonly #created: Name;
  /** What is live and a release of this chain was told to remove. */
  readonly #dispensable = new Set<ManifestEntry>();
  #stack = NO_STACK;
  /** What the release that is tried must not get through without. */
  #surprises: readonly ManifestEntry[] = [];
  #tried: Name;
  #seconds = 0;
  /** A request that was given up reaches the function after the next one. */
  #givenUp: (() => Invoked) | null = null;
  /** Statuses that are told late. */
  #late: (() => void)[] = [];
  /** The step at which a rollback failed. */
  #failed: Step | null = null;

  /** `tokens`: the release that the stack is created with. */
  constructor(
    tokens: string,
    private readonly conditions: Conditions = {},
  ) {
    this.database = new PaperDatabase(undefined, conditions.isStrict);
    this.#created = nameOf({ tokens: tokens.split(' '), option: 0, onRemoved: 'FAIL' });
    this.#tried = this.#created;
    this.#update({ ...CREATION, fails: conditions.isNeverWell === true ? 'after' : 'nothing' }, this.#created);
  }

  of(name: Name): Letter {
    const letter = this.#letters.get(name) ?? letterNamed(name, this.conditions.options ?? {});
    this.#letters.set(name, letter);
    return letter;
  }

  /** What is in the database, by its schema and by its journal. */
  get found(): readonly string[] {
    const rows = this.database.migrations.filter(({ state }) => state !== 'removed');
    const journal = rows.map(({ name, state, checksum }) => `${name}:${shorten(checksum)} ${state}`);
    return [this.database.schema, journal.toSorted().join(' ')];
  }

  /** What has to be there: the migrations of the release that the stack is at. */
  get expected(): readonly string[] {
    const { stable } = this.#stack;
    const entries = stable === null ? [] : this.of(stable).manifest.migrations;
    const made = entries.map(({ name, checksum }) => `${name}:${shorten(checksum)}`).toSorted();
    return [made.join(' '), made.map((each) => `${each} applied`).join(' ')];
  }

  /** Does something with it. Where that fails, the message says what happened. */
  tell(live: (life: this) => void): void {
    try {
      live(this);
    } catch (error) {
      const story = this.#story.map((told) => told());
      throw new Error([String(error), ...story].join('\n'));
    }
  }

  /** True where the stack has come to an end that is stable. */
  run(operation: Operation): boolean {
    if (operation.change === 'roll back') {
      if (this.#stack.mode === 'stays') this.#goBack(operation);
      return true;
    }
    const { first, target } = this.#stack;
    this.#tried = nextName(operation, first.at ?? this.#created, target ?? this.#created, this.#tried);
    this.#update(operation, this.#tried);
    return this.#stack.mode === 'idle';
  }

  /** The rollback of a stack that was never well deletes it. */
  rollBackCreation(isCodeFirst: boolean): void {
    const gone = back(this.#stack, { isCodeFirst, isReversed: false }, this);
    this.#proceed(CREATION, isCodeFirst ? { ...gone, code: this.#created } : gone);
  }

  delete(isReversed: boolean): void {
    const { count } = this.#stack;
    const todo = deletion(this.#stack, isReversed);
    this.#proceed(CREATION, { ...this.#stack, count: count + 1, mode: 'deleting', todo });
  }

  #update(operation: Operation, to: Name): void {
    const before = this.#stack;
    this.#surprises = this.#lostTo(to);
    this.#proceed(operation, forward(before, to, this), before);
    if (this.#stack.mode !== 'failing') return;
    this.#tellLate();
    if (operation.stays) {
      this.#stack = { ...this.#stack, mode: 'stays', status: this.#stack.status.replace('IN_PROGRESS', 'FAILED') };
      this.#note(this.#stack.status);
    } else this.#goBack(operation);
  }

  #goBack(operation: Operation): void {
    this.#proceed(operation, back(this.#stack, operation, this));
    while (this.#stack.mode === 'back-failed') {
      this.#failed = this.#stack.todo[0] ?? null;
      this.#note(this.#stack.status);
      this.#proceed(operation, continued(this.#stack));
    }
    this.#tellLate();
  }

  /** Takes the steps of an operation, until there are none or one fails. `before`: where an update comes from. */
  #proceed(operation: Operation, stack: Stack, before = stack): void {
    this.#stack = stack;
    for (let [step] = stack.todo; step !== undefined && this.#stack.mode !== 'back-failed'; [step] = this.#stack.todo) {
      if (this.#stack.mode === 'forward' && isAfterFirst(step)) {
        this.#tellLate();
        if (operation.fails === 'application' || (operation.fails === 'after' && isLast(step)))
          this.#stack = { ...this.#stack, mode: 'failing', todo: [] };
      }
      if (this.#stack.mode !== 'failing') this.#take(step, operation, before);
    }
  }

  #take(step: Step, operation: Operation, before: Stack): void {
    const request = requestOf(this.#stack, step, this.#tick());
    if (request !== null && step.do === 'set' && step.part === operation.givesUp && this.#stack.mode === 'forward')
      this.#giveUp(step, request, operation);
    else if (request !== null) this.#call(step, request, operation, before);
    else if (step.do === 'status') this.#enter(step.status, operation);
    else this.#stack = { ...afterStep(this.#stack, step, true, 'ours'), todo: this.#stack.todo.slice(1) };
  }

  #enter(status: string, { isLate }: Operation): void {
    this.#stack = entered(this.#stack, status, this, this.database.journal)[0] ?? this.#stack;
    if (isLate && /^UPDATE_(COMPLETE|ROLLBACK_IN_PROGRESS)/.test(status)) {
      const at = this.#tick();
      this.#late.push(() => this.#note(status, at));
    } else this.#note(status);
  }

  #call(step: Step, request: Delivery, operation: Operation, before: Stack): void {
    const { mode } = this.#stack;
    const part = step.do === 'set' ? step.part : null;
    const isForward = mode === 'forward' && part !== null;
    const found = mode === 'cleanup' && step.do === 'delete' ? this.found : null;
    const { ending, isStruck } = this.#invoke(
      request,
      isForward ? operation[part] : this.#befallsBack(step, operation),
    );
    const isDone = ending === 'SUCCESS';
    this.#stack = answered(this.#stack, step, request, isDone, this.database.journal);
    if (isForward && isDone && part === 'first') expectSame({ surprises: this.#surprises }, { surprises: [] });
    const mayFail = isForward ? this.conditions.isGrowing !== true : mode === 'back' && step !== this.#failed;
    if (!isStruck && !mayFail) expectSame(ending, 'SUCCESS');
    if (found !== null) expectSame(this.found, found);
    if (isForward && !isDone && operation.forgetsFailed && before[part].isCreated)
      this.#stack = { ...this.#stack, [part]: { ...this.#stack[part], at: before[part].at } };
    if (mode === 'back') this.#tellLate();
    this.#comeBack();
  }

  /** What befalls a request of a rollback: only the first attempt at it. */
  #befallsBack(step: Step, { rollingBack }: Operation): Befalls {
    return this.#stack.mode === 'back' && step !== this.#failed ? rollingBack : {};
  }

  /** What is live and a release lacks, although no release of this chain was told to remove it. */
  #lostTo(to: Name): readonly ManifestEntry[] {
    const { stable, mode } = this.#stack;
    if (mode === 'idle') this.#dispensable.clear();
    const { manifest, first } = this.of(to);
    const live = stable === null ? [] : this.of(stable).manifest.migrations;
    const lacking = live.filter((entry) => !manifest.migrations.includes(entry));
    const isEdited = ({ name }: ManifestEntry): boolean => manifest.migrations.some((entry) => entry.name === name);
    const lost = lacking.filter((entry) => isEdited(entry) || first.onRemoved === 'FAIL');
    const surprises = lost.filter((entry) => !this.#dispensable.has(entry));
    if (first.onRemoved === 'REVERT') for (const entry of lacking) this.#dispensable.add(entry);
    return surprises;
  }

  /** The stack does not wait for a request, which comes later, though it may be under way. */
  #giveUp(step: Step, request: Delivery, { isRunning, ...operation }: Operation): void {
    if (isRunning) this.#attempt(request, { diesAfter: 1, ...operation[request.part] });
    const id = request.kind === 'create' ? 'theirs' : request.id;
    this.#stack = { ...afterStep(this.#stack, step, false, id), mode: 'failing', todo: [] };
    const { code } = this.#stack;
    this.#givenUp = () => this.#attempt(request, {}, code);
  }

  #comeBack(): void {
    const ending = this.#givenUp?.().ending;
    this.#givenUp = null;
    if (ending !== undefined) expectSame(ending, 'silent');
  }

  /** Invokes the function as Lambda does: a process that dies is started again, with the same event. */
  #invoke(request: Delivery, first: Befalls): Pick<Invoked, 'ending' | 'isStruck'> {
    if (request.kind === 'delete' && request.id === 'nothing') return { ending: 'SUCCESS', isStruck: false };
    let isStruck = false;
    for (let left = 3, befalls = first; left > 0; left -= 1, befalls = {}) {
      const invoked = this.#attempt(request, befalls);
      isStruck ||= invoked.isStruck;
      if (invoked.ending === 'SUCCESS') this.#repeat(request);
      if (invoked.ending !== 'died' && invoked.ending !== 'try-again') return { ending: invoked.ending, isStruck };
    }
    return { ending: 'FAILED', isStruck };
  }

  /** Lambda delivers at least once: what was carried out is not carried out again, whatever the code is by then. */
  #repeat(request: Delivery): void {
    const { migrations, schema } = this.database;
    this.#attempt(request, {});
    expectSame([this.database.migrations, this.database.schema], [migrations, schema]);
  }

  #attempt(request: Delivery, befalls: Befalls, code = this.#stack.code): Invoked {
    const invoked = this.database.handle(intentOf(request, this), this.of(code ?? request.to).manifest, befalls, () =>
      this.#tellLate(),
    );
    const { schema } = this.database.journal;
    this.#story.push(() => `${describe(request)}: ${told(invoked.plan)} = ${invoked.ending}; ${schemaText(schema)}`);
    return invoked;
  }

  #tellLate(): void {
    for (const tell of this.#late.splice(0)) tell();
  }

  #note(status: string, at = this.#tick()): void {
    this.#story.push(() => status);
    this.database.note(status, at);
  }

  #tick(): number {
    this.#seconds += 30;
    return second(this.#seconds);
  }
}

/** Whether a step of an update comes after the first resource. */
function isAfterFirst(step: Step): boolean {
  return isLast(step) || step.do === 'start' || step.do === 'finish' || (step.do === 'set' && step.part === 'second');
}

function isLast(step: Step): boolean {
  return step.do === 'status' && step.status.includes('COMPLETE');
}
