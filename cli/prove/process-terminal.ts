import { styleFor } from '../../rehearsal/report';
import type { Terminal } from './terminal';

/** Lines are no longer than this where no terminal says how wide it is. */
const WIDTH = 100;

/** The terminal of this process. The first Ctrl-C asks it to stop, the second one ends it. */
export function processTerminal(): { readonly terminal: Terminal; end(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    // The server is ended by its guard then.
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('stopped'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const { color, width } = styleFor(process.stdout);
  return {
    terminal: {
      style: { color, width: width > 0 ? Math.min(width, WIDTH) : WIDTH },
      out: (text) => void process.stdout.write(`${text}\n`),
      note: (text) => void process.stderr.write(`${text}\n`),
      signal: controller.signal,
    },
    end: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
