import { tableOf } from '../sql/db-object';
import type { Step } from '../sql/step';

/** Names of the tables of a database that some steps touch, as far as their texts tell. */
export function tablesTouched(steps: readonly Pick<Step, 'effects'>[], home: string): readonly string[] {
  const objects = steps.flatMap(({ effects = [] }) => effects.map(({ object }) => tableOf(object) ?? object));
  const tables = objects.filter(({ kind, schema = home }) => kind === 'table' && schema === home);
  return [...new Set(tables.map(({ name }) => name))];
}
