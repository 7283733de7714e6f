import { parentOf, PARTS, tableOf, type DbObject, type Effect, type PartKind } from '../sql/db-object';
import type { KnownObjects } from './known-objects';
import type { Snapshots, UpReplay } from './up-replay';

/**
 * How one effect stands to the up: as in {@link Match}, and `needless` where it meets no object and says that this is
 * fine.
 */
export type Verdict = 'done' | 'missing' | 'needless' | 'not-done' | 'unpaired';

/** What became of an object in an up, and in those statements of the down that run. */
export class ObjectHistory {
  readonly #snapshots: Snapshots;
  readonly #known: KnownObjects;

  constructor(readonly replay: UpReplay) {
    this.#snapshots = replay.snapshots;
    this.#known = replay.known;
  }

  /** False where the object is known not to be there. */
  mayExist(object: DbObject): boolean {
    return !this.#snapshots.isVisible(object) || this.#known.is(object, 'there');
  }

  stood(object: DbObject): boolean {
    return this.#snapshots.before.has(this.#snapshots.key(object));
  }

  isRestored(object: DbObject): boolean {
    const table = tableOf(object);
    return this.#known.is(object, 'restored') || (table !== undefined && this.#known.is(table, 'restored'));
  }

  /** True for what stood before and no done step has touched: to leave it is to leave it as it was. */
  isAsItWas(object: DbObject): boolean {
    const isMoved = this.#known.origin(object) !== undefined;
    const isTouched =
      this.#known.is(object, 'altered') || this.#known.is(object, 'gone') || isMoved || this.replay.isMade(object);
    const { isBeforeKnown } = this.#snapshots;
    return isBeforeKnown && this.stood(object) && !this.replay.hasUnknown && !isTouched;
  }

  /** True where something of it is still as the up has left it. */
  isStillChanged(object: DbObject): boolean {
    const isChanged = (each: DbObject): boolean =>
      this.#known.is(each, 'there') && this.#known.is(each, 'altered') && !this.#known.is(each, 'reverted');
    if (object.kind !== 'table') return isChanged(object);
    return isChanged(object) || PARTS.some((kind) => this.hasChangedParts(object, kind));
  }

  /** True where a table has such parts that are as the up has left them, or still lacks some. */
  hasChangedParts(table: DbObject, kind: PartKind): boolean {
    if (!this.#known.is(table, 'there') || this.#known.is(table, 'restored')) return false;
    const isUnnamed = this.#known.is(table, `unnamed ${kind}`);
    return this.#known.partsOf(table, kind).some(([key, facts]) => {
      if (!facts.has('there')) return facts.has('gone');
      const isNew = facts.has('made') || (isUnnamed && !this.#snapshots.before.has(key));
      return isNew || (facts.has('altered') && !facts.has('reverted'));
    });
  }

  /** A dropped table takes its triggers along, a dropped column its indexes. */
  wentWithItsTable(object: DbObject): boolean {
    const table = parentOf(object);
    if (!table || !this.#snapshots.isBeforeKnown || !this.stood(object)) return false;
    return this.#known.is(table, 'gone') || this.#known.is(table, 'thinned');
  }

  notDoneOrUnpaired(object: DbObject, action: Effect['action']): Verdict {
    return this.isNotDone(object, action) ? 'not-done' : 'unpaired';
  }

  /** True where a step that was not done would have had this effect on the object, or on the table that it is a part of. */
  isNotDone(object: DbObject, action: Effect['action']): boolean {
    const { key } = this.#snapshots;
    const table = parentOf(object);
    const keys = new Set([key(object), ...(table ? [key(table)] : [])]);
    return this.replay.notDone.some((effect) =>
      effect.action === 'rename'
        ? keys.has(key(action === 'create' ? effect.to : effect.object))
        : keys.has(key(effect.object)) && (effect.action === action || action === 'alter'),
    );
  }
}
