import { keyOf, type DbObject, type Effect } from '../../lambda/sql/db-object';
import { tokensOf, isMark, keywordOf } from '../../lambda/sql/tokens';
import type { MadeObjects } from './made-objects';
import { finding, type Finding, type StatementUnderReview } from './statement-under-review';
import { toldTogether } from './told-together';

/** A statement of an up that destroys rows which stood before the migration. */
export interface Destroying {
  readonly statement: StatementUnderReview;
  readonly loss: Loss;
  /** How many more it destroys. */
  readonly others: number;
}

/** Tells which rows a statement of an up destroys, that stood before the migration. */
export function destroyed(statement: StatementUnderReview, made: MadeObjects): readonly Destroying[] {
  const [loss, ...others] = lossesOf(statement, made);
  return loss === undefined ? [] : [{ statement, loss, others: others.length }];
}

/** From so many on, as in a dump, those of one kind are one warning: the rest of the review would not be seen any more. */
const MANY = 6;

/** One warning each; of very many that are alike one for all. */
export function destructions(up: readonly Destroying[]): readonly Finding[] {
  const byKind = new Map<string, Destroying[]>();
  for (const each of up) byKind.set(each.loss.kind, [...(byKind.get(each.loss.kind) ?? []), each]);
  return [...byKind.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined || alike.length < MANY) {
      return alike.map((each) => finding('destructive-statement', each.statement, problemOf(each)));
    }
    const statements = alike.map(({ statement }) => statement);
    return [toldTogether('destructive-statement', problemOf(first), statements)];
  });
}

function problemOf({ loss, others }: Destroying): string {
  const more = others === 0 ? '' : `, and so on: ${others} more`;
  return `${loss.what}${more}. No down restores the rows. ${loss.instead}, and have a snapshot`;
}

/** The rows that stood before the migration and that a statement of its up destroys. */
export function lossesOf(statement: StatementUnderReview, made: MadeObjects): readonly Loss[] {
  const losses = (statement.effects ?? []).filter(({ object }) => !made.has(object)).map(lossOf(statement));
  return losses.filter((each) => each !== undefined);
}

interface Loss {
  /** What is alike in others: `drop table`. */
  readonly kind: string;
  readonly what: string;
  readonly instead: string;
}

function lossOf({ text, kind }: StatementUnderReview): (effect: Effect) => Loss | undefined {
  return (effect) => {
    const { action, object } = effect;
    if (action === 'drop') return effect.keepsRows === true ? undefined : dropLoss(object);
    if (action === 'create' && effect.orReplace === true && object.kind === 'table') return replacedLoss(object);
    if (action !== 'data' || effect.write !== 'delete') return undefined;
    if (kind === 'dml' && isLimited(text)) return undefined;
    return { kind: 'delete', what: `all rows of ${object.name} are deleted`, instead: 'Name the rows with WHERE' };
  };
}

function replacedLoss({ name }: DbObject): Loss {
  const what = `the table ${name} is replaced, and all its rows are gone`;
  return { kind: 'replace', what, instead: 'Create it under another name' };
}

function dropLoss({ kind, name, table = '' }: DbObject): Loss | undefined {
  const later = 'Drop it a release after the last code that uses it is gone';
  switch (kind) {
    case 'database':
    case 'table':
      return { kind, what: `the ${kind} ${name} is dropped with all its rows`, instead: later };
    case 'column':
      return { kind, what: `the column ${table}.${name} is dropped with all its values`, instead: later };
    case 'partition':
      return { kind, what: `the partition ${name} of ${table} is dropped with all its rows`, instead: later };
    case 'constraint':
    case 'event':
    case 'function':
    case 'index':
    case 'procedure':
    case 'rows':
    case 'trigger':
    case 'view':
      return undefined;
    default:
      return kind satisfies never;
  }
}

/** True where a DELETE says which rows, outside of all parentheses. */
function isLimited(text: string): boolean {
  let depth = 0;
  for (const token of tokensOf(text)) {
    if (isMark(token, '(')) depth += 1;
    if (isMark(token, ')')) depth -= 1;
    if (depth === 0 && ['WHERE', 'LIMIT', 'JOIN'].includes(keywordOf(token))) return true;
  }
  return false;
}

/** Tells which rows that stood before a statement changes so that the down does not restore them. */
export function overwritten(
  statement: StatementUnderReview,
  made: MadeObjects,
  down: readonly StatementUnderReview[],
): readonly Finding[] {
  const [effect] = overwritesOf(statement, made, down);
  if (effect === undefined || lossesOf(statement, made).length > 0) return [];
  return [
    finding(
      'irreversible-statement',
      statement,
      `it changes rows of ${effect.object.name}, and no statement of the down writes to that table: a rollback leaves them changed. Keep the old values in a column or table of their own until the next release, and write them back in the down`,
    ),
  ];
}

/** What a statement of DML does to rows that stood before, and that no statement of the down restores. */
export function overwritesOf(
  statement: StatementUnderReview,
  made: MadeObjects,
  down: readonly StatementUnderReview[],
): readonly Effect[] {
  if (statement.kind !== 'dml') return [];
  const rewritten = (statement.effects ?? []).filter(
    (effect) => overwrites(effect) && !made.has(effect.object) && !setsOnlyMadeColumns(effect, made),
  );
  return rewritten.filter(({ object }) => !down.some((each) => writes(each, object)));
}

function overwrites(effect: Effect): boolean {
  return effect.action === 'data' && effect.write !== 'insert';
}

/** A column that the migration adds is dropped again with all that was written into it. */
function setsOnlyMadeColumns(effect: Effect, made: MadeObjects): boolean {
  if (effect.action !== 'data' || effect.columns === undefined) return false;
  const { schema, name: table } = effect.object;
  return effect.columns.every((name) => made.has({ kind: 'column', schema, table, name }));
}

/** What cannot be told may write to it. */
function writes({ effects }: StatementUnderReview, rows: DbObject): boolean {
  return (
    effects === undefined || effects.some(({ action, object }) => action === 'data' && keyOf(object) === keyOf(rows))
  );
}
