import { resolveSteps } from './resolved-step';
import { keyOf, tableOf, type DbObject, type Effect } from '../sql/db-object';
import type { Step } from '../sql/step';

/**
 * The table that may hold the only copy of rows or values, in words; null where none does. It was made by a step that is done, a
 * step that is not would have dropped it, and in between what was taken from another table would have been put back, which no down
 * statement does. Or a step that is not would have given it the name of that table.
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
  const lost = done.filter(
    (effect) => takes(effect) && hasOf(effect, left, putsBack) && !hasOf(effect, effectsOf(down), putsBack),
  );
  const scratch = left.find(
    (effect) =>
      hasOf(effect, done, ({ action }) => action === 'create') &&
      (isDrop(effect) || (effect.action === 'rename' && lost.some((taken) => hasOf(taken, [effect], putsBack)))),
  );
  const [from] = lost;
  if (scratch === undefined || from === undefined) return null;
  const would = scratch.action === 'rename' ? `renamed to ${scratch.to.name}` : 'dropped';
  return `the table ${scratch.object.name}, which a later step would have ${would}, may hold all that is left of what was taken from ${from.object.table ?? from.object.name}`;
}

/** Whether there is such an effect on the table of another one. */
function hasOf({ object }: Effect, list: readonly Effect[], isMeant: (effect: Effect) => boolean): boolean {
  return list.some((effect) => isMeant(effect) && ofTable(resultOf(effect)) === ofTable(object));
}

function resultOf(effect: Effect): DbObject {
  return effect.action === 'rename' ? effect.to : effect.object;
}

function isDrop({ action, object }: Effect, kind: DbObject['kind'] = 'table'): boolean {
  return action === 'drop' && object.kind === kind;
}

function takes(effect: Effect): boolean {
  return effect.action === 'data' ? effect.write === 'delete' : isDrop(effect) || isDrop(effect, 'column');
}

function putsBack(effect: Effect): boolean {
  return effect.action === 'data'
    ? effect.write !== 'delete'
    : effect.action === 'rename' && effect.object.kind === 'table';
}

function ofTable(object: DbObject): string {
  return keyOf(tableOf(object) ?? object);
}
