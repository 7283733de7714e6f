import { PARTS, partPrefixOf } from '../sql/db-object';
import type { Step } from '../sql/step';
import { hasGuard } from '../sql/step-nature';
import type { Inventory } from './inventory';
import { inOrder, KnownObjects } from './known-objects';
import { resolveSteps } from './resolved-step';

/**
 * What was there once some migrations had been applied to their ends, as their texts tell: nobody has looked in between. Of what
 * they made, only the names are known. It is what a guarded statement after them, such as DROP … IF EXISTS, has found.
 *
 * @param now - which parts a table has that they made
 */
export function inventoryAfter(
  before: Inventory,
  ups: readonly (readonly Step[])[],
  now: Inventory,
  defaultSchema: string,
  takesAnyCase: boolean,
): Inventory {
  if (ups.length === 0) return before;
  const known = new KnownObjects(defaultSchema, before.keys());
  for (const up of ups) {
    for (const { effects = [] } of resolveSteps(up, defaultSchema, takesAnyCase)) {
      const { dropsAndAlters, renames, createsAndData, tableRenames } = inOrder(effects);
      for (const { action, object } of dropsAndAlters) if (action === 'drop') known.forget(object);
      known.rename(renames);
      for (const { action, object } of createsAndData) {
        if (action !== 'create' || known.is(object, 'there')) continue;
        known.note(object, 'there');
        const prefixes = object.kind === 'table' ? PARTS.map((kind) => partPrefixOf(kind, object, defaultSchema)) : [];
        known.see([...now.keys()].filter((key) => prefixes.some((prefix) => key.startsWith(prefix))));
      }
      known.rename(tableRenames);
    }
  }
  return new Map(known.keysThere().map((key) => [key, before.get(key) ?? null]));
}

/** Whether what an up does depends on what was there before it. */
export function isGuarded(up: readonly Step[]): boolean {
  return up.some(({ effects = [] }) => effects.some(hasGuard));
}
