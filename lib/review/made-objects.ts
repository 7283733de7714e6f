import { keyOf, tableOf, type DbObject, type Effect, type Of } from '../../lambda/sql/db-object';

/** What the statements of an up so far have made: it holds no rows of anybody yet. */
export class MadeObjects {
  readonly #keys = new Set<string>();
  /** Tables that are not there for certain: what is made under their names is new, whatever else the statement says. */
  readonly #gone = new Set<string>();

  /** True for what was made, and for every part of it. */
  has(object: DbObject): boolean {
    const table = tableOf(object);
    return this.#keys.has(keyOf(object)) || (table !== undefined && this.#keys.has(keyOf(table)));
  }

  /** @param effects undefined where they cannot be told */
  follow(effects: readonly Effect[] | undefined): void {
    if (effects === undefined) this.#gone.clear();
    // What a statement drops or renames was there before it; what it makes is there behind it.
    for (const effect of effects ?? []) if (effect.action === 'drop') this.#drop(effect);
    this.#rename((effects ?? []).filter((effect) => effect.action === 'rename'));
    for (const effect of effects ?? []) if (effect.action === 'create') this.#create(effect);
  }

  #drop({ object }: Of<'drop'>): void {
    this.#keys.delete(keyOf(object));
    if (object.kind === 'table') this.#gone.add(keyOf(object));
  }

  /** All at once: in a swap each name is left and taken. */
  #rename(renames: readonly Of<'rename'>[]): void {
    const made = renames.filter(({ object }) => this.#keys.delete(keyOf(object)));
    for (const { object } of renames) if (object.kind === 'table') this.#gone.add(keyOf(object));
    for (const { to } of renames) this.#gone.delete(keyOf(to));
    for (const { to } of made) this.#keys.add(keyOf(to));
  }

  #create({ object, ifNotExists, orReplace }: Of<'create'>): void {
    // With these words it may have been there, with all its rows.
    const isNew = !ifNotExists && !orReplace;
    if (this.#gone.delete(keyOf(object)) || isNew) this.#keys.add(keyOf(object));
  }
}
