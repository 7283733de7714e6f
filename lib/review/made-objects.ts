import { keyOf, tableOf, type DbObject, type Effect } from '../../lambda/sql/db-object';

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
    for (const effect of effects ?? []) this.#follow(effect);
  }

  #follow(effect: Effect): void {
    const key = keyOf(effect.object);
    switch (effect.action) {
      case 'create': {
        // With these words it may have been there, with all its rows.
        const isNew = !effect.ifNotExists && !effect.orReplace;
        if (this.#gone.delete(key) || isNew) this.#keys.add(key);
        break;
      }
      case 'drop':
        this.#keys.delete(key);
        if (effect.object.kind === 'table') this.#gone.add(key);
        break;
      case 'rename':
        this.#gone.delete(keyOf(effect.to));
        if (this.#keys.delete(key)) this.#keys.add(keyOf(effect.to));
        if (effect.object.kind === 'table') this.#gone.add(key);
        break;
      case 'alter':
      case 'data':
        break;
      default:
        effect satisfies never;
    }
  }
}
