import type { History, HistoryRow } from '../../lambda/plan/history';
import { isLeaving } from '../../lambda/plan/history';
import type { Intent, ReleaseIntent } from '../../lambda/plan/intent';
import { isOfRelease } from '../../lambda/plan/intent';
import { isEmpty } from '../../lambda/plan/plan';
import { planRevert } from '../../lambda/plan/plan-revert';
import { isStillWhole } from '../../lambda/plan/plan-revert';
import type { Manifest, ManifestEntry } from '../../lambda/manifest/types';
import type { JournalledIntent, PaperJournal } from './paper-journal';
import * as journalled from './paper-journal';
import { beginDown, beginUp, endDown, endUp } from './paper-schema';
import type { AwaitStatusPlan, ForwardPlan, Plan, ResumePlan, RevertPlan } from '../../lambda/plan/plan-types';

export type Ending = 'SUCCESS' | 'FAILED' | 'silent' | 'try-again';

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
type Writing<T> = Generator<PaperJournal, T>;

type Reverting = Pick<RevertPlan, 'revert' | 'keep' | 'reapply'>;

/** The engine on paper: for a plan it does the same writes in the same order as `events/execute-plan.ts` and `work/`. */
export class PaperEngine {
  #ups = 0;
  #downs = 0;
  /** A migration whose script no digest of the request vouches for. */
  notVouchedFor: string | null = null;
  /** Whether something befell it. */
  isStruck = false;

  constructor(
    public journal: PaperJournal,
    private readonly surroundings: Surroundings,
    private readonly fate: Fate = {},
  ) {}

  /** How many ups and downs were begun. */
  get counts(): { readonly ups: number; readonly downs: number } {
    return { ups: this.#ups, downs: this.#downs };
  }

  #upFails(): boolean {
    return this.#strikes(this.fate.ups, this.#ups++);
  }

