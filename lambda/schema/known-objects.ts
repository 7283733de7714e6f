import {
  keyOf,
  partPrefixOf,
  PARTS,
  type DbObject,
  type Effect,
  type ObjectKind,
  type Of,
  type PartKind,
} from '../sql/db-object';

type Rename = Pick<Of<'rename'>, 'object' | 'to'>;

/**
 * Of the object that has a name; goes along where the object is renamed, and ends where it is dropped:
 * - `there`: as far as statements and snapshots tell
 * - `made`: by the up, so that it may be dropped
 * - `altered`: by the up
 * - `converted`: altered so that values in that column may be other ones than before
 * - `done …`, `not-done …`: such steps write so to that table without naming it, or would have
 * - `converted text`, `keyed`, `stirred index`: of that table the up may have changed such parts without naming them: columns of
 *   text, columns that may be NULL, indexes
 * - `restored`: made by the down itself
 * - `reverted`: altered by the down itself
 */
type OfObject =
  | 'there'
  | 'made'
  | 'altered'
  | 'converted'
  | 'converted text'
  | 'keyed'
  | 'stirred index'
  | `${'done' | 'not-done'} ${'insert' | 'update' | 'delete'}`
  | 'restored'
  | 'reverted';

/**
 * Of a name, whatever object has it:
 * - `gone`: what stood under it was dropped by the up, so that it may be made again
 * - `thinned`: of that table the up dropped something; a column takes its indexes along
 * - `unnamed …`: of that table the up made such a part, whose name the server made up
 */
type OfName = 'gone' | 'thinned' | `unnamed ${ObjectKind}`;

export type Fact = OfObject | OfName;

const OF_NAME = /^(gone|thinned|unnamed)/;

/** What is known of a database's objects. */
export class KnownObjects {
  /** By the objects' keys. */
  readonly #facts = new Map<string, Set<Fact>>();
  /** The key under which an object stood before it was renamed, by the key that it has now. */
  readonly #origins = new Map<string, string>();

  constructor(
    readonly defaultSchema: string,
    there: Iterable<string>,
  ) {
    this.look(there);
  }

  is(object: DbObject, fact: Fact): boolean {
    return this.#factsOf(this.#key(object)).has(fact);
  }

  /** What is known of a table's parts, by their keys. */
  partsOf(table: DbObject, kind: PartKind): readonly (readonly [key: string, facts: Set<Fact>])[] {
    const prefix = partPrefixOf(kind, table, this.defaultSchema);
    return [...this.#facts].filter(([key]) => key.startsWith(prefix));
  }

  note(object: DbObject, ...facts: readonly Fact[]): void {
    this.#add(this.#key(object), facts);
  }

  /** The key under which the object stood before it was renamed; undefined where it was not. */
  origin(object: DbObject): string | undefined {
    return this.#origins.get(this.#key(object));
  }

  /** Takes what is there from a look at the database. */
  look(there: Iterable<string>): void {
    for (const facts of this.#facts.values()) facts.delete('there');
    this.see(there);
  }

  /** These are there, beside what is known to be. */
  see(there: Iterable<string>): void {
    for (const key of there) this.#add(key, ['there']);
  }

  /** The keys of what is there. */
  keysThere(): readonly string[] {
    return [...this.#facts].flatMap(([key, facts]) => (facts.has('there') ? [key] : []));
  }

  /** An object is dropped, and with a table all its parts. */
  forget(object: DbObject): void {
    this.#origins.delete(this.#key(object));
    for (const { from } of this.#movesOf({ object, to: object })) this.#take(from);
  }

  /** Objects are renamed, all at once, so that two may swap their names; the parts of a table follow it. */
  rename(renames: readonly Rename[]): void {
    const moved = renames
      .flatMap((each) => this.#movesOf(each))
      .map(({ from, to }) => ({ to, facts: this.#take(from) }));
    for (const { to, facts } of moved) this.#add(to, facts);
    const origins = renames.map(({ object, to }) => ({
      to: this.#key(to),
      origin: this.origin(object) ?? this.#key(object),
    }));
    for (const { object } of renames) this.#origins.delete(this.#key(object));
    for (const { to, origin } of origins) if (origin !== to) this.#origins.set(to, origin);
  }

  /** The keys of an object and the parts of a table, before and after it is renamed. */
  #movesOf({ object, to }: Rename): readonly { readonly from: string; readonly to: string }[] {
    const itself = { from: this.#key(object), to: this.#key(to) };
    if (object.kind !== 'table') return [itself];
    const prefixes = PARTS.map((kind) => partPrefixOf(kind, object, this.defaultSchema));
    const targets = PARTS.map((kind) => partPrefixOf(kind, to, this.defaultSchema));
    const parts = [...this.#facts.keys()].flatMap((key) => {
      const at = prefixes.findIndex((prefix) => key.startsWith(prefix));
      return at < 0 ? [] : [{ from: key, to: (targets[at] ?? '') + key.slice(prefixes[at]?.length) }];
    });
    return [itself, ...parts];
  }

  /** Takes away what is known of the object that has a key. */
  #take(key: string): readonly Fact[] {
    const facts = this.#factsOf(key);
    return [...facts].filter((fact) => !OF_NAME.test(fact) && facts.delete(fact));
  }

  #add(key: string, facts: readonly Fact[]): void {
    this.#facts.set(key, new Set([...this.#factsOf(key), ...facts]));
  }

  #factsOf(key: string): Set<Fact> {
    return this.#facts.get(key) ?? new Set();
  }

  #key(object: DbObject): string {
    return keyOf(object, this.defaultSchema);
  }
}

/**
 * Groups the effects of one statement in the order in which they make sense one after the other: all clauses of an ALTER
 * TABLE name the columns as they were, and a new name may be that of a dropped column.
 */
export function inOrder(effects: readonly Effect[]): {
  readonly dropsAndAlters: readonly Of<'drop' | 'alter'>[];
  readonly renames: readonly Of<'rename'>[];
  readonly createsAndData: readonly Of<'create' | 'data'>[];
  readonly tableRenames: readonly Of<'rename'>[];
} {
  const renames = effects.filter((effect) => effect.action === 'rename');
  return {
    dropsAndAlters: effects.filter((effect) => effect.action === 'drop' || effect.action === 'alter'),
    renames: renames.filter(({ object }) => object.kind !== 'table'),
    createsAndData: effects.filter((effect) => effect.action === 'create' || effect.action === 'data'),
    tableRenames: renames.filter(({ object }) => object.kind === 'table'),
  };
}
