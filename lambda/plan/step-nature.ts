import type { DbObject, Effect } from './db-object';
import { effectsOf } from './objects';
import { classify, firstWords } from './statement-kind';
import { isWithoutTrace } from './without-trace';

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
export function natureOf(statement: string): StepNature {
  const { kind, verb } = classify(statement);
  switch (kind) {
    case 'session':
    case 'dml':
      return kind;
    case 'transaction':
      return 'blind';
    case 'other':
      return isHarmless(statement, verb) ? 'repeatable' : 'blind';
    case 'ddl':
      return natureOfDdl(effectsOf(statement));
    default:
      return kind satisfies never;
  }
}

/** MariaDB's ANALYZE of a statement runs it. */
function isHarmless(statement: string, verb: string): boolean {
  return HARMLESS.has(verb) && (verb !== 'ANALYZE' || isWithoutTrace(statement));
}

function natureOfDdl(effects: readonly Effect[] | undefined): StepNature {
  // TRUNCATE and its kind change rows, and no definition.
  if (effects === undefined || effects.some(({ action }) => action === 'data')) return 'blind';
  if (isSwap(effects)) return 'blind';
  return effects.length > 0 && effects.every(isGuarded) ? 'repeatable' : 'visible';
}

function isGuarded(effect: Effect): boolean {
  switch (effect.action) {
    case 'create':
      return effect.ifNotExists === true || effect.orReplace === true;
    case 'drop':
      return effect.ifExists === true;
    case 'alter':
    case 'rename':
    case 'data':
      return false;
    default:
      return effect satisfies never;
  }
}

/** Whether a statement runs what nobody has read: statements that commit one by one, of which some may be done. */
export function isProcedure(statement: string): boolean {
  const { verb } = classify(statement);
  return verb === 'CALL' || verb === 'EXECUTE';
}

/** Whether a statement of that nature may end the transaction that it is run in. */
export function endsTransaction(statement: string, nature: StepNature): boolean {
  if (nature === 'dml' || nature === 'session') return false;
  const [first = '', second = '', third = '', fourth = ''] = firstWords(statement);
  const isTemporary = second === 'TEMPORARY' || (second === 'OR' && third === 'REPLACE' && fourth === 'TEMPORARY');
  if (first === 'CREATE' || first === 'DROP') return !isTemporary;
  if (first === 'ROLLBACK') return second !== 'TO' && third !== 'TO';
  return first !== 'SAVEPOINT' && !(first === 'RELEASE' && second === 'SAVEPOINT');
}

/** Whether a session step may run in the transaction of others: there, some system variables cannot be set. */
export function fitsTransaction(statement: string): boolean {
  const { verb } = classify(statement);
  return verb === 'USE' || verb === 'SET @';
}

/** A RENAME after which all names are there as before: two tables of the same form show no difference. */
function isSwap(effects: readonly Effect[]): boolean {
  const renames = effects.filter((effect) => effect.action === 'rename');
  const from = new Set(renames.map(({ object }) => nameOf(object)));
  return renames.length > 0 && renames.every(({ to }) => from.has(nameOf(to)));
}

function nameOf({ schema, name }: DbObject): string {
  return JSON.stringify([schema, name]);
}

/**
 * Whether the steps of a migration depend on what earlier ones left in the session: user variables, temporary tables,
 * LAST_INSERT_ID(). Such a migration cannot go on in a new session; it has to start over.
 */
export function carriesSession(statements: readonly string[]): boolean {
  return statements.some((statement) => CARRIED.test(statement));
}

/** A guess on the safe side: in a string or comment these only cost the migration its resumption. */
const CARRIED =
  /(?<![@\w'"`])@(?![@\s])|\bCREATE\s+(?:OR\s+REPLACE\s+)?TEMPORARY\b|\bLAST_INSERT_ID\s*\(|\bFOUND_ROWS\s*\(|\bROW_COUNT\s*\(|\bPREPARE\b|@@\s*(?:\w+\s*\.\s*)?(?:identity|last_insert_id)\b/i;
