import type { DeploymentRow, DeploymentStatus, History, HistoryRow } from '../../lambda/plan/history';
import { sameConstruct, sameResource } from '../../lambda/plan/history';
import type { Intent, ReleaseIntent } from '../../lambda/plan/intent';
import { isEmpty, plan } from '../../lambda/plan/plan';
import { planRevert } from '../../lambda/plan/plan-revert';
import { isStillWhole } from '../../lambda/plan/plan-revert';
import type { Manifest } from '../../lambda/manifest/types';
import { PaperTables } from './paper-database-tables';
import { deployment } from './releases';
import type { ForwardPlan, Plan, RevertPlan } from '../../lambda/plan/plan-types';

/** What befalls an attempt. Migrations are counted from 0: those applied, then those removed or applied again. */
export interface Fate {
  readonly failsAt?: number;
  readonly diesAt?: number;
  readonly diesUndoingAt?: number;
  readonly failsUndoingAt?: number;
  /** A down that fails or dies has done nothing yet. */
  readonly atFirstStep?: boolean;
}

export type Ending = 'SUCCESS' | 'FAILED' | 'silent' | 'try-again' | 'died';

/** A journal and an engine on paper: they do to history and tables what the real ones do when they carry out a plan. */
export class PaperDatabase {
  migrations: readonly HistoryRow[] = [];
  /** Newest first. */
  deployments: readonly DeploymentRow[] = [];
  readonly tables = new PaperTables();
  #newestRequestAt = 0;
  #revertedThen: readonly string[] = [];

  history({ request }: Intent): History {
    const ours = this.deployments.some(({ resource }) => sameConstruct(resource, request.resource));
    return {
      migrations: this.migrations,
      deployments: this.deployments,
      newestRequestAt: ours ? this.#newestRequestAt : 0,
      releases: [],
      revertedThen: ours ? this.#revertedThen : [],
    };
  }

  /** `0001 applied 0002 kept`, in order of application; without what was removed. */
  get journal(): string {
    const rows = this.migrations.filter(({ state }) => state !== 'removed');
    return rows.map(({ name, state }) => `${name} ${state}`).join(' ');
  }

