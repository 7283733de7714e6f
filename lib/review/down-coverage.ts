import { keyOf, parentOf, type DbObject, type Effect, type ObjectKind } from '../../lambda/plan/db-object';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';

/**
 * Finds what an up makes and its down leaves, and what an up drops and its down does not make again.
 *
 * Only what has a name of its own is looked at, and columns; indexes come and go with these. Where a name changes, or a
 * statement's effects cannot be told, nothing is said.
 */
export function leftByDown(
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
): readonly Finding[] {
  const all = [...up, ...down];
  if (all.some(({ effects }) => effects === undefined || effects.some(({ action }) => action === 'rename'))) return [];
  const undone = new Set(down.flatMap((statement) => keysOf(statement)));
  const inUp = new Map<string, { readonly statement: StatementUnderReview; readonly effect: Effect }>();
  for (const statement of up) {
    for (const effect of effectsOn(statement)) {
      const key = keyOf(effect.object);
      // Dropped and made anew, or the other way round: the definition may differ, which the comparison of schemas finds.
      if (inUp.has(key)) inUp.delete(key);
      else inUp.set(key, { statement, effect });
    }
  }
  return [...inUp.values()]
    .filter(({ effect: { object } }) => !covers(undone, object) && !madeWithParent(inUp, object))
    .map(({ statement, effect: { action, object } }) =>
      finding(
        'down-incomplete',
        statement,
        `the down does not ${action === 'create' ? 'drop' : 'make'} the ${object.kind} ${labelOf(object)}${action === 'create' ? '' : ' again'}, so that a rollback cannot restore the schema. Add the statement to the down`,
      ),
    );
}

const KINDS: ReadonlySet<ObjectKind> = new Set([
  'database',
  'table',
  'view',
  'procedure',
  'function',
  'trigger',
  'event',
  'column',
] as const);

/** What is made or dropped for sure: a statement that says IF EXISTS or the like may have done nothing. */
function effectsOn({ effects = [] }: StatementUnderReview): readonly Effect[] {
  return effects.filter(
    (effect) =>
      KINDS.has(effect.object.kind) &&
      ((effect.action === 'create' && !effect.ifNotExists && !effect.orReplace) ||
        (effect.action === 'drop' && !effect.ifExists)),
  );
}

function keysOf({ effects = [] }: StatementUnderReview): readonly string[] {
  return effects.filter(({ action }) => action === 'create' || action === 'drop').map(({ object }) => keyOf(object));
}

function covers(undone: ReadonlySet<string>, object: DbObject): boolean {
  const parent = parentOf(object);
  return undone.has(keyOf(object)) || (parent !== undefined && undone.has(keyOf(parent)));
}

/** The column of a table that the up made as well: the table's own finding says it all. */
function madeWithParent(inUp: ReadonlyMap<string, unknown>, object: DbObject): boolean {
  const parent = parentOf(object);
  return parent !== undefined && inUp.has(keyOf(parent));
}

function labelOf({ kind, table, name }: DbObject): string {
  return kind === 'column' && table !== undefined ? `${table}.${name}` : name;
}
