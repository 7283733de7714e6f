import type { Terminal } from '../terminal/terminal';
import { asGithub } from './as-github';
import { asMarkdown } from './as-markdown';
import { asSarif } from './as-sarif';
import { asText } from './as-text';
import { asWrappedText } from './as-wrapped-text';
import type { LintReport } from './lint-finding';
import { summaryOf } from './summary';

/** How a report is printed. */
export type LintFormat = 'text' | 'json' | 'markdown' | 'sarif' | 'github';

/** A report in a format; where none was asked for, text in lines that fit the terminal, if there is one. */
export function formatted(
  report: LintReport,
  format: LintFormat | undefined,
  { isInteractive, width, colors }: Pick<Terminal, 'isInteractive' | 'width' | 'colors'>,
): string {
  switch (format) {
    case undefined:
      return isInteractive ? asWrappedText(report, width, colors) : asText(report);
    case 'text':
      return asText(report);
    case 'json':
      return JSON.stringify({ ...report, summary: summaryOf(report) }, undefined, 2);
    case 'markdown':
      return asMarkdown(report);
    case 'sarif':
      return JSON.stringify(asSarif(report), undefined, 2);
    case 'github':
      return asGithub(report);
    default:
      return format satisfies never;
  }
}
