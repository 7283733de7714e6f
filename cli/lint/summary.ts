import { counted } from '../counted';
import type { LintFinding, LintReport } from './lint-finding';

/** One line: how much was read, and how much found of what. */
export function summaryOf({ folder, migrations, base, findings, leftOut = 0 }: LintReport): string {
  const read = `${counted(migrations, 'migration')} in ${folder}${base === undefined ? '' : `, compared with ${base}`}`;
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const parts = [
    ...(errors.length === 0 ? [] : [`${counted(errors.length, 'error')} (${tally(errors)})`]),
    ...(warnings.length === 0 ? [] : [`${counted(warnings.length, 'warning')} (${tally(warnings)})`]),
  ];
  const rest = leftOut === 0 ? '' : `; left out: ${counted(leftOut, 'warning')} of released files`;
  return `${read}: ${parts.length === 0 ? 'nothing found' : parts.join(', ')}${rest}`;
}

/** Codes with how often they were found, the most frequent first. */
function tally(findings: readonly LintFinding[]): string {
  const counts = new Map<string, number>();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .sort(([a, times], [b, more]) => more - times || (a < b ? -1 : 1))
    .map(([code, times]) => (times === 1 ? code : `${code} ${times}×`))
    .join(', ');
}