  #downFails(): boolean {
    return this.#strikes(this.fate.downs, this.#downs++);
  }

  #strikes(failing: readonly number[] | undefined, at: number): boolean {
    const isStruck = failing?.includes(at) === true;
    this.isStruck ||= isStruck;
    return isStruck;
  }

  *carryOut(decided: Exclude<Plan, AwaitStatusPlan>, intent: Intent, history: History): Writing<Ending> {
    switch (decided.kind) {
      case 'stale':
        return 'silent';
      case 'wait':
        yield* this.#note(intent, null);
        return 'try-again';
      case 'nothing':
        this.#markDelete(intent);
        yield* this.#note(intent, journalled.revertedHashBy(intent, history));
        return 'SUCCESS';
      case 'begin-release':
        if (this.journal.isThere) yield* this.#write(journalled.noteBegun(this.journal, intent as ReleaseIntent));
        return 'SUCCESS';
      case 'end-release':
        if (this.journal.isThere) yield* this.#write(journalled.noteEnded(this.journal, intent as ReleaseIntent));
        if (decided.settles) yield* this.#write(journalled.settleBefore(this.journal, intent.request));
        return (yield* this.#revertRows(decided.removes, {
          vouchedBy: [intent.release.digest],
          removedBy: null,
          isForGood: true,
        }))
          ? 'SUCCESS'
          : 'FAILED';
      case 'refuse-release':
        yield* this.#oweNoMore(decided.resumes);
        yield* this.#write(journalled.revertsNothing(this.journal));
        return 'FAILED';
      case 'resume':
        yield* this.#note(intent, journalled.revertedHashBy(intent, history));
        return yield* this.#resume(decided);
      case 'refused':
        yield* this.#note(intent, null);
        if (this.journal.isThere && intent.kind === 'update' && !journalled.isJournalled(intent, history))
          yield* this.#write(journalled.begin(this.journal, intent, 'reverted'));
        return 'FAILED';
      case 'forward':
        return yield* this.#forward(decided, intent as JournalledIntent);
      case 'revert':
        yield* this.#note(intent, journalled.revertedHashBy(intent, history));
        return yield* this.#revert(decided, intent);
      default:
        return decided satisfies never;
    }
  }

  *#write(journal: PaperJournal): Writing<void> {
    this.journal = journal;
    yield journal;
  }

  *#note(intent: Intent, reverts: string | null): Writing<void> {
    if (this.journal.isThere && (intent.kind === 'update' || intent.kind === 'delete'))
      yield* this.#write(journalled.noteRequest(this.journal, intent, reverts));
  }

  /** A Delete whose Create CloudFormation did not wait for leaves its mark in any case. */
  #markDelete(intent: Intent): void {
    if (this.journal.isThere || intent.kind !== 'delete' || intent.physicalId.startsWith('aurora-migrations:')) return;
    this.journal = { ...this.journal, isThere: true };
    this.journal = journalled.noteRequest(this.journal, intent, intent.release.hash);
  }

  *#forward(decided: ForwardPlan, intent: JournalledIntent): Writing<Ending> {
    this.journal = { ...this.journal, isThere: true };
    if (decided.continues === null) {
      const isDone = isEmpty(decided);
      yield* this.#write(journalled.begin(this.journal, intent, isDone ? 'applied' : 'running'));
      if (isDone) return 'SUCCESS';
    }
    const id = decided.continues?.id ?? this.journal.deployments[0]!.id;
    const vouchedBy = [this.surroundings.code.digest, ...(intent.kind === 'update' ? [intent.old.digest] : [])];
    if (!(yield* this.#revertRows(decided.revertFirst, { vouchedBy, removedBy: null }))) {
      yield* this.#write(journalled.end(this.journal, [id], 'failed', 'FAILED'));
      return 'FAILED';
    }
    yield* this.#oweNoMore(decided.takesOver);
    for (const { name } of decided.forget) yield* this.#write(journalled.drop(this.journal, name));
    for (const { row, entry } of decided.adopt) {
      const taken = row.state === 'kept' ? id : row.deployment;
      yield* this.#put({ ...row, state: 'applied', checksum: entry.checksum, deployment: taken, removedBy: null });
    }
    for (const entry of decided.apply)
      if (!(yield* this.#apply(entry, id, intent))) return yield* this.#revertOwn(id, vouchedBy);
    if (!(yield* this.#revertRows(decided.revert, { vouchedBy, removedBy: id })))
      return yield* this.#revertOwn(id, vouchedBy);
    for (const row of decided.leaving) yield* this.#put({ ...row, removedBy: id });
    yield* this.#write(journalled.end(this.journal, [id], 'applied', 'SUCCESS'));
    return 'SUCCESS';
  }

  *#apply(entry: ManifestEntry, id: number, { request: { resource } }: JournalledIntent): Writing<boolean> {
    const { name, checksum, steps, irreversible, phase } = entry;
    const { stackId, logicalId, contractOf = logicalId } = resource;
    const counts = { stepsDone: 1, stepsTotal: steps, stepLines: null, unchanged: 0, downStepsDone: 0, before: null };
    const owner = { stackId, logicalId: contractOf };
    const row = {
      storedName: name,
      name,
      checksum,
      ...counts,
      irreversible,
      contracts: phase === 'contract',
      deployment: id,
      owner,
      removedBy: null,
    };
    if (this.journal.migrations.some((other) => other.name === name)) throw new Error(`${name} has a row already`);
    yield* this.#put({ ...row, state: 'applying' }, beginUp(this.journal.schema, name, checksum));
    if (this.#upFails()) return false;
    yield* this.#put({ ...row, state: 'applied', stepsDone: steps }, endUp(this.journal.schema, name));
    return true;
  }

  /** A deployment that fails reverts itself. */
  *#revertOwn(id: number, vouchedBy: readonly string[]): Writing<Ending> {
    yield* this.#write(journalled.change(this.journal, [id], { status: 'reverting' }));
    const isDone = yield* this.#revertPlanned(planRevert(new Set([id]), this.journal.migrations), vouchedBy);
    yield* this.#write(journalled.end(this.journal, [id], isDone ? 'reverted' : 'failed', 'FAILED'));
    return 'FAILED';
  }

  *#revert(decided: RevertPlan, intent: Intent): Writing<Ending> {
    const { vouchedBy, owes } = decided;
    if (isOfRelease(intent)) yield* this.#write(journalled.noteEnded(this.journal, intent));
    if (owes.length > 0)
      yield* this.#write(journalled.owe(this.journal, idsOf(owes), intent.request.issuedAt, intent.release.onRemoved));
    const ids = idsOf(decided.deployments);
    if (ids.length > 0) yield* this.#write(journalled.change(this.journal, ids, { status: 'reverting' }));
    let isDone = yield* this.#revertPlanned(decided, vouchedBy);
    if (isDone) isDone = yield* this.#takeEarly(decided.early, vouchedBy);
    if (isDone) {
      const isTheirs = (id: number | null): boolean => id !== null && ids.includes(id);
      const isForgotten = (row: HistoryRow): boolean =>
        row.state === 'removed' && isTheirs(row.removedBy) && isTheirs(row.deployment);
      for (const { name } of this.journal.migrations.filter(isForgotten))
        yield* this.#write(journalled.drop(this.journal, name));
    }
    if (ids.length > 0) yield* this.#write(journalled.end(this.journal, ids, isDone ? 'reverted' : 'failed', null));
    if (isDone && isOfRelease(intent)) yield* this.#write(journalled.settleBefore(this.journal, intent.request));
    return isDone && decided.failure === null ? 'SUCCESS' : 'FAILED';
  }

  *#resume({ deployments, revert, reapply, vouchedBy }: ResumePlan): Writing<Ending> {
    yield* this.#oweNoMore(deployments);
    return (yield* this.#revertPlanned({ revert, keep: [], reapply }, vouchedBy)) ? 'SUCCESS' : 'FAILED';
  }

  *#revertPlanned({ revert, keep, reapply }: Reverting, vouchedBy: readonly string[]): Writing<boolean> {
    if (!(yield* this.#revertRows(revert, { vouchedBy, removedBy: null }))) return false;
    for (const row of keep) yield* this.#put({ ...row, state: 'kept', irreversible: true });
    for (const row of reapply) if (!(yield* this.#reapply(row, vouchedBy))) return false;
    return true;
  }

  *#takeEarly(rows: readonly HistoryRow[], vouchedBy: readonly string[]): Writing<boolean> {
    for (const row of rows) {
      if (row.state !== 'reverting' && !this.#mayTakeEarly(row, vouchedBy)) break;
      if (!(yield* this.#revertRows([row], { vouchedBy, removedBy: row.deployment }))) return false;
    }
    return true;
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
      yield* this.#put(applied);
      return true;
    }
    if (!this.#isVouchedFor(row, vouchedBy)) return false;
    const half: HistoryRow = { ...row, state: 'applying', stepsDone: 1, downStepsDone: 0 };
    const { schema } = this.journal;
    yield* this.#put(half, row.state === 'applying' ? schema : beginUp(schema, row.name, row.checksum));
    if (this.#upFails()) return false;
    yield* this.#put(applied, endUp(this.journal.schema, row.name));
    return true;
  }

  /** Runs downs in order; false where one fails. What a release removes keeps its row. */
  *#revertRows(
    rows: readonly HistoryRow[],
    by: { readonly vouchedBy: readonly string[]; readonly removedBy: number | null; readonly isForGood?: boolean },
  ): Writing<boolean> {
    for (const row of rows) {
      if (!this.#isVouchedFor(row, by.vouchedBy)) return false;
      const removedBy = by.removedBy ?? row.removedBy;
      const begun: HistoryRow = { ...row, state: 'reverting', removedBy };
      yield* this.#put(begun);
      const isFailing = this.#downFails();
      if (isFailing && this.fate.isTorn !== true) return false;
      yield* this.#put({ ...begun, downStepsDone: 1 }, beginDown(this.journal.schema, row.name));
      if (isFailing) return false;
      this.journal = { ...this.journal, schema: endDown(this.journal.schema, row.name) };
      if (removedBy === null || by.isForGood === true) yield* this.#write(journalled.drop(this.journal, row.name));
      else yield* this.#put({ ...begun, state: 'removed', stepsDone: 0, downStepsDone: 0 });
    }
    return true;
  }

  *#put(row: HistoryRow, schema = this.journal.schema): Writing<void> {
    yield* this.#write({ ...journalled.put(this.journal, row), schema });
  }

  *#oweNoMore(rows: readonly { readonly id: number }[]): Writing<void> {
    if (rows.length > 0) yield* this.#write(journalled.oweNoMore(this.journal, idsOf(rows)));
  }

  #isVouchedFor(row: HistoryRow, digests: readonly string[]): boolean {
    const isVouchedFor = this.surroundings.vouches(digests, row);
    if (!isVouchedFor) this.notVouchedFor = row.name;
    return isVouchedFor;
  }
}

function idsOf(rows: readonly { readonly id: number }[]): readonly number[] {
  return rows.map(({ id }) => id);
}
