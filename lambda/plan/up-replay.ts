import { keyOf, tableOf, type DbObject, type Effect } from './db-object';
import { forget, inOrder, rename } from './key-set';
import { effectsOf } from './objects';
import { classify } from './statement-kind';
import { TokenReader } from './token-reader';
import { tokensOf } from './tokens';

/** A statement's effects, its names completed with the database in force. */
export interface ResolvedStatement {
  readonly statement: string;
  /** The database that names without one are in. */
  readonly schema: string;
  readonly isSession: boolean;
  readonly isDml: boolean;
  /** Undefined where they cannot be told. */
  readonly effects: readonly Effect[] | undefined;
}

/** Resolves statements that run one after the other: USE changes what the later ones mean. */
export function resolveStatements(statements: readonly string[], defaultSchema: string): readonly ResolvedStatement[] {
  let schema = defaultSchema;
  return statements.map((statement) => {
    const { kind, verb } = classify(statement);
    if (verb === 'USE') schema = usedSchema(statement) ?? schema;
    const inForce = (object: DbObject): DbObject =>
      object.kind === 'database'
        ? { ...object, name: object.name === '' ? schema : object.name }
        : { ...object, schema: object.schema ?? schema };
    const effects = effectsOf(statement)?.map((effect) =>
      effect.action === 'rename'
        ? { ...effect, object: inForce(effect.object), to: inForce(effect.to) }
        : { ...effect, object: inForce(effect.object) },
    );
    return { statement, schema, isSession: kind === 'session', isDml: kind === 'dml', effects };
  });
}

function usedSchema(statement: string): string | undefined {
  const reader = new TokenReader(tokensOf(statement));
  return reader.accept('USE') ? reader.name() : undefined;
}

type Proof = 'done' | 'not-done' | 'none';
type Write = Effect & { readonly action: 'data' };

/** What an up has made, changed and removed so far, by the keys of the objects. */
export class UpReplay {
  /** Stood before and was dropped by a done step: may be made again. */
  readonly gone = new Set<string>();
  /** Tables of which a done step dropped something: a column takes its indexes along. */
  readonly thinned = new Set<string>();
  readonly altered = new Set<string>();
  /** Where an object that was renamed comes from. */
  readonly origin = new Map<string, string>();
  /** Data effects of done steps, and those of which nobody knows whether they are done. */
  readonly writes: Write[] = [];
  readonly doubtfulWrites: Write[] = [];
  /** Effects of the steps that were not done, or that found nothing to do. */
  readonly notDone: Effect[] = [];
  /** Objects that a step in doubt may have made or taken away, where the snapshots do not tell. */
  readonly doubtful = new Set<string>();
  /** True where a step that was or may be done does not say what it does. */
  hasUnknown = false;
  /** Made by a done step and still there: may be dropped. */
  readonly #made = new Set<string>();
  /** Kind and table of the indexes and constraints whose names the server made up. */
  readonly #unnamed = new Set<string>();
  readonly #present: Set<string>;

  constructor(readonly snapshots: Snapshots) {
    this.#present = new Set(snapshots.before);
  }

  done(effects: readonly Effect[] | undefined): void {
    if (!effects) {
      this.hasUnknown = true;
      return;
    }
    const { dropsAndAlters, renames, createsAndData, tableRenames } = inOrder(effects);
    for (const effect of dropsAndAlters) this.#done(effect);
    this.#rename(renames);
    for (const effect of createsAndData) this.#done(effect);
    this.#rename(tableRenames);
  }

  /** A step of which nobody knows whether it was done: only what the snapshots prove counts as done. */
  inDoubt(effects: readonly Effect[] | undefined): void {
    const moved = this.#proofOfRenames(effects ?? []);
    const proven = effects?.filter((effect) => {
      if (effect.action === 'data') this.doubtfulWrites.push(effect);
      const proof = effect.action === 'rename' ? moved : this.#proofOf(effect);
      if (proof === 'not-done') this.notDone.push(effect);
      if (proof === 'none') {
        this.doubtful.add(this.snapshots.key(effect.object));
        if (effect.action === 'rename') this.doubtful.add(this.snapshots.key(effect.to));
      }
      return proof === 'done';
    });
    this.done(proven);
  }

  /** Follows the effects of a down statement that is going to run. */
  undone(effects: readonly Effect[]): void {
    const { dropsAndAlters, renames, tableRenames } = inOrder(effects);
    for (const effect of dropsAndAlters) if (effect.action === 'drop') this.#forget(effect.object);
    this.#rename(renames);
    this.#rename(tableRenames);
  }

