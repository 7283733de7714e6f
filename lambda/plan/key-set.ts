import { keyOf, partPrefixesOf, type DbObject, type Effect } from './db-object';

type Rename = Pick<Effect & { readonly action: 'rename' }, 'object' | 'to'>;

/** Takes an object out of a set of keys, and with a table all its parts. */
export function forget(keys: Set<string>, object: DbObject, defaultSchema: string): void {
  keys.delete(keyOf(object, defaultSchema));
  if (object.kind !== 'table') return;
  const prefixes = partPrefixesOf(object, defaultSchema);
  for (const key of keys) {
    if (prefixes.some((prefix) => key.startsWith(prefix))) keys.delete(key);
  }
}

/** Renames objects in a set of keys, all at once, so that two may swap their names; the parts of a table follow it. */
export function rename(keys: Set<string>, renames: readonly Rename[], defaultSchema: string): void {
  const moves = renames.flatMap(({ object, to }) => {
    const exact = { from: keyOf(object, defaultSchema), to: keyOf(to, defaultSchema), isPrefix: false };
    if (object.kind !== 'table') return [exact];
    const toParts = partPrefixesOf(to, defaultSchema);
    const parts = partPrefixesOf(object, defaultSchema);
    return [exact, ...parts.map((from, index) => ({ from, to: toParts[index] ?? '', isPrefix: true }))];
  });
  const moved = [...keys].flatMap((key) => {
    const move = moves.find(({ from, isPrefix }) => (isPrefix ? key.startsWith(from) : key === from));
    return move ? [{ key, now: move.to + key.slice(move.from.length) }] : [];
  });
  for (const { key } of moved) keys.delete(key);
  for (const { now } of moved) keys.add(now);
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
