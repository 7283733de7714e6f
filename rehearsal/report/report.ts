import { createColors } from 'picocolors';
import type { StackEvent } from '../stack/stack-types';

export interface ReportStyle {
  readonly color: boolean;
  /** Width of the line, beyond which a reason goes on in the next one. */
  readonly width: number;
}

/** Colour for terminals only, and not where NO_COLOR asks for none. */
export function styleFor(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ReportStyle {
  const refused = environment.NO_COLOR !== undefined && environment.NO_COLOR !== '';
  return { color: stream.isTTY && !refused, width: stream.isTTY ? stream.columns : 0 };
}

/** One event as a line: time, status, resource type, logical id; the reason under it. */
export function formatEvent(
  { time, status, type, logicalId, reason }: StackEvent,
  { color, width }: ReportStyle,
): string {
  const colors = createColors(color);
  const paint = status.endsWith('_FAILED')
    ? colors.red
    : status.includes('ROLLBACK')
      ? colors.yellow
      : status.endsWith('_COMPLETE')
        ? colors.green
        : colors.cyan;
  const line = [
    colors.dim(clock(time)),
    paint(status.padEnd(STATUS_WIDTH)),
    type.padEnd(TYPE_WIDTH),
    colors.bold(logicalId),
  ].join(' | ');
  if (reason === undefined || reason.trim() === '') return line;
  return [line, ...wrap(reason.trim(), width - INDENT.length).map((part) => INDENT + paint(part))].join('\n');
}

/** What something else says in the midst of events. */
export function formatLine(time: Date, text: string, { color }: Pick<ReportStyle, 'color'>): string {
  const colors = createColors(color);
  return `${colors.dim(clock(time))} | ${colors.bold(text)}`;
}

// The longest that occur in nearly every deployment; the few longer ones may push their line out.
const STATUS_WIDTH = 'UPDATE_ROLLBACK_IN_PROGRESS'.length;
const TYPE_WIDTH = 'AWS::SecretsManager::SecretTargetAttachment'.length;
const INDENT = ' '.repeat('00:00:00 | '.length);

function clock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Breaks a text at blanks; without a width only where it has lines already. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (width > 0 && line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}
