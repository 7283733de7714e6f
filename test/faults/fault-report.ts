import Table from 'cli-table3';
import { nameOf, type ResultLine } from './fault-results';
import { repetitionOf } from './fault-series';

const COLUMNS = ['tried', 'held', 'of these back', 'repair', 'not there', 'broken'] as const;

/** One table of all results: a line for each server, fault, run and order of the code. */
export function tableOf(lines: readonly ResultLine[]): string {
  const table = new Table({
    head: ['server', 'fault', 'run', 'code', ...COLUMNS, 'ms a point'],
    style: { head: [], border: [], compact: true },
  });
  const groups = groupBy(lines, (line) => [line.server, nameOf(line), line.run, line.order].join('\t'));
  for (const [name, group] of groups) table.push([...name.split('\t'), ...countsOf(group)]);
  table.push(['all', '', '', '', ...countsOf(lines)]);
  return table.toString();
}

/** The points that did not hold, each with the command that repeats it. */
export function brokenPoints(lines: readonly ResultLine[]): readonly string[] {
  return lines
    .filter(({ verdict }) => verdict === 'broken')
    .map((line) => [`BROKEN: ${repetitionOf(line, line.server)}`, `  at: ${line.text}`, ...line.problems].join('\n  '));
}

function countsOf(lines: readonly ResultLine[]): readonly number[] {
  const count = (isCounted: (line: ResultLine) => boolean): number => lines.filter(isCounted).length;
  const held = ({ verdict }: ResultLine): boolean => verdict === 'held';
  const milliseconds = lines.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return [
    lines.length,
    count(held),
    // Updates that the fault made roll back, though nothing was wrong with them.
    count((line) => held(line) && line.run === 'update' && line.status !== 'UPDATE_COMPLETE'),
    count(({ verdict }) => verdict === 'repair'),
    // Nothing was tried there.
    count(({ verdict }) => verdict === 'absent'),
    count(({ verdict }) => verdict === 'broken'),
    lines.length === 0 ? 0 : Math.round(milliseconds / lines.length),
  ];
}

function groupBy(lines: readonly ResultLine[], keyOf: (line: ResultLine) => string): ReadonlyMap<string, ResultLine[]> {
  const groups = new Map<string, ResultLine[]>();
  for (const line of lines) groups.set(keyOf(line), [...(groups.get(keyOf(line)) ?? []), line]);
  return groups;
}
