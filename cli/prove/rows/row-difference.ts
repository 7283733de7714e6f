import type { TableRows } from './row-reader';

/** Rows of a table that are not what they were. */
export interface RowDifference {
  readonly table: string;
  /** One line a row: `id=1: email '1' is now NULL`. */
  readonly lines: readonly string[];
  /** How many rows there are beside those. */
  readonly more: number;
  /** It is the up that took away what is missing; the down only does not restore it. */
  readonly isTakenByUp: boolean;
  readonly lost: Lost;
}

/** The worst that became of rows: they are gone, a column is gone with its values, or values are other ones. */
export type Lost = 'rows' | 'columns' | 'values';

/** At most this many rows of a table are shown. */
const MAX_LINES = 3;

type Cells = TableRows['rows'][number];

interface Change {
  readonly line: string;
  readonly isTakenByUp: boolean;
  readonly lost: Lost;
}

/**
 * Compares the rows of the tables and columns that are there before an up and after its down. `between`: the rows after the
 * up, from which one sees who took away what is missing.
 */
export function rowDifferences(
  before: readonly TableRows[],
  between: readonly TableRows[],
  after: readonly TableRows[],
): readonly RowDifference[] {
  return before.flatMap((old): readonly RowDifference[] => {
    const ofTable = ({ table }: TableRows): boolean => table === old.table;
    const now = after.find(ofTable);
    if (now === undefined) return [];
    const changes = changesOf(old, between.find(ofTable), now);
    if (changes.length === 0) return [];
    return [
      {
        table: old.table,
        lines: changes.slice(0, MAX_LINES).map(({ line }) => line),
        more: Math.max(0, changes.length - MAX_LINES),
        isTakenByUp: changes.every((change) => change.isTakenByUp),
        lost: worstOf(changes),
      },
    ];
  });
}

/** Of all that is lost, what weighs most. */
export function worstOf(changes: readonly { readonly lost: Lost }[]): Lost {
  const has = (wanted: Lost): boolean => changes.some(({ lost }) => lost === wanted);
  return has('rows') ? 'rows' : has('columns') ? 'columns' : 'values';
}

function changesOf(old: TableRows, meanwhile: TableRows | undefined, now: TableRows): readonly Change[] {
  const isKeyed =
    old.key.length > 0 && [...now.rows, ...(meanwhile?.rows ?? [])].every((cells) => hasAll(cells, old.key));
  return isKeyed ? keyedChanges(old, meanwhile, now) : unkeyedChanges(old, meanwhile, now);
}

function keyedChanges({ key, rows }: TableRows, meanwhile: TableRows | undefined, now: TableRows): readonly Change[] {
  const idOf = (cells: Cells): string => key.map((name) => `${name}=${cells[name] ?? 'NULL'}`).join(' ');
  const then = new Map(meanwhile?.rows.map((cells) => [idOf(cells), cells]));
  const left = new Map(now.rows.map((cells) => [idOf(cells), cells]));
  const changes = rows.flatMap((cells): readonly Change[] => {
    const id = idOf(cells);
    const found = left.get(id);
    left.delete(id);
    if (found === undefined) return [{ line: `${id} is gone`, isTakenByUp: !then.has(id), lost: 'rows' }];
    const columns = Object.keys(cells).filter((name) => name in found && found[name] !== cells[name]);
    if (columns.length === 0) return [];
    const what = columns.map((name) => `${name} ${shown(cells[name])} is now ${shown(found[name])}`).join(', ');
    const meantime = then.get(id);
    const isTakenByUp = columns.every((name) => meantime?.[name] !== cells[name]);
    const isColumnGone = meantime !== undefined && columns.some((name) => !(name in meantime));
    return [{ line: `${id}: ${what}`, isTakenByUp, lost: isColumnGone ? 'columns' : 'values' }];
  });
  return [...changes, ...[...left].map(([id, cells]) => leftOver(`${id}${otherCells(cells, key)}`))];
}

function unkeyedChanges(old: TableRows, meanwhile: TableRows | undefined, now: TableRows): readonly Change[] {
  const names = Object.keys(old.rows[0] ?? {}).filter((name) => now.rows.every((cells) => hasAll(cells, [name])));
  const textOf = (cells: Cells): string => names.map((name) => `${name}=${shown(cells[name])}`).join(' ');
  const then = new Set(meanwhile?.rows.map(textOf));
  const left = now.rows.map(textOf);
  const gone = old.rows.map(textOf).filter((text) => {
    const at = left.indexOf(text);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  const changes = gone.map((text): Change => ({
    line: `${text} is gone`,
    isTakenByUp: !then.has(text),
    lost: 'rows',
  }));
  return [...changes, ...left.map(leftOver)];
}

/** What tells a person which row it is, beside its key. */
function otherCells(cells: Cells, key: readonly string[]): string {
  const others = Object.entries(cells).filter(([name, value]) => !key.includes(name) && value !== null);
  return others
    .slice(0, 2)
    .map(([name, value]) => ` ${name}=${shown(value)}`)
    .join('');
}

function leftOver(row: string): Change {
  return { line: `${row} is left over`, isTakenByUp: false, lost: 'rows' };
}

function hasAll(cells: Cells, names: readonly string[]): boolean {
  return names.every((name) => name in cells);
}

function shown(value: string | null | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  return `'${value.length > 30 ? `${value.slice(0, 30)}…` : value}'`;
}
