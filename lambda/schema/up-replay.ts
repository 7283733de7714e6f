import { keyOf, tableOf, type DbObject, type Effect, type Of } from '../sql/db-object';
import { partOf } from '../sql/table-elements';
import { hasWholeName } from './whole-name';
import { inOrder, KnownObjects } from './known-objects';
import type { Reach } from './indirect-writes';
import type { Found, Inventory } from './inventory';

/** What an up has made, changed and removed so far. */
export class UpReplay {
  readonly known: KnownObjects;
  /** What done steps did to rows, under the names that tables and columns have now. */
  writes: readonly Of<'data'>[] = [];
  /** Effects of the steps that were not done, or that found nothing to do. */
  readonly notDone: Effect[] = [];
  /** True where a done step does not say what it does. */
  hasUnknown = false;

  /** Bodies of triggers and routines that steps run. */
  readonly #ran = { done: '', 'not-done': '' };
  readonly #leadsAnywhere = new Set<'done' | 'not-done'>();
  /** By statement: names change all at once. */
  readonly #renames: (readonly Of<'rename'>[])[] = [];

  constructor(readonly snapshots: Snapshots) {
    this.known = new KnownObjects(snapshots.defaultSchema, snapshots.before.keys());
  }

  done(effects: readonly Effect[] | undefined): void {
    if (!effects) {
      this.hasUnknown = true;
      return;
    }
    const { dropsAndAlters, renames, createsAndData, tableRenames } = inOrder(effects);
    for (const effect of effects) this.#stir(effect);
    for (const effect of dropsAndAlters) this.#done(effect);
    this.#renamed(renames);
    for (const effect of createsAndData) this.#done(effect);
    this.#renamed(tableRenames);
  }

