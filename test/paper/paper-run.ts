import type { HistoryRow } from '../../lambda/plan/history';
import { isLeaving, splitAt } from '../../lambda/plan/history';
import { isStillWhole } from '../../lambda/plan/plan-revert';
import type { Manifest } from '../../lambda/manifest/types';
import type { RevertPlan } from '../../lambda/plan/plan-types';
import { failure, type Failure } from '../../lambda/words/failure';
import { adviseApplied, adviseHalf, adviseReverted } from '../../lambda/words/repair-advice';
import type { PaperJournal } from './paper-journal';
import * as journalled from './paper-journal';
import { beginDown, beginUp, endDown, endUp } from './paper-schema';

/** What befalls a run. */
export interface Fate {
  /** Which of its ups and which of its downs fail, counted from 0. */
  readonly ups?: readonly number[];
  readonly downs?: readonly number[];
  /** A down that fails has done its first step. */
  readonly isTorn?: boolean;
}

/** What the engine has beside a journal. */
export interface Surroundings {
  readonly code: Manifest;
  /** Whether a release of one of these digests contains what was applied, so that its script may be run. */
  readonly vouches: (digests: readonly string[], row: HistoryRow) => boolean;
  /** Whether a migration may be reverted and applied again without losing rows. */
  readonly isLossless: (name: string) => boolean;
}

/** Stops after each write, where a process may die. */
export type Writing<T> = Generator<PaperJournal, T>;

type Reverting = Pick<RevertPlan, 'revert' | 'keep' | 'reapply'>;

/** What is done to migrations on paper, one after the other: as `work/` does it. */
export class PaperRun {
  #ups = 0;
  #downs = 0;
  /** A migration whose script no digest of the request vouches for. */
  notVouchedFor: string | null = null;
  /** Whether something befell it. */
  isStruck = false;
  /** What stopped it last. */
  failure: Failure | null = null;

  constructor(
    public journal: PaperJournal,
    private readonly surroundings: Surroundings,
    private readonly fate: Fate,
  ) {}

