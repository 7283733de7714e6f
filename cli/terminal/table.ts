import Table from 'cli-table3';
import type { TextStyle } from './terminal';
import { wrappedLines } from './wrapped-text';

const INDENT = '  ';

/** Nothing is drawn: columns are apart by two spaces. */
const NO_BORDERS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left', 'left-mid',
    'mid', 'mid-mid', 'right', 'right-mid', 'middle'].map((part) => [part, '']),
); // prettier-ignore

/** Rows in columns below their heads; where that is too wide, each row in a line of its own that is broken between words. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width, colors }: TextStyle,
): readonly string[] {
  if (rows.length === 0) return [];
  const table = new Table({
    head: head.map((cell) => colors.dim(cell)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => `${INDENT}${line}`.trimEnd());
  return widthOf(head, rows) + INDENT.length <= width ? lines : rows.flatMap((row) => inOneLine(row, width));
}

function widthOf(head: readonly string[], rows: readonly (readonly string[])[]): number {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return widths.reduce((sum, each) => sum + each + INDENT.length, -INDENT.length);
}

/** The lines behind the first are indented once more. */
function inOneLine(row: readonly string[], width: number): readonly string[] {
  const text = row.filter((cell) => cell !== '').join(', ');
  const [first = '', ...rest] = wrappedLines(text, width - INDENT.length, INDENT);
  return [first, ...rest.map((line) => `${INDENT}${line}`)];
}