  #renamed(renames: readonly Of<'rename'>[]): void {
    const isFound = ({ object, ifExists }: Of<'rename'>): boolean =>
      ifExists !== true || !this.#canTell(object) || this.known.is(object, 'there');
    const done = renames.filter(isFound);
    this.notDone.push(...renames.filter((each) => !isFound(each)));
    this.rename(done);
    for (const { to, alters } of done) if (alters === true) this.known.note(to, 'altered');
    this.#renames.push(done);
  }

  /** A step writes rows that it does not name, or would have. */
  leads(to: Reach | null, which: 'done' | 'not-done'): void {
    if (to === null) this.#leadsAnywhere.add(which);
    for (const [name, writes] of to?.tables ?? [])
      for (const write of writes) this.known.note({ kind: 'table', name }, `${which} ${write}`);
    this.#ran[which] += to?.text ?? '';
  }

  /** Whether such steps may have written rows of a table that none of them names, so that a down's write can be what reverts it. */
  mayHaveWritten(which: 'done' | 'not-done', { object, write }: Of<'data'>): boolean {
    const table = tableOf(object);
    const isElsewhere = !table || !this.snapshots.isVisible(table);
    if (isElsewhere && hasWholeName(this.#ran[which], object.name.toLowerCase())) return true;
    if (this.#leadsAnywhere.has(which) || (which === 'done' && this.hasUnknown)) return true;
    return REVERTED_BY[write].some((each) => table && this.known.is(table, `${which} ${each}`));
  }

  /** Objects are renamed, all at once. */
  rename(renames: readonly Of<'rename'>[]): void {
    this.known.rename(renames);
    this.writes = this.writes.map((write) => this.#writeRenamed(write, renames));
  }

  /** A line of a definition with the names that were there before the up. */
  withOldNames(line: string): string {
    return this.#renames.reduceRight(
      (text, renames) =>
        text.replace(QUOTED, (quoted, name: string) => {
          const renamed = renames.find(({ to }) => to.name.toLowerCase() === name.toLowerCase());
          return renamed === undefined ? quoted : `\`${renamed.object.name}\``;
        }),
      line,
    );
  }

  /** What steps that were not done would have renamed to this object, one after the other. */
  unrenamed(object: DbObject): readonly DbObject[] {
    const { key } = this.snapshots;
    const found = [object];
    // What is found is looked for in turn.
    for (const each of found) {
      for (const effect of this.notDone) {
        if (effect.action !== 'rename' || key(effect.to) !== key(each)) continue;
        if (found.every((other) => key(other) !== key(effect.object))) found.push(effect.object);
      }
    }
    return found.slice(1);
  }

  #writeRenamed(write: Of<'data'>, renames: readonly Of<'rename'>[]): Of<'data'> {
    const { key } = this.snapshots;
    const table = tableOf(write.object);
    if (table === undefined) return write;
    const to = (object: DbObject): DbObject | undefined => renames.find((each) => key(each.object) === key(object))?.to;
    const columns = write.columns?.map((name) => to(partOf(table)('column', name))?.name ?? name);
    const moved = to(table);
    const object = moved === undefined ? write.object : { ...moved, kind: write.object.kind };
    return { ...write, object, ...(columns && { columns }) };
  }

  /** True for what a done step created, and for what belongs to a table that a done step created. */
  isMade(object: DbObject): boolean {
    const { key, before, now } = this.snapshots;
    const table = tableOf(object);
    if (this.known.is(object, 'made') || (table && this.known.is(table, 'made'))) return true;
    const appeared = now.has(key(object)) && !before.has(key(object)) && this.snapshots.isBeforeKnown;
    const isOthers = this.notDone.some(
      ({ action, object: other }) => action === 'create' && key(other) === key(object),
    );
    return appeared && !isOthers && table !== undefined && this.known.is(table, `unnamed ${object.kind}`);
  }

  /** Whether it is known what of this object was there before. */
  #canTell(object: DbObject): boolean {
    return this.snapshots.isVisible(object) && this.snapshots.isBeforeKnown;
  }

  /** Notes what parts of a table an effect may change that it does not name. */
  #stir(effect: Effect): void {
    const { action, object } = effect;
    const table = tableOf(object);
    if (action === 'alter' && effect.convertsColumns === true) this.known.note(object, 'converted text');
    if (!table || action === 'data') return;
    // A primary key makes its columns NOT NULL.
    if (object.kind === 'index' && object.name === 'PRIMARY') this.known.note(table, 'keyed');
    // A dropped column leaves its indexes, one that gets shorter may, and a new index takes the place of a foreign key's.
    const isAdded = object.kind === 'column' && action === 'create';
    if (!isAdded && object.kind !== 'partition') this.known.note(table, 'stirred index');
  }

  #done(effect: Exclude<Effect, Of<'rename'>>): void {
    const { object } = effect;
    const table = tableOf(object);
    const isThere = this.known.is(object, 'there');
    switch (effect.action) {
      case 'create': {
        // Where nobody can look, a conditional CREATE may have found what it would have made.
        const isVisible = this.snapshots.isVisible(object);
        const stood = isVisible ? isThere : (effect.ifNotExists ?? effect.orReplace ?? false);
        if (stood && effect.ifNotExists) {
          // Where nobody can look, it may have made it all the same, and nothing is said of it.
          if (isVisible) this.notDone.push(effect);
          return;
        }
        this.known.note(object, 'there');
        if (object.name === '' && table) this.known.note(table, `unnamed ${object.kind}`);
        else this.known.note(object, stood && effect.orReplace ? 'altered' : 'made');
        return;
      }
      case 'drop': {
        const foundNothing = effect.ifExists === true && this.#canTell(object) && !isThere;
        if (foundNothing) {
          this.notDone.push(effect);
        } else if (!this.isMade(object)) {
          this.known.note(object, 'gone');
          if (table) this.known.note(table, 'thinned');
        }
        if (object.kind === 'partition' && table && effect.keepsRows !== true)
          this.writes = [...this.writes, { action: 'data', write: 'delete', object: { ...table, kind: 'rows' } }];
        this.known.forget(object);
        return;
      }
      case 'alter':
        this.known.note(object, 'altered');
        return;
      case 'data':
        this.writes = [...this.writes, effect];
        return;
    }
  }
}

/** What writes of an up a down's can revert. */
export const REVERTED_BY = {
  insert: ['delete'],
  delete: ['insert'],
  update: ['update'],
  replace: ['insert', 'update', 'delete'],
} as const;

const QUOTED = /`((?:[^`]|``)+)`/g;

/** What is known of the database before the up and now. */
export class Snapshots {
  readonly before: Inventory;

  constructor(
    /** Null where nobody has noted it. What is there now then counts as old, unless a done step is seen to have made it. */
    before: Inventory | null,
    readonly now: Inventory<Found>,
    readonly defaultSchema: string,
  ) {
    this.isBeforeKnown = before !== null;
    this.before = before ?? now;
  }

  readonly isBeforeKnown: boolean;

  /** An object's key: the default database's name does not show in it. */
  readonly key = (object: DbObject): string => keyOf(object, this.defaultSchema);

  /** True where the snapshots tell whether the object exists. */
  isVisible({ kind, schema }: DbObject): boolean {
    return kind !== 'database' && kind !== 'rows' && (schema === undefined || schema === this.defaultSchema);
  }
}
