import type { DeploymentRow, DeploymentStatus, History, HistoryRow } from '../../lambda/plan/history';
import { sameResource } from '../../lambda/plan/history';
import type { Intent } from '../../lambda/plan/intent';
import { isEmpty, plan, planUndo, type ForwardPlan, type Plan, type RevertPlan } from '../../lambda/plan/plan';
import type { Manifest } from '../../lambda/plan/types';
import { deployment } from './releases';

/** What befalls a run: the migration (counted from 0) at which it fails or dies, and whether it dies while it undoes. */
export interface Fate {
  readonly failsAt?: number;
  readonly diesAt?: number;
  readonly diesUndoing?: boolean;
}

export type Ending = 'SUCCESS' | 'FAILED' | 'silent' | 'try-again' | 'died';

/** A journal and an engine on paper: they do to history what the real ones do when they carry out a plan. */
export class PaperDatabase {
  migrations: readonly HistoryRow[] = [];
  /** Newest first. */
  deployments: readonly DeploymentRow[] = [];
  #newestRequestAt = 0;

  history({ request }: Intent): History {
    const ours = this.deployments.some(({ resource }) => sameResource(resource, request.resource));
    return {
      migrations: this.migrations,
      deployments: this.deployments,
      newestRequestAt: ours ? this.#newestRequestAt : 0,
    };
  }

  /** `0001 applied 0002 kept`, in order of application. */
  get schema(): string {
    return this.migrations.map(({ name, state }) => `${name} ${state}`).join(' ');
  }

  /** One invocation of the function. */
  handle(
    intent: Intent,
    code: Manifest,
    now: number,
    fate: Fate = {},
  ): { readonly plan: Plan; readonly ending: Ending } {
    const decided = plan(intent, code, this.history(intent), now);
    return { plan: decided, ending: this.#carryOut(decided, intent, now, fate) };
  }

  /** A status of the stack. */
  note(status: string, at: number): void {
    const [newest] = this.deployments;
    const hasBegun = (row: DeploymentRow): boolean => row.startedAt <= at + 10_000;
    if (newest !== undefined && hasBegun(newest)) {
      const isNewer = newest.stackStatusAt === null || newest.stackStatusAt <= at;
      this.#change(newest.id, {
        sawFailure: newest.sawFailure || status.includes('ROLLBACK') || status.endsWith('_FAILED'),
        ...(isNewer ? { stackStatus: status, stackStatusAt: at } : {}),
      });
    }
    if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') return;
    for (const row of this.deployments) {
      if (row.status === 'applied' && row.settledAt === null && hasBegun(row)) this.#change(row.id, { settledAt: at });
    }
  }

  #carryOut(decided: Plan, intent: Intent, now: number, fate: Fate): Ending {
    switch (decided.kind) {
      case 'stale':
        return 'silent';
      case 'wait':
        return 'try-again';
      case 'nothing':
        this.#noteRequest(intent);
        return 'SUCCESS';
      case 'refuse':
        this.#noteRequest(intent);
        return 'FAILED';
      case 'forward':
        return this.#forward(decided, intent, now, fate);
      case 'revert':
        this.#noteRequest(intent);
        return this.#revert(decided, now, fate);
      default:
        return decided satisfies never;
    }
  }

  #forward(decided: ForwardPlan, intent: Intent, now: number, fate: Fate): Ending {
    const id = decided.continues?.id ?? this.#begin(intent, now);
    if (decided.continues === null && isEmpty(decided)) return this.#end(id, 'applied', now, 'SUCCESS');
    this.#drop(decided.undo);
    for (const { row, entry } of decided.adopt) {
      this.#replace({
        ...row,
        state: 'applied',
        checksum: entry.checksum,
        deployment: row.state === 'kept' ? id : row.deployment,
      });
    }
    for (const [index, entry] of decided.apply.entries()) {
      const { name, checksum, steps, irreversible } = entry;
      const counts = { stepsDone: 1, stepsTotal: steps, downStepsDone: 0, before: null };
      const row: HistoryRow = {
        storedName: name,
        name,
        checksum,
        state: 'applying',
        ...counts,
        irreversible,
        deployment: id,
        owner: intent.request.resource,
      };
      this.migrations = [...this.migrations, row];
      if (fate.diesAt === index) return 'died';
      if (fate.failsAt === index) return this.#undo(id, now, fate);
      this.#replace({ ...row, state: 'applied', stepsDone: steps });
    }
    this.#drop(decided.revert);
    return this.#end(id, 'applied', now, 'SUCCESS');
  }

  #undo(id: number, now: number, fate: Fate): Ending {
    this.#change(id, { status: 'reverting' });
    const { revert, keep } = planUndo(id, this.migrations);
    if (!this.#takeBack(revert, keep, fate)) return 'died';
    return this.#end(id, 'reverted', now, 'FAILED');
  }

  #revert({ deployment: { id }, revert, keep, failure }: RevertPlan, now: number, fate: Fate): Ending {
    this.#change(id, { status: 'reverting' });
    if (!this.#takeBack(revert, keep, fate)) return 'died';
    this.#end(id, 'reverted', now, null);
    return failure === null ? 'SUCCESS' : 'FAILED';
  }

  #takeBack(revert: readonly HistoryRow[], keep: readonly HistoryRow[], fate: Fate): boolean {
    const [first, ...rest] = revert;
    if (fate.diesUndoing === true && first !== undefined) {
      const [second] = rest;
      if (second === undefined) this.#replace({ ...first, state: 'reverting' });
      else this.#drop([first]);
      return false;
    }
    this.#drop(revert);
    for (const row of keep) this.#replace({ ...row, state: 'kept' });
    return true;
  }

  #begin(intent: Intent, now: number): number {
    const id = this.deployments.length + 1;
    const row = deployment(intent, { id, status: 'running', answered: null, startedAt: now, endedAt: null });
    this.deployments = [row, ...this.deployments];
    this.#newestRequestAt = Math.max(this.#newestRequestAt, intent.request.issuedAt);
    return id;
  }

  #end(id: number, status: DeploymentStatus, now: number, answered: 'SUCCESS' | 'FAILED' | null): Ending {
    this.#change(id, { status, endedAt: now + 1000, ...(answered === null ? {} : { answered }) });
    return answered ?? 'SUCCESS';
  }

  #noteRequest({ request }: Intent): void {
    this.#newestRequestAt = Math.max(this.#newestRequestAt, request.issuedAt);
    for (const { id, status, issuedAt } of this.deployments) {
      if (status === 'running' && issuedAt < request.issuedAt) this.#change(id, { cancelled: true });
    }
  }

  #change(id: number, more: Partial<DeploymentRow>): void {
    this.deployments = this.deployments.map((row) => (row.id === id ? { ...row, ...more } : row));
  }

  #replace(changed: HistoryRow): void {
    this.migrations = this.migrations.map((row) => (row.storedName === changed.storedName ? changed : row));
  }

  #drop(rows: readonly HistoryRow[]): void {
    const names = new Set(rows.map(({ storedName }) => storedName));
    this.migrations = this.migrations.filter(({ storedName }) => !names.has(storedName));
  }
}
