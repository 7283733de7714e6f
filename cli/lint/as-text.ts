import type { LintReport } from './lint-finding';
import { summaryOf } from './summary';

/** One line a finding, for programs that read `file:line:column code message`, and a summary as the last. */
export function asText(report: LintReport): string {
  const lines = report.findings.map(
    ({ file, line, column, code, severity, message }) => `${file}:${line}:${column} ${code} ${severity}: ${message}`,
  );
  return [...lines, summaryOf(report)].join('\n');
}
