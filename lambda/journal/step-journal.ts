import { storedMark, type Mark } from '../plan/mark';

/** Journals the steps of one migration. */
export interface StepJournal {
  /** False: somebody wants the run to stop. What has not begun must not, and what can be is to be rolled back. */
  note(event: StepEvent): Promise<boolean>;
  /** For DML steps. */
  readonly transaction: Transaction;
}

/**
 * What becomes of the steps of a migration, of which `done` are done:
 * - `begins`: the next one does, which is none of DML in our transaction
 * - `done`: nothing but this would show it
 * - `finished`: they are all. `isShown`: the last one's mark shows it, so that this may be written later
 * - `stands`: exactly so many, and none is in doubt; true in any case
 */
export type StepEvent =
  | { readonly kind: 'begins'; readonly done: number; readonly mark: Mark }
  | { readonly kind: 'done'; readonly done: number }
  | { readonly kind: 'finished'; readonly done: number; readonly isShown: boolean }
  | { readonly kind: 'stands'; readonly done: number };

/** What the column `before` says from then on; null: no step is in doubt. */
export function markIn(event: StepEvent): string | null {
  return event.kind === 'begins' ? storedMark(event.mark) : null;
}

/** The transaction in which DML steps and their journal write are one. */
export interface Transaction {
  begin(): Promise<void>;
  /** Journals what became of its steps, and commits. False: they may not be done, and none of them is left. */
  end(event: StepEvent & { readonly kind: 'done' | 'finished' }): Promise<boolean>;
  /** True where steps of other migrations were rolled back with it. */
  rollBack(): Promise<boolean>;
}
