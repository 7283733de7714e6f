import { parentOf, tableOf, type DbObject, type Effect, type Of } from '../sql/db-object';
import { inOrder, type KnownObjects } from './known-objects';
import { ObjectHistory, type Verdict } from './object-history';
import { RowPairing } from './row-pairing';
import { noteUnnamedChanges } from './unnamed-changes';
import type { Snapshots, UpReplay } from './up-replay';

/**
 * What a down statement is to the up:
 * - `done`: it reverts what done steps did
 * - `missing`: so it does, or its objects are missing, which is as good
 * - `not-done`: leaving it leaves nothing over
 * - `cannot-be-paired`: neither is sure
 */
export type Match = 'done' | 'missing' | 'not-done' | 'cannot-be-paired';

/** Pairs the statements of a down, in their order, with what an up has done. */
export class DownPairing {
  readonly #replay: UpReplay;
  readonly #snapshots: Snapshots;
  /** What will be so when the statements matched so far have run. */
  readonly #known: KnownObjects;
  readonly #history: ObjectHistory;
  readonly #rows: RowPairing;

  constructor(replay: UpReplay) {
    this.#replay = replay;
    this.#snapshots = replay.snapshots;
    this.#known = replay.known;
    this.#history = new ObjectHistory(replay);
    this.#rows = new RowPairing(this.#history);
    noteUnnamedChanges(replay);
    this.#known.look(replay.snapshots.now.keys());
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

  /**
   * Whether to leave a statement, as one whose step was not done, leaves something over all the same: it would have made anew
   * what done steps have changed. To be asked when all statements were matched, since a later one may revert that.
   */
  leavesChanges(effects: readonly Effect[]): boolean {
    return effects.some(({ action, object }) => {
      if (action === 'create') return this.#history.isStillChanged(object);
      return action === 'alter' && object.kind === 'table' && this.#history.hasChangedParts(object, 'partition');
    });
  }

  /**
   * Whether a step that was not done would have made what a statement drops out of what a done step made, as parts of a partition: by
   * dropping the one alone, the other stays. To be asked when all statements were matched, since a later one may drop that.
   */
  leavesFormer(effects: readonly Effect[], notDone: readonly Effect[]): boolean {
    const makes = (object: DbObject): boolean =>
      notDone.some((other) => other.action === 'create' && this.#key(other.object) === this.#key(object));
    const stays = ({ action, object }: Effect): boolean =>
      action === 'drop' && this.#known.is(object, 'made') && this.#known.is(object, 'there');
    return notDone.some(stays) && effects.some(({ action, object }) => action === 'drop' && makes(object));
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
        return this.#rows.judge(effect);
    }
  }

  #judgeDrop({ object: named, ifExists }: Of<'drop'>): Verdict {
    const object = this.#asItExists(named);
    // Tables and views share their names: a view that was to take a table's place does not stand there.
    const isOther =
      this.#snapshots.now.get(this.#key(object))?.object.kind === (object.kind === 'view' ? 'table' : 'view');
    if (isOther && this.#history.isNotDone(object, 'create')) return 'not-done';
    const isMade = this.#replay.isMade(object) || this.#history.isRestored(object);
    if (!this.#history.mayExist(object)) {
      if (this.#history.stood(object) && !isMade) return 'not-done';
      // What was made has its old name still.
      if (this.#replay.unrenamed(object).some((old) => this.#replay.isMade(old))) return 'unpaired';
      return ifExists ? 'needless' : 'missing';
    }
    // Part of a table that was made where nobody can look, and that it may not have got.
    const isPartOnly = isMade && !this.#snapshots.isVisible(object) && !this.#known.is(object, 'made');
    if (isPartOnly && this.#history.isNotDone(object, 'create')) return 'missing';
    if (isMade) return 'done';
    // What nobody has read may have made it, too.
    if (this.#replay.hasUnknown && !this.#history.stood(object)) return 'unpaired';
    // A column that is to be made anew may be how its values are restored.
    const isAsItWas = this.#history.isAsItWas(object) && !(object.kind === 'column' && this.#rows.isWritten(object));
    return isAsItWas || this.#history.isNotDone(object, 'create') ? 'not-done' : 'unpaired';
  }

  #judgeCreate({ object, ifNotExists, orReplace }: Of<'create'>, all: readonly Effect[]): Verdict {
    if (this.#history.isRestored(object)) {
      if (ifNotExists || orReplace) return 'done';
      // An up that drops something twice, as by a slip, fails at the second one, and so would its down.
      const isAgain = this.#known.is(object, 'there') && this.#known.is(object, 'restored');
      if (isAgain) return this.#history.notDoneOrUnpaired(object, 'drop');
      return parentOf(object) ? 'done' : 'unpaired';
    }
    const isGone = this.#known.is(object, 'gone') || this.#history.wentWithItsTable(object);
    if (isGone && this.#isFree(object, all)) return 'done';
    if (!this.#history.mayExist(object)) return this.#history.notDoneOrUnpaired(object, 'drop');
    if (orReplace && (this.#known.is(object, 'altered') || this.#replay.isMade(object))) return 'done';
    return this.#history.isAsItWas(object)
      ? 'not-done'
      : this.#history.notDoneOrUnpaired(object, orReplace ? 'alter' : 'drop');
  }

  #judgeAlter(object: DbObject): Verdict {
    const isAltered = this.#known.is(object, 'altered');
    // All that is done to a table as a whole is one to us: partitions that one step has made, and another would have.
    const isAlteredLater = object.kind === 'table' && this.#isAlteredLater(object);
    if (this.#history.isRestored(object)) return 'done';
    if (this.#replay.isMade(object)) return isAlteredLater && !isAltered ? 'not-done' : 'done';
    if (!this.#history.mayExist(object))
      return this.#history.stood(object) ? this.#history.notDoneOrUnpaired(object, 'alter') : 'missing';
    if (isAltered) return isAlteredLater ? 'unpaired' : 'done';
    return this.#history.isAsItWas(object) ? 'not-done' : this.#history.notDoneOrUnpaired(object, 'alter');
  }

  #isAlteredLater(table: DbObject): boolean {
    return this.#replay.notDone.some(
      ({ action, object }) => action === 'alter' && this.#key(object) === this.#key(table),
    );
  }

  #judgeRename({ object, to }: Of<'rename'>, all: readonly Effect[]): Verdict {
    if (this.#history.isRestored(object)) return 'done';
    const [from, target] = [this.#key(object), this.#key(to)];
    const isMoved = this.#known.origin(object) === target;
    if (this.#history.mayExist(object) && isMoved && this.#isFree(to, all)) return 'done';
    const isNotDone = this.#replay.notDone.some(
      (other) => other.action === 'rename' && this.#key(other.object) === target && this.#key(other.to) === from,
    );
    return isNotDone || (!this.#history.mayExist(object) && !this.#history.stood(object)) ? 'not-done' : 'unpaired';
  }

  /** Whether nothing is known to have the name, or the same statement takes away what has it. */
  #isFree(object: DbObject, all: readonly Effect[]): boolean {
    if (!this.#snapshots.isVisible(object) || !this.#known.is(object, 'there')) return true;
    const isIt = (other: Effect): boolean => this.#key(other.object) === this.#key(object);
    return all.some((other) => (other.action === 'drop' || other.action === 'rename') && isIt(other));
  }

  /** An index or constraint without a name, alone in its statement. */
  #judgeUnnamed(object: DbObject): Verdict {
    const table = tableOf(object);
    if (!table) return 'unpaired';
    if (this.#replay.isMade(table) || this.#history.isRestored(table) || this.#known.is(table, 'thinned'))
      return 'done';
    const isNotDone = this.#replay.notDone.some(({ action, object: other }) => {
      const owner = tableOf(other);
      return action === 'drop' && other.kind === object.kind && owner && this.#key(owner) === this.#key(table);
    });
    return isNotDone ? 'not-done' : 'unpaired';
  }

  /** DROP CONSTRAINT may mean a unique index. */
  #asItExists(object: DbObject): DbObject {
    const index: DbObject = { ...object, kind: 'index' };
    const isIndex = object.kind === 'constraint' && !this.#history.mayExist(object) && this.#known.is(index, 'there');
    return isIndex ? index : object;
  }

  #follow(effects: readonly Effect[]): void {
    const { dropsAndAlters, renames, createsAndData, tableRenames } = inOrder(effects);
    for (const effect of dropsAndAlters) {
      if (effect.action === 'drop') this.#known.forget(effect.object);
      else this.#followAlter(effect);
    }
    this.#replay.rename(renames);
    for (const { to, alters } of renames) if (alters === true) this.#known.note(to, 'reverted');
    for (const { action, object } of createsAndData) {
      if (action === 'create') this.#known.note(object, 'there', 'restored');
    }
    this.#replay.rename(tableRenames);
  }

  #followAlter({ object, convertsColumns }: Of<'alter'>): void {
    this.#known.note(object, 'reverted');
    if (convertsColumns !== true) return;
    for (const [, facts] of this.#known.partsOf(object, 'column')) facts.add('reverted');
  }

  #key(object: DbObject): string {
    return this.#snapshots.key(object);
  }
}
