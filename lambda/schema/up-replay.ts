import { inSmallLetters, keyOf, tableOf, type DbObject, type Effect, type Of } from '../sql/db-object';
import { inOrder, KnownObjects } from './known-objects';
import type { Step } from '../sql/step';

/** A step's effects, its names completed with the database in force. */
export interface ResolvedStep {
  readonly step: Step;
  /** The database that names without one are in. */
  readonly schema: string;
  /** Undefined where they cannot be told. */
  readonly effects: readonly Effect[] | undefined;
}

/**
 * Resolves steps that run one after the other: USE changes what the later ones mean. With `takesAnyCase` the names are those by
 * which a server with lower_case_table_names knows them.
 */
export function resolveSteps(
  steps: readonly Step[],
  defaultSchema: string,
  takesAnyCase = false,
): readonly ResolvedStep[] {
  let schema = defaultSchema;
  return steps.map((step) => {
    schema = step.uses ?? schema;
    const inForce = (named: DbObject): DbObject => {
      const object =
        named.kind === 'database'
          ? { ...named, name: named.name === '' ? schema : named.name }
          : { ...named, schema: named.schema ?? schema };
      return takesAnyCase ? inSmallLetters(object) : object;
    };
    const effects = step.effects?.map((effect) =>
      effect.action === 'rename'
        ? { ...effect, object: inForce(effect.object), to: inForce(effect.to) }
        : { ...effect, object: inForce(effect.object) },
    );
    return { step, schema, effects };
  });
}

/** What an up has made, changed and removed so far. */
export class UpReplay {
  readonly known: KnownObjects;
  /** What done steps did to rows, under the names that tables and columns have now. */
  writes: readonly Of<'data'>[] = [];
  /** Effects of the steps that were not done, or that found nothing to do. */
  readonly notDone: Effect[] = [];
  /** True where a done step does not say what it does. */
  hasUnknown = false;

  constructor(readonly snapshots: Snapshots) {
    this.known = new KnownObjects(snapshots.defaultSchema, snapshots.before);
  }

  done(effects: readonly Effect[] | undefined): void {
    if (!effects) {
      this.hasUnknown = true;
      return;
    }
    const { dropsAndAlters, renames, createsAndData, tableRenames } = inOrder(effects);
    for (const effect of dropsAndAlters) this.#done(effect);
    this.rename(renames);
    for (const effect of createsAndData) this.#done(effect);
    this.rename(tableRenames);
  }

  /** Objects are renamed, all at once. */
  rename(renames: readonly Of<'rename'>[]): void {
    this.known.rename(renames);
    this.writes = this.writes.map((write) => this.#renamed(write, renames));
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

  #renamed(write: Of<'data'>, renames: readonly Of<'rename'>[]): Of<'data'> {
    const { key } = this.snapshots;
    const table = tableOf(write.object);
    if (table === undefined) return write;
    const to = (object: DbObject): DbObject | undefined => renames.find((each) => key(each.object) === key(object))?.to;
    const columns = write.columns?.map(
      (name) => to({ kind: 'column', schema: table.schema, table: table.name, name })?.name ?? name,
    );
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
          this.notDone.push(effect);
          return;
        }
        this.known.note(object, 'there');
        if (object.name === '' && table) this.known.note(table, `unnamed ${object.kind}`);
        else this.known.note(object, stood && effect.orReplace ? 'altered' : 'made');
        return;
      }
      case 'drop': {
        const canTell = this.snapshots.isVisible(object) && this.snapshots.isBeforeKnown;
        const foundNothing = effect.ifExists === true && canTell && !isThere;
        if (foundNothing) {
          this.notDone.push(effect);
        } else if (!this.isMade(object)) {
          this.known.note(object, 'gone');
          if (table) this.known.note(table, 'thinned');
        }
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

/** What is known of the database before the up and now. */
export class Snapshots {
  readonly before: ReadonlySet<string>;

  constructor(
    /** Null where nobody has noted it. What is there now then counts as old, unless a done step is seen to have made it. */
    before: ReadonlySet<string> | null,
    readonly now: ReadonlySet<string>,
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
