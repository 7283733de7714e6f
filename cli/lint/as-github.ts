import type { LintReport } from './lint-finding';
import { summaryOf } from './summary';

/** Commands that a GitHub Actions runner shows as annotations of the files, and a summary for its log. */
export function asGithub(report: LintReport): string {
  const commands = report.findings.map(
    ({ severity, file, line, column, code, message }) =>
      `::${severity} file=${property(file)},line=${line},col=${column},title=${property(code)}::${data(message)}`,
  );
  return [...commands, summaryOf(report)].join('\n');
}

/** As the runner reads it back: `::` and `,` end a property. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