  /** How many ups and downs were begun. */
  get counts(): { readonly ups: number; readonly downs: number } {
    return { ups: this.#ups, downs: this.#downs };
  }

  *write(journal: PaperJournal): Writing<void> {
    this.journal = journal;
    yield journal;
  }

  *put(row: HistoryRow, schema = this.journal.schema): Writing<void> {
    yield* this.write({ ...journalled.put(this.journal, row), schema });
  }

  /**
   * The up of a migration that has no row yet, or of one with which an earlier attempt began; false where it fails. One that cannot be
   * reverted fails before its first step, or its process dies before, between or after its two steps.
   */
  *apply(begun: HistoryRow): Writing<boolean> {
    const { name, checksum, irreversible } = begun;
    const isResumed = this.journal.migrations.some((other) => other.name === name);
    if (isResumed && !irreversible) throw new Error(`${name} has a row already`);
    if (irreversible && !isResumed) {
      yield* this.put({ ...begun, stepsDone: 0 });
      if (this.#upFails(name)) return false;
    }
    if (!this.journal.schema.some((made) => made.name === name))
      yield* this.put(begun, beginUp(this.journal.schema, name, checksum));
    if (!irreversible && this.#upFails(name)) return false;
    const schema = endUp(this.journal.schema, name);
    if (irreversible) yield* this.put(begun, schema);
    yield* this.put({ ...begun, state: 'applied', stepsDone: begun.stepsTotal }, schema);
    return true;
  }

  *revertPlanned(planned: Reverting, vouchedBy: readonly string[]): Writing<boolean> {
    const { revert, keep, reapply } = this.#keepIrreversible(planned);
    if (!(yield* this.revertRows(revert, { vouchedBy, removedBy: null }))) return false;
    for (const row of keep) yield* this.put({ ...row, state: 'kept', irreversible: true });
    for (const row of reapply) if (!(yield* this.#reapply(row, vouchedBy))) return false;
    return true;
  }

  *takeEarly(rows: readonly HistoryRow[], vouchedBy: readonly string[]): Writing<boolean> {
    for (const row of rows) {
      if (row.state !== 'reverting' && !this.#mayTakeEarly(row, vouchedBy)) break;
      if (!(yield* this.revertRows([row], { vouchedBy, removedBy: row.deployment }))) return false;
    }
    return true;
  }

  /** Runs downs in order; false where one fails. What a release removes keeps its row. */
  *revertRows(
    rows: readonly HistoryRow[],
    by: { readonly vouchedBy: readonly string[]; readonly removedBy: number | null; readonly isForGood?: boolean },
  ): Writing<boolean> {
    for (const row of rows) {
      const made = this.journal.schema.find(({ name }) => name === row.name);
      if (made === undefined && row.irreversible) {
        yield* this.write(journalled.drop(this.journal, row.name));
        continue;
      }
      if (!this.#isVouchedFor(row, by.vouchedBy)) return false;
      if (row.irreversible && row.state === 'applying') return this.#fail('needs-repair', adviseHalf(row.name));
      const removedBy = by.removedBy ?? row.removedBy;
      const begun: HistoryRow = { ...row, state: 'reverting', removedBy };
      yield* this.put(begun);
      const isFailing = this.#downFails(row.name);
      if (isFailing && this.fate.isTorn !== true) return false;
      yield* this.put({ ...begun, downStepsDone: 1 }, beginDown(this.journal.schema, row.name));
      if (isFailing) return false;
      this.journal = { ...this.journal, schema: endDown(this.journal.schema, row.name) };
      if (removedBy === null || by.isForGood === true) yield* this.write(journalled.drop(this.journal, row.name));
      else yield* this.put({ ...begun, state: 'removed', stepsDone: 0, downStepsDone: 0 });
    }
    return true;
  }

  /** As `keepIrreversible` of `work/` does: one that is done to its end stays, though that was not written down. */
  #keepIrreversible(planned: Reverting): Reverting {
    const [newer, [half, ...older]] = splitAt(
      planned.revert,
      ({ irreversible, state }) => irreversible && state === 'applying',
    );
    const isWhole = this.journal.schema.some(({ name, isHalf }) => name === half?.name && !isHalf);
    return half === undefined || !isWhole
      ? planned
      : { ...planned, revert: newer, keep: [half, ...older, ...planned.keep] };
  }

  #mayTakeEarly(row: HistoryRow, vouchedBy: readonly string[]): boolean {
    return this.#isVouchedFor(row, vouchedBy) && this.surroundings.isLossless(row.name);
  }

  *#reapply(row: HistoryRow, vouchedBy: readonly string[]): Writing<boolean> {
    const applied: HistoryRow = {
      ...row,
      state: 'applied',
      stepsDone: row.stepsTotal,
      downStepsDone: 0,
      removedBy: null,
    };
    if (isStillWhole(row) || isLeaving(row)) {
      yield* this.put(applied);
      return true;
    }
    if (!this.#isVouchedFor(row, vouchedBy)) return false;
    const half: HistoryRow = { ...row, state: 'applying', stepsDone: 1, downStepsDone: 0 };
    const { schema } = this.journal;
    yield* this.put(half, row.state === 'applying' ? schema : beginUp(schema, row.name, row.checksum));
    if (this.#upFails(row.name)) return false;
    yield* this.put(applied, endUp(this.journal.schema, row.name));
    return true;
  }

  #isVouchedFor(row: HistoryRow, digests: readonly string[]): boolean {
    if (this.surroundings.vouches(digests, row)) return true;
    this.notVouchedFor = row.name;
    const advice = row.state === 'removed' ? adviseApplied(row.name) : adviseReverted(row.name);
    return this.#fail('not-vouched', `no release of this request has ${row.name} as it was applied: ${advice}`);
  }

  #upFails(name: string): boolean {
    return this.#strikes(this.fate.ups, this.#ups++) && !this.#fail('migration-failed', `${name} failed`);
  }

  #downFails(name: string): boolean {
    return this.#strikes(this.fate.downs, this.#downs++) && !this.#fail('revert-failed', adviseReverted(name));
  }

  #strikes(failing: readonly number[] | undefined, at: number): boolean {
    const isStruck = failing?.includes(at) === true;
    this.isStruck ||= isStruck;
    return isStruck;
  }

  #fail(code: Failure['code'], message: string): false {
    this.failure = failure(code, message);
    return false;
  }
}
