import { keyOf, parentOf, type DbObject, type Effect, type ObjectKind } from '../../lambda/sql/db-object';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';

/**
 * Finds what an up makes and its down leaves, and what an up drops and its down does not make again.
 *
 * Only what has a name of its own is looked at, and columns; indexes come and go with these. Where a name changes, nothing
 * is said. Where a statement's effects cannot be told, only of what no statement of the down names.
 *
 * @param home the database in which both begin
 */
export function leftByDown(
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
  home: string,
): readonly Finding[] {
  const all = [...up, ...down];
  if (all.some(({ effects = [] }) => effects.some(({ action }) => action === 'rename'))) return [];
  const isAllTold = all.every(({ effects }) => effects !== undefined);
  const reverting = down.flatMap(revertingEffects).map(({ object }) => object);
  const reverted = new Set(reverting.map((object) => keyOf(object)));
  const inUp = new Map<string, Done>();
  for (const statement of up) {
    for (const effect of effectsOn(statement)) {
      const key = keyOf(effect.object);
      // Dropped and made anew, or the other way round: the definition may differ, which the comparison of schemas finds.
      if (inUp.has(key)) removeWithParts(inUp, key);
      else inUp.set(key, { statement, effect });
    }
  }
  return [...inUp.values()]
    .filter(({ effect: { object } }) => !covers(reverted, object) && !madeWithParent(inUp, object))
    .filter((done) => isAllTold || !isNamed(done, up, down))
    .map((done) => {
      const { object } = done.effect;
      const elsewhere = reverting.some(({ kind, name }) => kind === object.kind && name === object.name);
      const problem = isAllTold ? surely(done, home, elsewhere) : unlessUnread(done, home);
      return finding('down-incomplete', done.statement, problem);
    });
}

function removeWithParts(inUp: Map<string, Done>, whole: string): void {
  for (const [key, { effect }] of inUp) {
    const parent = parentOf(effect.object);
    if (key === whole || (parent !== undefined && keyOf(parent) === whole)) inUp.delete(key);
  }
}

/** What one statement of an up has done. */
interface Done {
  readonly statement: StatementUnderReview;
  readonly effect: Effect;
}

function surely({ effect: { action, object } }: Done, home: string, elsewhere: boolean): string {
  const isMade = action === 'create';
  const left = `the down does not ${isMade ? 'drop' : 'make'} the ${labelOf(object, home)}${isMade ? '' : ' again'}, so that a rollback cannot restore the schema`;
  return elsewhere && object.kind !== 'column'
    ? `${left}: it names one in another database, as it begins in the migrated one. Name the database in the down, or begin it with the same USE; leave both out if that is the migrated one`
    : `${left}. Add the statement to the down`;
}

function unlessUnread({ effect: { action, object } }: Done, home: string): string {
  const reverts = action === 'create' ? 'drops it' : 'makes it again';
  return `no statement of the down names the ${labelOf(object, home)}: unless what cannot be read here (CALL and its like) ${reverts}, a rollback cannot restore the schema. Add the statement to the down`;
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

function revertingEffects({ effects = [] }: StatementUnderReview): readonly Effect[] {
  return effects.filter(({ action }) => action === 'create' || action === 'drop');
}

function covers(reverted: ReadonlySet<string>, object: DbObject): boolean {
  const parent = parentOf(object);
  return reverted.has(keyOf(object)) || (parent !== undefined && reverted.has(keyOf(parent)));
}

/** The column of a table that the up made as well: the table's own finding says it all. */
function madeWithParent(inUp: ReadonlyMap<string, unknown>, object: DbObject): boolean {
  const parent = parentOf(object);
  return parent !== undefined && inUp.has(keyOf(parent));
}

/** True where the name stands in whatever may have to do with what cannot be read: a CALL, a text to EXECUTE, a routine. */
function isNamed(
  { statement, effect }: Done,
  up: readonly StatementUnderReview[],
  down: readonly StatementUnderReview[],
): boolean {
  const name = new RegExp(`(?<![\\w$])${effect.object.name.replace(/[^\w]/g, '\\$&')}(?![\\w$])`, 'i');
  const others = up.filter((other) => other !== statement && (isUnread(other) || other.kind === 'session'));
  return [...others, ...down].some(({ text }) => name.test(text));
}

/** Its effects cannot be told, or it makes a routine, whose own cannot. */
function isUnread({ effects }: StatementUnderReview): boolean {
  return effects?.some(({ action, object }) => action === 'create' && ROUTINES.has(object.kind)) ?? true;
}

const ROUTINES: ReadonlySet<ObjectKind> = new Set(['procedure', 'function'] as const);

function labelOf({ kind, schema, table, name }: DbObject, home: string): string {
  const own = kind === 'column' && table !== undefined ? `${table}.${name}` : name;
  return schema === undefined || schema === home ? `${kind} ${own}` : `${kind} ${schema}.${own}`;
}
