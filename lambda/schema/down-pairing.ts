import { parentOf, tableOf, type DbObject, type Effect, type Of } from '../sql/db-object';
import { inOrder, type KnownObjects } from './known-objects';
import type { Snapshots, UpReplay } from './up-replay';

/**
 * What a down statement is to the up:
 * - `done`: it reverts what done steps did
 * - `missing`: so it does, or its objects are missing, which is as good
 * - `not-done`: leaving it leaves nothing over
 * - `cannot-be-paired`: neither is sure
 */
export type Match = 'done' | 'missing' | 'not-done' | 'cannot-be-paired';

/**
 * How one effect stands to the up: as in {@link Match}, and `needless` where it meets no object and says that this is
 * fine.
 */
type Verdict = 'done' | 'missing' | 'needless' | 'not-done' | 'unpaired';

/** Pairs the statements of a down, in their order, with what an up has done. */
export class DownPairing {
  readonly #replay: UpReplay;
  readonly #snapshots: Snapshots;
  /** What will be so when the statements matched so far have run. */
  readonly #known: KnownObjects;

  constructor(replay: UpReplay) {
    this.#replay = replay;
    this.#snapshots = replay.snapshots;
    this.#known = replay.known;
    this.#known.look(replay.snapshots.now);
  }

  /** Matches the next statement, and takes it as run if it is going to run. */
  match(effects: readonly Effect[]): Match {
    // What the server names is made along with what has a name: the index of a foreign key, say.
    const named = effects.filter(({ object }) => object.name !== '');
    const judged = named.length > 0 ? named : effects;
    const verdicts = new Set(judged.map((effect) => this.#judge(effect, effects)));
    if (verdicts.has('unpaired')) return 'cannot-be-paired';
    const isMissing = verdicts.has('missing');
    // A server that misses one of several objects refuses the statement for all of them.
    if (verdicts.has('done') && (verdicts.has('not-done') || isMissing)) return 'cannot-be-paired';
    if (verdicts.has('not-done')) return 'not-done';
    this.#follow(effects);
    // Of what was made nothing is tolerated: a server that refuses to drop it has not reverted it.
    if (verdicts.has('done')) return 'done';
    return isMissing || verdicts.has('needless') ? 'missing' : 'done';
  }

  #judge(effect: Effect, all: readonly Effect[]): Verdict {
    switch (effect.action) {
      case 'drop':
        return this.#judgeDrop(effect);
      case 'create':
        return effect.object.name === '' ? this.#judgeUnnamed(effect.object) : this.#judgeCreate(effect, all);
      case 'alter':
        return this.#judgeAlter(effect.object);
      case 'rename':
        return this.#judgeRename(effect, all);
      case 'data':
        return this.#judgeData(effect);
    }
  }

  #judgeDrop({ object: named, ifExists }: Of<'drop'>): Verdict {
    const object = this.#asItExists(named);
    const isMade = this.#replay.isMade(object) || this.#isRestored(object);
    if (!this.#mayExist(object)) {
      if (this.#stood(object) && !isMade) return 'not-done';
      // What was made has its old name still.
      if (this.#replay.unrenamed(object).some((old) => this.#replay.isMade(old))) return 'unpaired';
      return ifExists ? 'needless' : 'missing';
    }
    if (isMade) return 'done';
    // What nobody has read may have made it, too.
    if (this.#replay.hasUnknown && !this.#stood(object)) return 'unpaired';
    return this.#isNotDone(object, 'create') || this.#isAsItWas(object) ? 'not-done' : 'unpaired';
  }

  #judgeCreate({ object, ifNotExists, orReplace }: Of<'create'>, all: readonly Effect[]): Verdict {
    if (this.#isRestored(object)) return ifNotExists || orReplace || parentOf(object) ? 'done' : 'unpaired';
    const isGone = this.#known.is(object, 'gone') || this.#wentWithItsTable(object);
    if (isGone && this.#isFreedBy(all, object)) return 'done';
    if (!this.#mayExist(object)) return isGone ? 'done' : this.#notDoneOrUnpaired(object, 'drop');
    if (isGone && !this.#snapshots.isVisible(object)) return 'done';
    if (orReplace && (this.#known.is(object, 'altered') || this.#replay.isMade(object))) return 'done';
    return this.#isAsItWas(object) ? 'not-done' : this.#notDoneOrUnpaired(object, orReplace ? 'alter' : 'drop');
  }

  #judgeAlter(object: DbObject): Verdict {
    if (this.#replay.isMade(object) || this.#isRestored(object)) return 'done';
    if (!this.#mayExist(object)) return this.#stood(object) ? this.#notDoneOrUnpaired(object, 'alter') : 'missing';
    if (this.#known.is(object, 'altered')) return 'done';
    return this.#isAsItWas(object) ? 'not-done' : this.#notDoneOrUnpaired(object, 'alter');
  }

  #judgeRename({ object, to }: Of<'rename'>, all: readonly Effect[]): Verdict {
    const [from, target] = [this.#key(object), this.#key(to)];
    const isFree = !this.#snapshots.isVisible(to) || !this.#known.is(to, 'there') || this.#isFreedBy(all, to);
    if (this.#mayExist(object) && isFree && this.#known.origin(object) === target) return 'done';
    const isNotDone = this.#replay.notDone.some(
      (other) => other.action === 'rename' && this.#key(other.object) === target && this.#key(other.to) === from,
    );
    return isNotDone || (!this.#mayExist(object) && !this.#stood(object)) ? 'not-done' : 'unpaired';
  }

  /** Whether the same statement takes away what has the name. */
  #isFreedBy(all: readonly Effect[], object: DbObject): boolean {
    const isIt = (other: Effect): boolean => this.#key(other.object) === this.#key(object);
    return all.some((other) => (other.action === 'drop' || other.action === 'rename') && isIt(other));
  }

  #judgeData(effect: Of<'data'>): Verdict {
    const table = tableOf(effect.object);
    if (!table) return 'unpaired';
    if (this.#replay.isMade(table) || this.#isRestored(table)) return 'done';
    if (!this.#mayExist(table)) return this.#stood(table) || this.#isWrittenUnrenamed(table) ? 'unpaired' : 'missing';
    const verdict = effect.write === 'update' ? this.#judgeUpdate(effect, table) : this.#judgeRows(effect);
    // A table that would have been dropped still holds the rows that would be restored.
    const isKept = effect.write !== 'delete' && !this.#isWritten(table) && this.#isNotDone(table, 'drop');
    return verdict === 'unpaired' && isKept ? 'not-done' : verdict;
  }

  /** An UPDATE is paired column by column: filling an old column anew is not the reverse of having filled a new one. */
  #judgeUpdate(effect: Of<'data'>, table: DbObject): Verdict {
    const verdicts = (effect.columns ?? []).map((name): Verdict => {
      const column: DbObject = { kind: 'column', schema: table.schema, table: table.name, name };
      if (this.#replay.isMade(column) || this.#isRestored(column)) return 'done';
      if (!this.#mayExist(column) && !this.#stood(column))
        return this.#isWrittenUnrenamed(column) ? 'unpaired' : 'not-done';
      const verdict = this.#judgeRows({ ...effect, columns: [name] });
      // A column that would have been dropped still holds what it held.
      return verdict === 'unpaired' ? this.#notDoneOrUnpaired(column, 'drop') : verdict;
    });
    const [first = 'unpaired'] = verdicts;
    return verdicts.every((verdict) => verdict === first) ? first : 'unpaired';
  }

  #judgeRows(effect: Of<'data'>): Verdict {
    const isOfOne = (other: Effect): boolean =>
      other.action === 'data' && this.#key(other.object) === this.#key(effect.object) && revertsWrite(effect, other);
    const wasDone = this.#replay.writes.some(isOfOne);
    const wasNotDone = this.#replay.notDone.some(isOfOne);
    // Rows of which some were written and some not cannot be told apart by a statement's text. Nor is it known whose rows
    // were written by what nobody has read.
    if (wasDone === wasNotDone || (wasNotDone && this.#replay.hasUnknown)) return 'unpaired';
    return wasDone ? 'done' : 'not-done';
  }

  #isWritten(table: DbObject): boolean {
    const rows = this.#key({ ...table, kind: 'rows' });
    return this.#replay.writes.some(({ object }) => this.#key(object) === rows);
  }

  /** Whether done steps wrote rows of a table or column that has its old name still, since its renaming was not done. */
  #isWrittenUnrenamed(object: DbObject): boolean {
    return this.#replay
      .unrenamed(object)
      .some((old) => (old.kind === 'column' ? this.#isColumnWritten(old) : this.#isWritten(old)));
  }

  #isColumnWritten({ schema, table = '', name }: DbObject): boolean {
    const rows = this.#key({ kind: 'rows', schema, name: table });
    const isIt = (column: string): boolean => column.toLowerCase() === name.toLowerCase();
    return this.#replay.writes.some(
      ({ object, write, columns = [] }) => this.#key(object) === rows && (write === 'replace' || columns.some(isIt)),
    );
  }

  /** An index or constraint without a name, alone in its statement. */
  #judgeUnnamed(object: DbObject): Verdict {
    const table = tableOf(object);
    if (!table) return 'unpaired';
    if (this.#replay.isMade(table) || this.#isRestored(table) || this.#known.is(table, 'thinned')) return 'done';
    const isNotDone = this.#replay.notDone.some(({ action, object: other }) => {
      const owner = tableOf(other);
      return action === 'drop' && other.kind === object.kind && owner && this.#key(owner) === this.#key(table);
    });
    return isNotDone ? 'not-done' : 'unpaired';
  }

  /** DROP CONSTRAINT may mean a unique index. */
  #asItExists(object: DbObject): DbObject {
    const index: DbObject = { ...object, kind: 'index' };
    const isIndex = object.kind === 'constraint' && !this.#mayExist(object) && this.#known.is(index, 'there');
    return isIndex ? index : object;
  }

  /** False where the object is known not to be there. */
  #mayExist(object: DbObject): boolean {
    return !this.#snapshots.isVisible(object) || this.#known.is(object, 'there');
  }

  #stood(object: DbObject): boolean {
    return this.#snapshots.before.has(this.#key(object));
  }

  /** True for what stood before and no done step has touched: to leave it is to leave it as it was. */
  #isAsItWas(object: DbObject): boolean {
    const isMoved = this.#known.origin(object) !== undefined;
    const isTouched =
      this.#known.is(object, 'altered') || this.#known.is(object, 'gone') || isMoved || this.#replay.isMade(object);
    return this.#snapshots.isBeforeKnown && this.#stood(object) && !this.#replay.hasUnknown && !isTouched;
  }

  /** A dropped table takes its triggers along, a dropped column its indexes. */
  #wentWithItsTable(object: DbObject): boolean {
    const table = parentOf(object);
    if (!table || !this.#snapshots.isBeforeKnown || !this.#stood(object)) return false;
    return this.#known.is(table, 'gone') || this.#known.is(table, 'thinned');
  }

  #notDoneOrUnpaired(object: DbObject, action: Effect['action']): Verdict {
    return this.#isNotDone(object, action) ? 'not-done' : 'unpaired';
  }

  /** True where a step that was not done would have had this effect on the object, or on the table that it is a part of. */
  #isNotDone(object: DbObject, action: Effect['action']): boolean {
    const table = parentOf(object);
    const keys = new Set([this.#key(object), ...(table ? [this.#key(table)] : [])]);
    return this.#replay.notDone.some((effect) => {
      if (effect.action === 'rename') {
        if (action === 'create') return keys.has(this.#key(effect.to));
        return keys.has(this.#key(effect.object));
      }
      return keys.has(this.#key(effect.object)) && (effect.action === action || action === 'alter');
    });
  }

  #isRestored(object: DbObject): boolean {
    const table = tableOf(object);
    return this.#known.is(object, 'restored') || (table !== undefined && this.#known.is(table, 'restored'));
  }

  #follow(effects: readonly Effect[]): void {
    const { dropsAndAlters, renames, createsAndData, tableRenames } = inOrder(effects);
    for (const { action, object } of dropsAndAlters) if (action === 'drop') this.#known.forget(object);
    this.#replay.rename(renames);
    for (const { action, object } of createsAndData) {
      if (action === 'create') this.#known.note(object, 'there', 'restored');
    }
    this.#replay.rename(tableRenames);
  }

  #key(object: DbObject): string {
    return this.#snapshots.key(object);
  }
}

/** True where a down's change of rows can be what reverts an up's. */
function revertsWrite(down: Of<'data'>, up: Of<'data'>): boolean {
  if (up.write === 'replace' || down.write === 'replace') return true;
  switch (down.write) {
    case 'insert':
      return up.write === 'delete';
    case 'delete':
      return up.write === 'insert';
    case 'update': {
      const set = new Set(up.columns?.map((name) => name.toLowerCase()));
      return up.write === 'update' && (down.columns ?? []).some((name) => set.has(name.toLowerCase()));
    }
  }
}
