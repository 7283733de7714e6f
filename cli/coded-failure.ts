import { asCommandLine } from './advice';
import { ExpectedFailure } from './expected-failure';

/** What the function says of an expected failure ends with its code: `the schema … [lock-not-free]`. Null for anything else. */
export function codedFailure(message: string, who: string): ExpectedFailure | null {
  const [, text, code] = /^(.*) \[([a-z-]+)\]$/s.exec(message) ?? [];
  return text === undefined || code === undefined ? null : new ExpectedFailure(code, `${who}: ${asCommandLine(text)}`);
}
