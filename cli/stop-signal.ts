import { EXIT_CODE } from './exit-code';

/** What Ctrl-C asks for. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** From now on Ctrl-C ends the process at once again. */
  end(): void;
}

/** Aborts at the first Ctrl-C, so that what was begun can be put in order; the second one ends the process. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  const stop = (): void => {
    // A server of ours is ended by its guard then.
    if (controller.signal.aborted) process.exit(EXIT_CODE.stopped);
    controller.abort(new Error('stopped'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    end: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
