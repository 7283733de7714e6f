import type { SeenLine } from '../evidence/evidence';
import { readSeenLines } from '../evidence/recorder-lines';
import type { SignedCalls } from './signed-calls';

/** All lines of the recorder and of the function in a log group, in the order of their times. */
export async function readFunctionLog(calls: SignedCalls, group: string, since: Date): Promise<readonly SeenLine[]> {
  const lines: SeenLine[] = [];
  let token: string | undefined;
  do {
    const page = (await calls.target('logs', 'Logs_20140328.FilterLogEvents', {
      logGroupName: group,
      startTime: since.getTime(),
      ...(token === undefined ? {} : { nextToken: token }),
    })) as unknown as Page;
    for (const { message } of page.events ?? []) lines.push(...readSeenLines(message));
    token = page.nextToken;
  } while (token !== undefined);
  return lines.toSorted((a, b) => a.time.localeCompare(b.time));
}

interface Page {
  readonly events?: readonly { readonly message: string }[];
  readonly nextToken?: string;
}
