import { keyOf, tableOf, type DbObject, type Effect } from '../../lambda/plan/db-object';

/** What the statements of an up so far have made: it holds no rows of anybody yet. */
export class MadeObjects {
  readonly #keys = new Set<string>();

  /** True for what was made, and for every part of it. */
  has(object: DbObject): boolean {
    const table = tableOf(object);
    return this.#keys.has(keyOf(object)) || (table !== undefined && this.#keys.has(keyOf(table)));
  }

  follow(effects: readonly Effect[]): void {
    for (const effect of effects) {
      switch (effect.action) {
        case 'create':
          // With these words it may have been there, with all its rows.
          if (!effect.ifNotExists && !effect.orReplace) this.#keys.add(keyOf(effect.object));
          break;
        case 'drop':
          this.#keys.delete(keyOf(effect.object));
          break;
        case 'rename':
          if (this.#keys.delete(keyOf(effect.object))) this.#keys.add(keyOf(effect.to));
          break;
        case 'alter':
        case 'data':
          break;
        default:
          effect satisfies never;
      }
    }
  }
}