  /** True for what a done step created, and for what belongs to a table that a done step created. */
  isMade(object: DbObject): boolean {
    const { key, before, now } = this.snapshots;
    const table = tableOf(object);
    // A table that may have been swapped with another may be the other.
    if (this.doubtful.has(key(object)) || (table && this.doubtful.has(key(table)))) return false;
    if (this.#made.has(key(object)) || (table && this.#made.has(key(table)))) return true;
    const appeared = now.has(key(object)) && !before.has(key(object)) && this.snapshots.isBeforeKnown;
    const isOthers = this.notDone.some(
      ({ action, object: other }) => action === 'create' && key(other) === key(object),
    );
    return appeared && !isOthers && table !== undefined && this.#unnamed.has(`${object.kind} ${key(table)}`);
  }

  /** All renames of a statement happen or none: a name that is both left and taken says nothing. */
  #proofOfRenames(effects: readonly Effect[]): Proof {
    const { now, key, isBeforeKnown } = this.snapshots;
    const renames = effects.filter((effect) => effect.action === 'rename');
    const from = new Set(renames.map(({ object }) => key(object)));
    const to = new Set(renames.map((effect) => key(effect.to)));
    const left = [...from].filter((each) => !to.has(each));
    const taken = [...to].filter((each) => !from.has(each));
    const isVisible = renames.every(
      (effect) => this.snapshots.isVisible(effect.object) && this.snapshots.isVisible(effect.to),
    );
    if (!isBeforeKnown || !isVisible || left.length === 0) return 'none';
    if (left.every((each) => !now.has(each)) && taken.every((each) => now.has(each))) return 'done';
    return left.every((each) => now.has(each)) && taken.every((each) => !now.has(each)) ? 'not-done' : 'none';
  }

  #proofOf(effect: Exclude<Effect, { readonly action: 'rename' }>): Proof {
    const { object } = effect;
    const { now, key, isBeforeKnown } = this.snapshots;
    // To set again what is already so does no harm, and a name that the server makes up is looked for later.
    if (effect.action === 'alter' || object.name === '') return 'done';
    if (effect.action === 'data' || !isBeforeKnown || !this.snapshots.isVisible(object)) return 'none';
    const stood = this.#present.has(key(object));
    const stands = now.has(key(object));
    switch (effect.action) {
      case 'create':
        if (stood) return effect.orReplace ? 'done' : 'not-done';
        return stands ? 'done' : 'not-done';
      case 'drop':
        return stands ? 'not-done' : stood ? 'done' : 'none';
    }
  }

  #done(effect: Effect): void {
    const { object } = effect;
    const key = this.snapshots.key(object);
    const table = tableOf(object);
    switch (effect.action) {
      case 'create': {
        // Where nobody can look, a conditional CREATE may have found what it would have made.
        const isVisible = this.snapshots.isVisible(object);
        const stood = isVisible ? this.#present.has(key) : (effect.ifNotExists ?? effect.orReplace ?? false);
        if (stood && effect.ifNotExists) {
          this.notDone.push(effect);
          return;
        }
        if (object.name === '' && table) this.#unnamed.add(`${object.kind} ${this.snapshots.key(table)}`);
        else if (stood && effect.orReplace) this.altered.add(key);
        else this.#made.add(key);
        this.#present.add(key);
        return;
      }
      case 'drop': {
        const canTell = this.snapshots.isVisible(object) && this.snapshots.isBeforeKnown;
        const foundNothing = effect.ifExists === true && canTell && !this.#present.has(key);
        if (foundNothing) {
          this.notDone.push(effect);
        } else if (!this.isMade(object)) {
          this.gone.add(key);
          if (table) this.thinned.add(this.snapshots.key(table));
        }
        this.#forget(object);
        return;
      }
      case 'alter':
        this.altered.add(key);
        return;
      case 'data':
        this.writes.push(effect);
        return;
      case 'rename':
        this.#rename([effect]);
    }
  }

  #forget(object: DbObject): void {
    const { key, defaultSchema } = this.snapshots;
    for (const keys of [this.#made, this.altered, this.#present]) forget(keys, object, defaultSchema);
    this.origin.delete(key(object));
  }

  #rename(renames: readonly (Effect & { readonly action: 'rename' })[]): void {
    const { key, defaultSchema } = this.snapshots;
    const origins = renames.map(({ object, to }) => ({
      from: key(object),
      to: key(to),
      origin: this.origin.get(key(object)) ?? key(object),
    }));
    for (const { from } of origins) this.origin.delete(from);
    for (const { to, origin } of origins) if (origin !== to) this.origin.set(to, origin);
    for (const keys of [this.#made, this.altered, this.#present]) rename(keys, renames, defaultSchema);
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
