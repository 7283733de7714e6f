import type { Log } from '../../lambda/ports';
import { asCommandLine } from '../advice';
import type { Terminal } from '../terminal/terminal';

/** The function's log, as progress: its messages tell all that a reader needs. */
export function notedLog({ note }: Pick<Terminal, 'note'>): Log {
  return {
    info: (message) => note(asCommandLine(message)),
    warn: (message) => note(`warning: ${asCommandLine(message)}`),
    error: (message) => note(`error: ${asCommandLine(message)}`),
  };
}