  /** One invocation of the function. `onAwait`: what arrives while it waits for a status of the stack. */
  handle(
    intent: Intent,
    code: Manifest,
    now: number,
    fate: Fate = {},
    onAwait?: () => void,
  ): { readonly plan: Plan; readonly ending: Ending } {
    const first = plan(intent, code, this.history(intent), true);
    if (first.kind === 'await-status') onAwait?.();
    const decided = first.kind === 'await-status' ? plan(intent, code, this.history(intent)) : first;
    return { plan: first, ending: this.#carryOut(decided, intent, now, fate) };
  }

  /** A status of the stack, as `engine/settle.ts` notes it. */
  note(status: string, at: number): void {
    const hasBegun = (row: DeploymentRow): boolean => row.issuedAt <= at;
    const newestOnes = this.deployments.filter(
      ({ resource }, index, rows) => rows.findIndex((row) => sameResource(row.resource, resource)) === index,
    );
    for (const newest of newestOnes.filter(hasBegun)) {
      const isNewer = newest.stackStatusAt === null || newest.stackStatusAt <= at;
      this.#change(newest.id, {
        ...(isNewer ? { stackStatus: status, stackStatusAt: at } : {}),
      });
    }
    if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') return;
    for (const row of this.deployments) {
      if (row.status === 'applied' && row.settledAt === null && hasBegun(row)) this.#change(row.id, { settledAt: at });
    }
    const settled = new Set(this.deployments.filter(({ settledAt }) => settledAt !== null).map(({ id }) => id));
    this.migrations = this.migrations.filter((row) => row.state !== 'removed' || !settled.has(row.removedBy ?? 0));
  }

  #carryOut(decided: Plan, intent: Intent, now: number, fate: Fate): Ending {
    switch (decided.kind) {
      case 'stale':
        return 'silent';
      case 'wait':
        this.#noteRequest(intent);
        return 'try-again';
      case 'nothing':
        this.#noteRequest(intent, this.#revertedHashOf(intent));
        return 'SUCCESS';
      case 'refuse':
        this.#noteRequest(intent);
        if (intent.kind === 'update' && !this.#hasRow(intent)) {
          this.#end([this.#begin(intent, now)], 'reverted', now, 'FAILED');
        }
        return 'FAILED';
      case 'forward':
        return this.#forward(decided, intent, now, fate);
      case 'revert':
        this.#noteRequest(intent, this.#revertedHashOf(intent));
        return this.#revert(decided, now, fate);
      case 'resume':
      case 'begin-release':
      case 'end-release':
      case 'refuse-release':
      case 'await-status':
        throw new Error('nobody waits any more');
      default:
        return decided satisfies never;
    }
  }

  #forward(decided: ForwardPlan, intent: Intent, now: number, fate: Fate): Ending {
    const id = decided.continues?.id ?? this.#begin(intent, now);
    if (decided.continues === null && isEmpty(decided)) return this.#end([id], 'applied', now, 'SUCCESS');
    for (const row of decided.revertFirst) this.#takeDown(row);
    for (const { storedName } of decided.forget) this.#drop(storedName);
    for (const { row, entry } of decided.adopt) {
      const taken = row.state === 'kept' ? id : row.deployment;
      this.#replace({ ...row, state: 'applied', checksum: entry.checksum, deployment: taken });
    }
    const applied = decided.apply.length;
    for (const [index, entry] of decided.apply.entries()) {
      const { name, checksum, steps, irreversible, phase } = entry;
      const counts = { stepsDone: 1, stepsTotal: steps, downStepsDone: 0, before: null };
      const { stackId, logicalId, contractOf = logicalId } = intent.request.resource;
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
      if (this.migrations.some(({ storedName }) => storedName === name)) throw new Error(`${name} has a row already`);
      this.migrations = [...this.migrations, { ...row, state: 'applying' }];
      this.tables.begin(name, checksum);
      if (fate.diesAt === index) return 'died';
      if (fate.failsAt === index) return this.#undo(id, now, fate);
      this.tables.finish(name);
      this.#replace({ ...row, state: 'applied', stepsDone: steps });
    }
    for (const [index, row] of decided.revert.entries()) {
      const begun: HistoryRow = { ...row, removedBy: id };
      if (fate.diesAt === applied + index || fate.failsAt === applied + index) this.#begunDown(begun, fate);
      if (fate.diesAt === applied + index) return 'died';
      if (fate.failsAt === applied + index) return this.#undo(id, now, fate);
      this.#takeDown(begun);
    }
    return this.#end([id], 'applied', now, 'SUCCESS');
  }

  #undo(id: number, now: number, fate: Fate): Ending {
    this.#change(id, { status: 'reverting' });
    const ending = this.#takeBack(planRevert(new Set([id]), this.migrations), fate);
    if (ending === 'died') return 'died';
    return this.#end([id], ending === 'SUCCESS' ? 'reverted' : 'failed', now, 'FAILED');
  }

  #revert(decided: RevertPlan, now: number, fate: Fate): Ending {
    const ids = decided.deployments.map(({ id }) => id);
    for (const id of ids) this.#change(id, { status: 'reverting' });
    const ending = this.#takeBack(decided, fate);
    if (ending === 'died') return 'died';
    this.#end(ids, ending === 'SUCCESS' ? 'reverted' : 'failed', now, null);
    return decided.failure === null ? ending : 'FAILED';
  }

  #takeBack(
    { revert, keep, reapply }: Pick<RevertPlan, 'revert' | 'keep' | 'reapply'>,
    fate: Fate,
  ): 'SUCCESS' | 'FAILED' | 'died' {
    for (const [index, row] of revert.entries()) {
      if (index === fate.diesUndoingAt || index === fate.failsUndoingAt) {
        this.#begunDown(row, fate);
        return index === fate.diesUndoingAt ? 'died' : 'FAILED';
      }
      this.#takeDown(row);
    }
    for (const row of keep) this.#replace({ ...row, state: 'kept', irreversible: true });
    for (const [index, row] of reapply.entries()) {
      if (isStillWhole(row)) {
        this.#replace({ ...row, state: 'applied', removedBy: null });
        continue;
      }
      if (row.state !== 'applying') this.tables.begin(row.name, row.checksum);
      this.#replace({ ...row, state: 'applying', downStepsDone: 0 });
      const at = revert.length + index;
      if (at === fate.diesUndoingAt || at === fate.failsUndoingAt) return at === fate.diesUndoingAt ? 'died' : 'FAILED';
      this.tables.finish(row.name);
      this.#replace({ ...row, state: 'applied', downStepsDone: 0, removedBy: null });
    }
    return 'SUCCESS';
  }

  /** A down that does not get to its end. */
  #begunDown(row: HistoryRow, { atFirstStep = false }: Fate): void {
    const downStepsDone = atFirstStep ? row.downStepsDone : 1;
    this.#replace({ ...row, state: 'reverting', downStepsDone });
    if (downStepsDone > 0) this.tables.tear(row.name);
  }

  /** Runs a down. What a release removed keeps its row. */
  #takeDown(row: HistoryRow): void {
    this.tables.drop(row.name);
    if (row.removedBy === null) this.#drop(row.storedName);
    else this.#replace({ ...row, state: 'removed', downStepsDone: 0 });
  }

  #begin(intent: Intent, now: number): number {
    const id = this.deployments.length + 1;
    const row = deployment(intent as Exclude<Intent, ReleaseIntent>, {
      id,
      status: 'running',
      answered: null,
      startedAt: now,
      endedAt: null,
    });
    this.deployments = [row, ...this.deployments];
    if (intent.request.issuedAt > this.#newestRequestAt) this.#revertedThen = [];
    this.#newestRequestAt = Math.max(this.#newestRequestAt, intent.request.issuedAt);
    return id;
  }

  #end(ids: readonly number[], status: DeploymentStatus, now: number, answered: 'SUCCESS' | 'FAILED' | null): Ending {
    for (const id of ids) this.#change(id, { status, endedAt: now + 1000, ...(answered === null ? {} : { answered }) });
    return answered ?? 'SUCCESS';
  }

  /** A resource without a row gets one that stands for no deployment. */
  #noteRequest(intent: Intent, reverts: string | null = null): void {
    const { request } = intent;
    const isOurs = ({ resource }: DeploymentRow): boolean => sameResource(resource, request.resource);
    if (!this.deployments.some(isOurs)) {
      const type = intent.kind === 'delete' ? 'Delete' : 'Update';
      const mark = { id: this.deployments.length + 1, status: 'reverted', oldHash: null, newHash: null } as const;
      this.deployments = [
        deployment(intent as Exclude<Intent, ReleaseIntent>, { ...mark, type, answered: null }),
        ...this.deployments,
      ];
    }
    if (request.issuedAt > this.#newestRequestAt) this.#revertedThen = [];
    if (reverts !== null) this.#revertedThen = [...this.#revertedThen, reverts];
    this.#newestRequestAt = Math.max(this.#newestRequestAt, request.issuedAt);
    for (const { id, status, issuedAt } of this.deployments.filter(isOurs)) {
      if (status === 'running' && issuedAt < request.issuedAt) this.#change(id, { cancelled: true });
    }
  }

  #revertedHashOf(intent: Intent): string | null {
    if (this.#hasRow(intent)) return null;
    return intent.kind === 'update' ? intent.old.hash : intent.release.hash;
  }

  #hasRow({ request }: Intent): boolean {
    return this.deployments.some(
      (row) =>
        sameResource(row.resource, request.resource) &&
        row.requestId === request.requestId &&
        row.issuedAt === request.issuedAt,
    );
  }

  #change(id: number, more: Partial<DeploymentRow>): void {
    this.deployments = this.deployments.map((row) => (row.id === id ? { ...row, ...more } : row));
  }

  #replace(changed: HistoryRow): void {
    this.migrations = this.migrations.map((row) => (row.storedName === changed.storedName ? changed : row));
  }

  #drop(storedName: string): void {
    this.migrations = this.migrations.filter((row) => row.storedName !== storedName);
  }
}
