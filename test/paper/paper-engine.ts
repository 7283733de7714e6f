import type { History, HistoryRow } from '../../lambda/plan/history';
import type { Intent, ReleaseIntent } from '../../lambda/plan/intent';
import { isOfRelease } from '../../lambda/plan/intent';
import { isEmpty } from '../../lambda/plan/plan';
import { revertOfRun } from '../../lambda/plan/plan-revert';
import type { ManifestEntry } from '../../lambda/manifest/types';
import type {
  AwaitStatusPlan,
  EndReleasePlan,
  ForwardPlan,
  Plan,
  ResumePlan,
  RevertPlan,
} from '../../lambda/plan/plan-types';
import type { Failure } from '../../lambda/words/failure';
import type { JournalledIntent, PaperJournal } from './paper-journal';
import * as journalled from './paper-journal';
import { PaperRun, type Fate, type Surroundings, type Writing } from './paper-run';

export type Ending = 'SUCCESS' | 'FAILED' | 'silent' | 'try-again';

/** The engine on paper: for a plan it does the same writes in the same order as `events/execute-plan.ts` and `work/`. */
export class PaperEngine {
  readonly run: PaperRun;

  constructor(
    journal: PaperJournal,
    private readonly surroundings: Surroundings,
    fate: Fate = {},
  ) {
    this.run = new PaperRun(journal, surroundings, fate);
  }

  get journal(): PaperJournal {
    return this.run.journal;
  }

  *carryOut(decided: Exclude<Plan, AwaitStatusPlan>, intent: Intent, history: History): Writing<Ending> {
    switch (decided.kind) {
      case 'stale':
        return 'silent';
      case 'wait':
        yield* this.#note(intent, null);
        this.run.failure = decided.failure;
        return 'try-again';
      case 'nothing':
        this.#markDelete(intent);
        yield* this.#note(intent, journalled.revertedHashBy(intent, history));
        if (decided.settles === true) yield* this.#settle(intent);
        return 'SUCCESS';
      case 'begin-release':
        if (this.journal.isThere) yield* this.run.write(journalled.noteBegun(this.journal, intent as ReleaseIntent));
        return 'SUCCESS';
      case 'end-release':
        return yield* this.#endRelease(decided, intent as ReleaseIntent);
      case 'refuse-release':
        yield* this.#oweNoMore(decided.resumes);
        yield* this.run.write(journalled.revertsNothing(this.journal, intent.request.resource));
        return this.#fail(decided.failure);
      case 'resume':
        yield* this.#note(intent, journalled.revertedHashBy(intent, history));
        return yield* this.#resume(decided);
      case 'refused':
        yield* this.#note(intent, null);
        if (this.journal.isThere && intent.kind === 'update' && !journalled.isJournalled(intent, history))
          yield* this.run.write(journalled.begin(this.journal, intent, 'reverted'));
        return this.#fail(decided.failure);
      case 'forward':
        return yield* this.#forward(decided, intent as JournalledIntent, history);
      case 'revert':
        yield* this.#note(intent, journalled.revertedHashBy(intent, history));
        return yield* this.#revert(decided, intent);
      default:
        return decided satisfies never;
    }
  }

