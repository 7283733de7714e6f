import type { Terminal } from '../terminal/terminal';
import { wrappedText } from '../terminal/wrapped-text';
import type { LintReport } from './lint-finding';
import { summaryOf } from './summary';

const ACKNOWLEDGE = 'What is meant to be so is acknowledged in its file:';
/** In a line of its own, for it is to be copied. */
const COMMENT = '-- review:ignore <code>: <why>';

/** The findings with their messages below them, in lines of the terminal's width, and a summary at the end. */
export function asWrappedText(report: LintReport, width: number, colors: Terminal['colors']): string {
  const blocks = report.findings.map(({ file, line, column, code, severity, message }) => {
    const tint = severity === 'error' ? colors.red : colors.yellow;
    return `${colors.bold(`${file}:${line}:${column}`)} ${tint(`${severity} ${code}`)}\n${wrapped(message, width)}\n`;
  });
  const summary = colors.bold(wrappedText(summaryOf(report), width));
  const isWarned = report.findings.some(({ severity }) => severity === 'warning');
  return [...blocks, summary, ...(isWarned ? [colors.dim(acknowledged(width))] : [])].join('\n');
}

function acknowledged(width: number): string {
  const line = `${ACKNOWLEDGE} ${COMMENT}`;
  return line.length <= width ? line : `${wrappedText(ACKNOWLEDGE, width)}\n  ${COMMENT}`;
}

/** A command in a message keeps its line, for it is to be copied. */
function wrapped(message: string, width: number): string {
  const kept = message.replace(/`(?:for|perl) [^`]+`/g, (command) => command.replaceAll(' ', '\0'));
  return wrappedText(kept, width, '  ').replaceAll('\0', ' ');
}
