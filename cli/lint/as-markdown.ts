import { CODE_MEANING } from './code-meaning';
import type { LintFinding, LintReport } from './lint-finding';
import { summaryOf } from './summary';

/** A report for the comment of a pull request: the errors, and the warnings below a fold. */
export function asMarkdown(report: LintReport): string {
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  const warnings = report.findings.filter(({ severity }) => severity === 'warning');
  return [
    `### Migrations: ${errors.length > 0 ? 'not to be deployed so' : warnings.length > 0 ? 'worth a second look' : 'fine'}`,
    `\n${escaped(summaryOf(report))}`,
    ...(errors.length === 0 ? [] : ['', ...table(errors)]),
    ...(warnings.length === 0
      ? []
      : ['', '<details><summary>Warnings</summary>', '', ...table(warnings), '', '</details>']),
  ].join('\n');
}

function table(findings: readonly LintFinding[]): readonly string[] {
  const rows = findings.map(({ file, line, code, message }) => {
    const meaning = CODE_MEANING[code];
    return `| \`${file}:${line}\` | \`${code}\`${meaning === undefined ? '' : `<br>${meaning}`} | ${escaped(message)} |`;
  });
  return ['| where | what | why, and what to do |', '| --- | --- | --- |', ...rows];
}

/** What would end a cell, or be taken for markup. */
function escaped(text: string): string {
  return text.replace(/[\\|<>*_`~[\]]/g, (sign) => `\\${sign}`).replace(/\s+/g, ' ');
}
