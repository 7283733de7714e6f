import type { ChangeKind } from './online-ddl';

/** A column's definition, as a statement writes it. Texts are without blanks, and in small letters but for strings. */
export interface ColumnDefinition {
  readonly type: string;
  readonly nullable: boolean;
  readonly default?: string;
  /** Everything else: its collation, comment, and what generates it. */
  readonly attributes: readonly string[];
}

/** What a MODIFY or CHANGE makes of a column. */
export interface ColumnChange {
  readonly kind: 'change-column';
  /** Its name before, and after. */
  readonly from: string;
  readonly to: string;
  readonly definition: ColumnDefinition;
  /** It says FIRST or AFTER. */
  readonly moves: boolean;
}

/** A column that a statement adds. */
export interface AddedColumn {
  readonly name: string;
  readonly definition: ColumnDefinition;
}

/** One change that a statement makes to a table. */
export type TableChange = ColumnChange | { readonly kind: Exclude<ChangeKind, 'change-column'> };

/** What a statement says that changes a table. */
export interface TableStatement {
  readonly changes: readonly TableChange[];
  /** The columns that its changes add. */
  readonly added?: readonly AddedColumn[];
  /** In capitals, where it says so. */
  readonly algorithm?: string;
  readonly lock?: string;
}

/**
 * Tells what a change does to a column whose old definition is known. Several at once are several kinds.
 *
 * What the manual does not list is taken for a change of type: a copy.
 */
export function changesOfColumn(change: ColumnChange, before: ColumnDefinition): readonly ChangeKind[] {
  const { from, to, definition: after, moves } = change;
  return [
    ...changesOfType(before, after),
    ...(before.nullable === after.nullable ? [] : ['change-nullability' as const]),
    ...(before.default === after.default ? [] : ['change-default' as const]),
    ...(from.toLowerCase() === to.toLowerCase() ? [] : ['rename-column' as const]),
    ...(moves ? ['move-column' as const] : []),
  ];
}

function changesOfType(before: ColumnDefinition, after: ColumnDefinition): readonly ChangeKind[] {
  const sameAttributes = before.attributes.join('\n') === after.attributes.join('\n');
  if (plainType(before.type) === plainType(after.type) && sameAttributes) return [];
  const longer = sameAttributes ? longerVarchar(before.type, after.type) : undefined;
  if (longer !== undefined) return [longer];
  if (sameAttributes && isLongerList(before.type, after.type)) return ['extend-enum'];
  return ['change-type'];
}

/** One text for one type: how wide an integer is shown changes no row. */
function plainType(type: string): string {
  return type.replace(/^bool(ean)?$/, 'tinyint').replace(/^(\w*int)(?:eger)?(?:\(\d+\))?/, '$1');
}

const VARCHAR = /^varchar\((\d+)\)(.*)$/;

/** Bytes up to which a value's length takes one byte; over it, two. To go from one to two copies the table. */
const SHORT = 255;

/** Bytes that a character takes at most. Which character set a column has, its text mostly does not say. */
const WIDEST = 4;

/** Whether the length of its values takes as many bytes as before goes by the character set, for lengths between these. */
function longerVarchar(before: string, after: string): 'extend-varchar' | 'extend-varchar-by-charset' | undefined {
  const [, short = '', charset] = VARCHAR.exec(before) ?? [];
  const [, long = '', newCharset] = VARCHAR.exec(after) ?? [];
  if (short === '' || long === '' || charset !== newCharset || Number(long) < Number(short)) return undefined;
  if (Number(long) * WIDEST <= SHORT || Number(short) > SHORT) return 'extend-varchar';
  return Number(short) * WIDEST > SHORT ? 'extend-varchar-by-charset' : undefined;
}

const LIST = /^((?:enum|set)\(.*)\)(.*)$/;

/** Members of a SET take a byte for each eight, those of an ENUM a byte up to 255: beyond that, the rows change. */
function isLongerList(before: string, after: string): boolean {
  const [, members = '', charset] = LIST.exec(before) ?? [];
  const [, moreMembers = '', newCharset] = LIST.exec(after) ?? [];
  if (members === '' || charset !== newCharset || !moreMembers.startsWith(`${members},`)) return false;
  const [few, many] = [countOf(members), countOf(moreMembers)];
  return before.startsWith('set') ? Math.ceil(few / 8) === Math.ceil(many / 8) : few > SHORT || many <= SHORT;
}

function countOf(members: string): number {
  return members.match(/'(?:[^'\\]|\\.|'')*'/g)?.length ?? 0;
}
