import { keyOf, partPrefixesOf, type DbObject, type Effect, type ObjectKind } from './db-object';

type Rename = Pick<Effect & { readonly action: 'rename' }, 'object' | 'to'>;

/** What is known of the object that has a name: it goes along where the object is renamed, and ends where it is dropped. */
export interface OfObject {
  /** It is there, as far as statements and snapshots tell. */
  readonly isThere?: true;
  /** The up made it: it may be dropped. */
  readonly isMade?: true;
  readonly isAltered?: true;
  /** The down itself made it. */
  readonly isRestored?: true;
}

/** What is known of a name, and stays with it where its table is renamed. */
export interface OfName {
  /** The key under which its object stood before that was renamed. */
  readonly origin?: string | undefined;
  /** What stood under it was dropped by the up: it may be made again. */
  readonly isGone?: true;
  /** Of a table: the up dropped something of it. A column takes its indexes along. */
  readonly isThinned?: true;
  /** Of a table: the kinds of the parts that the up made and whose names the server made up. */
  readonly unnamed?: readonly ObjectKind[];
}

interface Known {
  readonly object: OfObject;
  readonly name: OfName;
}

const NOTHING: Known = { object: {}, name: {} };

/** What is known of a database's objects, by their keys. */
export class KnownObjects {
  readonly #known = new Map<string, Known>();
  readonly #defaultSchema: string;

  constructor(defaultSchema: string, there: ReadonlySet<string>) {
    this.#defaultSchema = defaultSchema;
    this.look(there);
  }

  ofObject(key: string): OfObject {
    return (this.#known.get(key) ?? NOTHING).object;
  }

  ofName(key: string): OfName {
    return (this.#known.get(key) ?? NOTHING).name;
  }

  noteObject(key: string, facts: OfObject): void {
    const { object, name } = this.#known.get(key) ?? NOTHING;
    this.#known.set(key, { object: { ...object, ...facts }, name });
  }

  noteName(key: string, facts: OfName): void {
    const { object, name } = this.#known.get(key) ?? NOTHING;
    this.#known.set(key, { object, name: { ...name, ...facts } });
  }

  /** Takes what is there from a look at the database. */
  look(there: ReadonlySet<string>): void {
    for (const [key, { object, name }] of this.#known) {
      const unseen: { -readonly [Fact in keyof OfObject]: OfObject[Fact] } = { ...object };
      delete unseen.isThere;
      this.#known.set(key, { object: unseen, name });
    }
    for (const key of there) this.noteObject(key, { isThere: true });
  }

  /** An object is dropped, and with a table all its parts. */
  forget(object: DbObject): void {
    const key = keyOf(object, this.#defaultSchema);
    this.#forgetObject(key);
    this.noteName(key, { origin: undefined });
    if (object.kind !== 'table') return;
    const prefixes = partPrefixesOf(object, this.#defaultSchema);
    for (const part of this.#known.keys()) {
      if (prefixes.some((prefix) => part.startsWith(prefix))) this.#forgetObject(part);
    }
  }

  /** Objects are renamed, all at once, so that two may swap their names; the parts of a table follow it. */
  rename(renames: readonly Rename[]): void {
    const moves = renames.map(({ object, to }) => {
      const [from, target] = [keyOf(object, this.#defaultSchema), keyOf(to, this.#defaultSchema)];
      const parts = object.kind === 'table' ? this.#partsMoved(object, to) : [];
      return { from, to: target, facts: this.ofObject(from), origin: this.ofName(from).origin ?? from, parts };
    });
    const moved = moves.flatMap(({ parts, ...itself }) => [itself, ...parts]);
    for (const { from } of moved) this.#forgetObject(from);
    for (const { to, facts } of moved) this.noteObject(to, facts);
    for (const { from } of moves) this.noteName(from, { origin: undefined });
    for (const { to, origin } of moves) if (origin !== to) this.noteName(to, { origin });
  }

  #partsMoved(table: DbObject, to: DbObject): readonly { from: string; to: string; facts: OfObject }[] {
    const prefixes = partPrefixesOf(table, this.#defaultSchema);
    const targets = partPrefixesOf(to, this.#defaultSchema);
    return [...this.#known].flatMap(([key, { object: facts }]) => {
      const at = prefixes.findIndex((prefix) => key.startsWith(prefix));
      const [prefix = '', target = ''] = [prefixes[at], targets[at]];
      return at < 0 ? [] : [{ from: key, to: target + key.slice(prefix.length), facts }];
    });
  }

  #forgetObject(key: string): void {
    this.#known.set(key, { object: {}, name: this.ofName(key) });
  }
}

/**
 * Groups the effects of one statement in the order in which they make sense one after the other: all clauses of an ALTER
 * TABLE name the columns as they were, and a new name may be that of a dropped column.
 */
export function inOrder(effects: readonly Effect[]): {
  readonly dropsAndAlters: readonly Effect[];
  readonly renames: readonly (Effect & { readonly action: 'rename' })[];
  readonly createsAndData: readonly Effect[];
  readonly tableRenames: readonly (Effect & { readonly action: 'rename' })[];
} {
  const renames = effects.filter((effect) => effect.action === 'rename');
  return {
    dropsAndAlters: effects.filter(({ action }) => action === 'drop' || action === 'alter'),
    renames: renames.filter(({ object }) => object.kind !== 'table'),
    createsAndData: effects.filter(({ action }) => action === 'create' || action === 'data'),
    tableRenames: renames.filter(({ object }) => object.kind === 'table'),
  };
}
