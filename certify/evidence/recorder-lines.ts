import type { SeenLine } from './evidence';

/**
 * Reads what the recorder and the function wrote, out of a log. All other lines (Lambda's own, of other functions) are
 * nothing to us; one that cannot be read is left out too, since a process may die in the middle of a line.
 */
export function readSeenLines(log: string): readonly SeenLine[] {
  return log.split('\n').flatMap((line) => {
    const fields = objectIn(line);
    const seen = fields === undefined ? undefined : (recorded(fields) ?? said(fields));
    return seen === undefined ? [] : [seen];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(line: string): Fields | undefined {
  // Lambda may put its own words before a line.
  const start = line.indexOf('{');
  if (start < 0) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(start));
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** The recorder is in the same release as this program: its lines are taken at their word. */
function recorded({ certify, ...fields }: Fields): SeenLine | undefined {
  if (!RECORDED.has(String(certify)) || typeof fields['time'] !== 'string') return undefined;
  return { kind: certify, ...fields } as unknown as SeenLine;
}

const RECORDED: ReadonlySet<string> = new Set(['event', 'answer', 'tls', 'end']);

/** A line of the function's log. */
function said({ level, message, timestamp, requestId }: Fields): SeenLine | undefined {
  if (typeof level !== 'string' || typeof message !== 'string' || typeof timestamp !== 'string') return undefined;
  if (typeof requestId !== 'string') return undefined;
  return { kind: 'said', time: timestamp, invocation: requestId, level, message };
}
