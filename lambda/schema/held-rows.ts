import { resolveSteps } from './resolved-step';
import { keyOf, tableOf, type DbObject, type Effect } from '../sql/db-object';
import type { Step } from '../sql/step';

/**
 * The table that may hold the only copy of rows or values, in words; null where none does. It was made by a step that is done, a
 * step that is not would have dropped it, and in between what was taken from another table would have been put back, which no down
 * statement does.
 */
export function heldRows(
  up: readonly Step[],
  down: readonly Step[],
  stepsDone: number,
  ...names: readonly [defaultSchema: string, takesAnyCase: boolean]
): string | null {
  const effectsOf = (steps: readonly Step[]): readonly Effect[] =>
    resolveSteps(steps, ...names).flatMap(({ effects = [] }) => effects);
  const [done, all] = [effectsOf(up.slice(0, stepsDone)), effectsOf(up)];
  const left = all.slice(done.length);
  const has = (list: readonly Effect[], isMeant: (effect: Effect) => boolean, { object }: Effect): boolean =>
    list.some((effect) => isMeant(effect) && ofTable(effect.object) === ofTable(object));
  const isLost = (effect: Effect): boolean =>
    takes(effect) && has(left, putsBack, effect) && !has(effectsOf(down), putsBack, effect);
  const scratch = left.find(
    (effect) => isDrop(effect) && has(done, ({ action }) => action === 'create', effect),
  )?.object;
  const from = done.find(isLost)?.object;
  if (scratch === undefined || from === undefined) return null;
  return `the table ${scratch.name}, which a later step would have dropped, may hold all that is left of what was taken from ${from.table ?? from.name}`;
}

function isDrop({ action, object }: Effect, kind: DbObject['kind'] = 'table'): boolean {
  return action === 'drop' && object.kind === kind;
}

function takes(effect: Effect): boolean {
  return effect.action === 'data' ? effect.write === 'delete' : isDrop(effect) || isDrop(effect, 'column');
}

function putsBack(effect: Effect): boolean {
  return effect.action === 'data' && effect.write !== 'delete';
}

function ofTable(object: DbObject): string {
  return keyOf(tableOf(object) ?? object);
}
