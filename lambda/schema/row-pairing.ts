import { tableOf, type DbObject, type Effect, type Of } from '../sql/db-object';
import { partOf } from '../sql/table-elements';
import type { KnownObjects } from './known-objects';
import type { ObjectHistory, Verdict } from './object-history';
import { REVERTED_BY, type UpReplay } from './up-replay';

/** Pairs what a down does to rows with what an up has done to them. */
export class RowPairing {
  readonly #history: ObjectHistory;
  readonly #replay: UpReplay;
  readonly #known: KnownObjects;

  constructor(history: ObjectHistory) {
    this.#history = history;
    this.#replay = history.replay;
    this.#known = history.replay.known;
  }

  judge(effect: Of<'data'>): Verdict {
    const table = tableOf(effect.object);
    if (!table) return 'unpaired';
    // Its rows go with it. What was not done need not be reverted all the same: a later statement may read them.
    if (this.#replay.isMade(table) || this.#history.isRestored(table)) {
      const { wasDone, wasNotDone } = this.#writesRevertedBy(effect);
      return wasNotDone && !wasDone ? 'not-done' : 'done';
    }
    if (!this.#history.mayExist(table))
      return this.#history.stood(table) || this.#isWrittenUnrenamed(table) ? 'unpaired' : 'missing';
    const verdict = effect.write === 'update' ? this.#judgeUpdate(effect, table) : this.#judgeRows(effect, table);
    // A table that would have been dropped still holds the rows that would be restored.
    const isKept =
      effect.write !== 'delete' && this.#writesOf(table).length === 0 && this.#history.isNotDone(table, 'drop');
    return verdict === 'unpaired' && isKept && !this.#mayBeOthers(effect, table) ? 'not-done' : verdict;
  }

  /** An UPDATE is paired column by column: filling an old column anew is not the reverse of having filled a new one. */
  #judgeUpdate(effect: Of<'data'>, table: DbObject): Verdict {
    // What columns a view has, no snapshot tells, nor those of a table that the user may not see.
    const isHidden = !this.#known.partsOf(table, 'column').some(([, facts]) => facts.has('there'));
    const verdicts = (effect.columns ?? []).map((name): Verdict => {
      const column = partOf(table)('column', name);
      if (this.#replay.isMade(column) || this.#history.isRestored(column)) return 'done';
      if (!isHidden && !this.#history.mayExist(column) && !this.#history.stood(column))
        return this.#isWrittenUnrenamed(column) ? 'unpaired' : 'not-done';
      const ofOne = { ...effect, columns: [name] };
      const verdict = this.#judgeRows(ofOne, table);
      // A column that would have been dropped still holds what it held.
      const isKept = this.#history.mayExist(column) && !this.isWritten(column) && !this.#mayBeOthers(ofOne, table);
      return verdict === 'unpaired' && isKept ? this.#history.notDoneOrUnpaired(column, 'drop') : verdict;
    });
    const [first = 'unpaired'] = verdicts;
    return verdicts.every((verdict) => verdict === first) ? first : 'unpaired';
  }

  #judgeRows(effect: Of<'data'>, table: DbObject): Verdict {
    const { wasDone, wasNotDone } = this.#writesRevertedBy(effect);
    // Rows of which some were written and some not cannot be told apart by a statement's text.
    if (wasDone === wasNotDone) return 'unpaired';
    const isMixed = wasDone ? this.#replay.mayHaveWritten('not-done', effect) : this.#mayBeOthers(effect, table);
    if (isMixed) return 'unpaired';
    return wasDone ? 'done' : 'not-done';
  }

  #writesRevertedBy(effect: Of<'data'>): { readonly wasDone: boolean; readonly wasNotDone: boolean } {
    const isOfOne = (other: Effect): boolean =>
      other.action === 'data' && this.#key(other.object) === this.#key(effect.object) && revertsWrite(effect, other);
    return { wasDone: this.#replay.writes.some(isOfOne), wasNotDone: this.#replay.notDone.some(isOfOne) };
  }

  /** Whether done steps may have changed what a down would write here, though their texts do not say so. */
  #mayBeOthers(effect: Of<'data'>, table: DbObject): boolean {
    const { write, columns } = effect;
    if (this.#replay.mayHaveWritten('done', effect)) return true;
    if (write === 'delete') return false;
    // Whole rows bring back, too, what a column has lost.
    if (!columns)
      return this.#known.partsOf(table, 'column').some(([, facts]) => facts.has('converted') || facts.has('restored'));
    return columns.some((name) => {
      const column = partOf(table)('column', name);
      return this.#known.is(column, 'converted') || this.#isSetByUpdates(column, table);
    });
  }

  /** Whether done steps have changed a column by updating others of its table. */
  #isSetByUpdates(column: DbObject, table: DbObject): boolean {
    const line = this.#replay.snapshots.now.get(this.#key(column))?.line ?? '';
    return line.includes(' ON UPDATE ') && this.#writesOf(table).some(({ write }) => /update|replace/.test(write));
  }

  /** Whether done steps wrote rows of a table or column that has its old name still, since its renaming was not done. */
  #isWrittenUnrenamed(object: DbObject): boolean {
    return this.#replay
      .unrenamed(object)
      .some((old) => (old.kind === 'column' ? this.isWritten(old) : this.#writesOf(old).length > 0));
  }

  /** Whether done steps have written values of a column. */
  isWritten(column: DbObject): boolean {
    const isIt = (name: string): boolean => name.toLowerCase() === column.name.toLowerCase();
    const writes = this.#writesOf({ ...column, name: column.table ?? '' });
    return writes.some(({ write, columns = [] }) => write === 'replace' || columns.some(isIt));
  }

  /** What done steps did to the rows of a table. */
  #writesOf(table: DbObject): readonly Of<'data'>[] {
    const rows = this.#key({ ...table, kind: 'rows' });
    return this.#replay.writes.filter(({ object }) => this.#key(object) === rows);
  }

  #key(object: DbObject): string {
    return this.#replay.snapshots.key(object);
  }
}

/** True where a down's change of rows can be what reverts an up's. */
function revertsWrite(down: Of<'data'>, up: Of<'data'>): boolean {
  if (up.write === 'replace') return true;
  if (down.write !== 'update') return REVERTED_BY[down.write].some((write) => write === up.write);
  const set = new Set(up.columns?.map((name) => name.toLowerCase()));
  return up.write === 'update' && (down.columns ?? []).some((name) => set.has(name.toLowerCase()));
}
