import type { DbObject, Effect } from './db-object';
import type { StatementKind } from './statement-kind';

/**
 * How a step is journalled, and what is believed of it after a crash:
 * - `session`: changes nothing but the session; run again whenever the steps after it are
 * - `dml`: done exactly if its journal entry is there, since both are one transaction
 * - `visible`: done exactly if the definitions of the objects that it names have changed
 * - `repeatable`: as `visible`, and running it again does no harm where they have not changed
 * - `blind`: nothing shows whether it was done; a person has to say
 */
export type StepNature = 'session' | 'dml' | 'visible' | 'repeatable' | 'blind';

/** Statements that are not DDL and whose repetition does no harm. */
const HARMLESS = new Set(['ANALYZE', 'OPTIMIZE', 'CHECK', 'REPAIR', 'GRANT', 'REVOKE', 'FLUSH']);

/** Tells the nature of a step. */
export function natureOf(
  kind: StatementKind['kind'],
  verb: string,
  effects: readonly Effect[] | undefined,
  isWithoutTrace: boolean,
): StepNature {
  switch (kind) {
    case 'session':
    case 'dml':
      return kind;
    case 'transaction':
      return 'blind';
    case 'other':
      // MariaDB's ANALYZE of a statement runs it.
      return HARMLESS.has(verb) && (verb !== 'ANALYZE' || isWithoutTrace) ? 'repeatable' : 'blind';
    case 'ddl':
      return natureOfDdl(effects);
  }
}

function natureOfDdl(effects: readonly Effect[] | undefined): StepNature {
  // TRUNCATE and its kind change rows, and no definition.
  if (effects === undefined || effects.some(({ action }) => action === 'data')) return 'blind';
  if (isSwap(effects)) return 'blind';
  return effects.length > 0 && effects.every(hasGuard) ? 'repeatable' : 'visible';
}

/** Whether what it does depends on what is there. */
export function hasGuard(effect: Effect): boolean {
  if (effect.action === 'create') return effect.ifNotExists === true || effect.orReplace === true;
  return effect.action === 'drop' && effect.ifExists === true;
}

const LEAVES_SESSION = new Set<StepNature>(['dml', 'visible', 'repeatable']);

/** Steps without SET, USE or anything else that can change the session leave it as it was. */
export function touchesSession(steps: readonly { readonly nature: StepNature }[]): boolean {
  return steps.some(({ nature }) => !LEAVES_SESSION.has(nature));
}

/** Whether a statement with these first words may end the transaction that it is run in. `isTemporary`: see `Step`. */
export function endsTransaction(words: readonly string[], nature: StepNature, isTemporary: boolean): boolean {
  if (isTemporary || nature === 'dml' || nature === 'session') return false;
  const [first, second, third] = words;
  if (first === 'ROLLBACK') return second !== 'TO' && third !== 'TO';
  return first !== 'SAVEPOINT' && !(first === 'RELEASE' && second === 'SAVEPOINT');
}

/**
 * A RENAME after which all names are there as before: two tables of the same form show no difference. Names count in any case,
 * and one without its database is taken for one in any: what is no swap after all costs a question.
 */
function isSwap(effects: readonly Effect[]): boolean {
  const renames = effects.filter((effect) => effect.action === 'rename');
  return (
    renames.length > 0 &&
    renames.every(({ to }, at) => renames.some(({ object }, other) => other !== at && mayBeOne(object, to)))
  );
}

/**
 * What a statement may have done though the definitions of its objects are as before:
 * - `emptied`: columns or a table were made anew, under their old names. Run again, it does no more.
 * - `moved`: values are under other names as well, and running it again would move them once more
 */
export type Hidden = 'emptied' | 'moved';

/** Null where the definitions tell what was done. Of what IF [NOT] EXISTS may leave out, nothing is expected. */
export function hiddenBy(effects: readonly Effect[] = []): Hidden | null {
  const gone: Named[] = [];
  const made: Named[] = [];
  let hidden: Hidden = 'emptied';
  for (const effect of effects) {
    const { action, object } = effect;
    if (action === 'rename') {
      gone.push({ object });
      made.push({ object: effect.to });
      hidden = 'moved';
    } else if (HOLDS_ROWS.has(object.kind)) {
      if (action === 'drop') gone.push({ object, mayLack: effect.ifExists });
      if (action === 'create' && effect.orReplace === true) return hidden;
      if (action === 'create') made.push({ object, mayLack: effect.ifNotExists });
    }
  }
  const isIn = (list: readonly Named[], { object }: Named): boolean =>
    list.some((other) => other.object.kind === object.kind && mayBeOne(other.object, object));
  const isWhole = (list: readonly Named[], others: readonly Named[]): boolean =>
    list.every((one) => one.mayLack === true || isIn(others, one));
  return made.some((one) => isIn(gone, one)) && isWhole(made, gone) && isWhole(gone, made) ? hidden : null;
}

interface Named {
  readonly object: DbObject;
  readonly mayLack?: boolean | undefined;
}

/** What is dropped and made again with one statement is empty then, though it looks the same. */
const HOLDS_ROWS: ReadonlySet<DbObject['kind']> = new Set(['table', 'column'] as const);

function mayBeOne(one: DbObject, other: DbObject): boolean {
  const [schema, otherSchema] = [one.schema?.toLowerCase(), other.schema?.toLowerCase()];
  const mayShare = schema === undefined || otherSchema === undefined || schema === otherSchema;
  return mayShare && one.name.toLowerCase() === other.name.toLowerCase();
}

/** Place of the last step that counts, from 0: those after it only set the session, which ends. -1 where none does. */
export function lastThatCounts(steps: readonly { readonly nature: StepNature }[]): number {
  return steps.findLastIndex(({ nature }) => nature !== 'session');
}
