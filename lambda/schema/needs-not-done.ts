import { makesFilledTable } from './indirect-writes';
import type { ResolvedStep } from './resolved-step';
import { hasWholeName } from './whole-name';
import { tableOf, type DbObject, type Effect } from '../sql/db-object';

/**
 * Whether a statement that changes rows, or reads some into a variable or a table, names what steps that were not done would have
 * changed. It was written for the rows and columns that the whole up leaves: `DELETE FROM user WHERE legacy IS NULL` takes all
 * users as long as the step that fills the column is not done. Names are looked for in its text, since it may read them anywhere.
 *
 * @param inText - its text and those of the views, functions and triggers that it leads to, in small letters; null where these are not known
 * @param notDone - the effects of these steps
 * @param isMade - whether a table was made by the migration: nobody misses its rows
 */
export function needsNotDone(
  { step, effects = [] }: ResolvedStep,
  inText: string | null,
  notDone: readonly Effect[],
  isMade: (table: DbObject) => boolean,
): boolean {
  const targets = effects.flatMap((effect) => (effect.action === 'data' ? [effect.object] : []));
  const keepsWhatItReads = step.nature === 'session' || step.shows('setsVariable') || makesFilledTable(step);
  if (targets.length === 0 && !keepsWhatItReads) return false;
  if (inText === null) return notDone.length > 0;
  const names = (...all: readonly string[]): boolean => all.every((name) => hasWholeName(inText, name.toLowerCase()));
  const isOnlyTarget = (table: DbObject): boolean =>
    isMade(table) &&
    targets.length > 0 &&
    targets.every(({ schema, name }) => schema === table.schema && name === table.name);

  // Columns whose names it need not say.
  const readsAll = /\*|\bnatural\b|\btable\b/.test(inText);
  return notDone.some((effect) => {
    const { action, object } = effect;
    const others = action === 'rename' ? [object, effect.to] : [object];
    switch (object.kind) {
      case 'rows': {
        const table = tableOf(object);
        if (table && isOnlyTarget(table)) return false;
        const columns = action === 'data' && effect.write === 'update' && !readsAll ? (effect.columns ?? []) : [];
        return columns.length > 0 ? columns.some((column) => names(object.name, column)) : names(object.name);
      }
      case 'column':
        return action !== 'alter' && others.some(({ table = '', name }) => names(table, name));
      case 'partition':
        return action === 'drop' && names(object.table ?? '');
      case 'table':
      case 'view':
      case 'function':
        return action !== 'alter' && others.some(({ name }) => names(name));
      case 'trigger':
        // It writes where the down runs without it; where nobody has read of which table it is, of any.
        return action === 'drop' && targets.length > 0 && (object.table === undefined || names(object.table));
      case 'database':
      case 'procedure':
      case 'event':
      case 'index':
      case 'constraint':
        return false;
    }
  });
}