  #fail(why: Failure): 'FAILED' {
    this.run.failure = why;
    return 'FAILED';
  }

  *#note(intent: Intent, reverts: string | null): Writing<void> {
    if (this.journal.isThere && (intent.kind === 'update' || intent.kind === 'delete'))
      yield* this.run.write(journalled.noteRequest(this.journal, intent, reverts));
    if (this.journal.isThere && intent.kind === 'delete' && intent.request.resource.contractOf === undefined)
      yield* this.run.write(journalled.noteAllEnded(this.journal, intent.request));
  }

  *#settle({ request }: Intent): Writing<void> {
    if (this.journal.isThere) yield* this.run.write(journalled.settleBefore(this.journal, request));
  }

  /** A Delete whose Create CloudFormation did not wait for leaves its mark in any case. */
  #markDelete(intent: Intent): void {
    if (this.journal.isThere || intent.kind !== 'delete' || intent.physicalId.startsWith('aurora-migrations:')) return;
    this.run.journal = journalled.noteRequest({ ...this.journal, isThere: true }, intent, intent.release.hash);
  }

  *#endRelease({ settles, revert, keep, newest }: EndReleasePlan, intent: ReleaseIntent): Writing<Ending> {
    if (this.journal.isThere) yield* this.run.write(journalled.noteEnded(this.journal, intent));
    if (settles) yield* this.#settle(intent);
    if (revert.length + keep.length === 0 || newest === null) return 'SUCCESS';
    const forGood = { vouchedBy: [intent.release.digest], removedBy: null, isForGood: true };
    if (!(yield* this.run.revertRows(revert, forGood))) return 'FAILED';
    for (const row of keep) yield* this.run.put({ ...row, state: 'kept', irreversible: true });
    yield* this.#endReverted([...revert, ...keep]);
    return 'SUCCESS';
  }

  *#forward(decided: ForwardPlan, intent: JournalledIntent, history: History): Writing<Ending> {
    this.run.journal = { ...this.journal, isThere: true };
    if (decided.continues === null) {
      const isDone = isEmpty(decided);
      yield* this.run.write(journalled.begin(this.journal, intent, isDone ? 'applied' : 'running'));
      if (isDone) return 'SUCCESS';
    }
    const id = decided.continues?.id ?? this.journal.deployments[0]!.id;
    const vouchedBy = [this.surroundings.code.digest, ...(intent.kind === 'update' ? [intent.old.digest] : [])];
    const texts = new Map<string, string>(decided.apply.map(({ name, checksum }) => [name, checksum]));
    // What can be reverted is: to start over comes to the same.
    const isResumed = (row: HistoryRow): boolean =>
      row.irreversible && row.state === 'applying' && row.deployment === id && texts.get(row.name) === row.checksum;
    const first = decided.revertFirst.filter((row) => !isResumed(row));
    if (!(yield* this.run.revertRows(first, { vouchedBy, removedBy: null }))) {
      yield* this.run.write(journalled.end(this.journal, [id], 'failed', 'FAILED'));
      return 'FAILED';
    }
    yield* this.#oweNoMore(decided.takesOver);
    for (const { name } of decided.forget) yield* this.run.write(journalled.drop(this.journal, name));
    for (const { row, entry } of decided.adopt) {
      const taken = row.state === 'kept' ? id : row.deployment;
      yield* this.run.put({ ...row, state: 'applied', checksum: entry.checksum, deployment: taken, removedBy: null });
    }
    for (const entry of decided.apply)
      if (!(yield* this.run.apply(rowOf(entry, id, intent))))
        return yield* this.#revertOwn(id, vouchedBy, intent, history);
    if (!(yield* this.run.revertRows(decided.revert, { vouchedBy, removedBy: id })))
      return yield* this.#revertOwn(id, vouchedBy, intent, history);
    for (const row of decided.leaving) yield* this.run.put({ ...row, removedBy: id });
    yield* this.run.write(journalled.end(this.journal, [id], 'applied', 'SUCCESS'));
    return 'SUCCESS';
  }

  /** A deployment that fails reverts itself, and is told of what it failed at. */
  *#revertOwn(
    id: number,
    vouchedBy: readonly string[],
    { request: { resource } }: JournalledIntent,
    history: History,
  ): Writing<Ending> {
    const why = this.run.failure;
    yield* this.run.write(journalled.change(this.journal, [id], { status: 'reverting', error: why?.message ?? null }));
    const planned = revertOfRun({ id, resource, history }, this.journal.migrations);
    const isDone = (yield* this.run.revertPlanned(planned, vouchedBy)) && planned.held === null;
    if (isDone || planned.held !== null) this.run.failure = planned.held ?? why;
    yield* this.run.write(journalled.end(this.journal, [id], isDone ? 'reverted' : 'failed', 'FAILED'));
    return 'FAILED';
  }

  *#revert(decided: RevertPlan, intent: Intent): Writing<Ending> {
    const { vouchedBy, owes, held } = decided;
    if (isOfRelease(intent)) yield* this.run.write(journalled.noteEnded(this.journal, intent));
    const { issuedAt, resource } = intent.request;
    if (owes.length > 0)
      yield* this.run.write(journalled.owe(this.journal, idsOf(owes), issuedAt, intent.release.onRemoved));
    const ids = idsOf(decided.deployments);
    const isPart = owes.length > 0 || ids.length === 0;
    if (ids.length > 0) yield* this.run.write(journalled.change(this.journal, ids, { status: 'reverting' }));
    let isDone = yield* this.run.revertPlanned(decided, vouchedBy);
    if (isDone && !isPart && held !== null) {
      this.run.failure = held;
      isDone = false;
    }
    if (isDone) isDone = yield* this.run.takeEarly(decided.early, vouchedBy);
    if (isDone && !isPart) yield* this.#forget(ids);
    if (ids.length > 0) yield* this.run.write(journalled.end(this.journal, ids, isDone ? 'reverted' : 'failed', null));
    if (intent.kind !== 'update') yield* this.#endReverted([...decided.revert, ...decided.keep]);
    if (!isDone) return 'FAILED';
    if (decided.failure !== null) return this.#fail(decided.failure);
    const leavesRest = held !== null && isPart && intent.kind === 'delete' && resource.contractOf === undefined;
    if (isOfRelease(intent) || leavesRest) yield* this.#settle(intent);
    return 'SUCCESS';
  }

  *#endReverted(reverted: readonly HistoryRow[]): Writing<void> {
    const before = this.journal.deployments;
    const by = reverted.map(({ deployment }) => deployment);
    yield* this.run.write(journalled.endReverted(this.journal, ({ id }) => by.includes(id)));
    yield* this.#forget(idsOf(this.journal.deployments.filter((row) => !before.includes(row))));
  }

  /** What some deployments both applied and took away. */
  *#forget(ids: readonly number[]): Writing<void> {
    const isTheirs = (id: number | null): boolean => id !== null && ids.includes(id);
    for (const { name, state, removedBy, deployment } of this.journal.migrations)
      if (state === 'removed' && isTheirs(removedBy) && isTheirs(deployment))
        yield* this.run.write(journalled.drop(this.journal, name));
  }

  *#resume({ deployments, revert, reapply, vouchedBy }: ResumePlan): Writing<Ending> {
    yield* this.#oweNoMore(deployments);
    return (yield* this.run.revertPlanned({ revert, keep: [], reapply }, vouchedBy)) ? 'SUCCESS' : 'FAILED';
  }

  *#oweNoMore(rows: readonly { readonly id: number }[]): Writing<void> {
    if (rows.length > 0) yield* this.run.write(journalled.oweNoMore(this.journal, idsOf(rows)));
  }
}

function idsOf(rows: readonly { readonly id: number }[]): readonly number[] {
  return rows.map(({ id }) => id);
}

/** The row of a migration whose up has done one of its two steps. */
function rowOf(entry: ManifestEntry, deployment: number, { request: { resource } }: JournalledIntent): HistoryRow {
  const { name, checksum, steps, irreversible, phase } = entry;
  const { stackId, logicalId, contractOf = logicalId } = resource;
  const counts = { stepsDone: 1, stepsTotal: steps, stepLines: null, unchanged: 0, downStepsDone: 0, before: null };
  return {
    storedName: name,
    name,
    checksum,
    state: 'applying',
    ...counts,
    irreversible,
    contracts: phase === 'contract',
    deployment,
    owner: { stackId, logicalId: contractOf },
    removedBy: null,
  };
}
