import { diffLines } from 'diff';
import type { Drift } from '../../lambda/commands/status';
import type { TextStyle } from '../terminal/terminal';
import { wrappedLines } from '../terminal/wrapped-text';

/** How the schema differs from what was left, as a difference of texts. */
export function driftLines(drift: Drift, { width, colors }: TextStyle): readonly string[] {
  if (drift.kind === 'not-comparable') {
    return wrappedLines(`The schema is not compared: ${drift.because}.`, width);
  }
  if (drift.differences.length === 0) return [`The schema is what the last run (${drift.since}) left.`];
  return [
    ...wrappedLines(`The schema is not what the last run (${drift.since}) left (- then, + now):`, width),
    ...drift.differences.flatMap(({ label, before, now }) => [
      `  ${label} ${now === null ? 'is missing' : before === null ? 'is new' : 'is changed'}`,
      ...diffLines(linesOf(before), linesOf(now)).flatMap(({ value, added, removed }) =>
        value
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => {
            if (added) return colors.green(`    + ${line}`);
            return removed ? colors.red(`    - ${line}`) : `      ${line}`;
          }),
      ),
    ]),
  ];
}

function linesOf(definition: string | null): string {
  return definition === null ? '' : `${definition}\n`;
}
