import { EXIT_CODE } from '../exit-code';

/** What goes on. */
const atWork = new Set<AbortController>();

/**
 * Does something whose signal aborts at the first Ctrl-C, so that what was begun can be put in order; the second one ends the
 * process. So does SIGTERM. SIGHUP, which a terminal that is closed sends, only aborts: a shell sends it to its jobs, and the
 * system once more.
 */
export async function withStopSignal<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = (): void => {
    // A server of ours is ended by its guard then.
    if (controller.signal.aborted) process.exit(EXIT_CODE.stopped);
    abort(controller);
  };
  const hangUp = (): void => abort(controller);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', hangUp);
  atWork.add(controller);
  try {
    return await work(controller.signal);
  } finally {
    // From now on Ctrl-C ends the process at once again.
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    process.off('SIGHUP', hangUp);
    atWork.delete(controller);
  }
}

/** Aborts all that goes on, as the first Ctrl-C does. */
export function stopWork(): void {
  for (const controller of atWork) abort(controller);
}

function abort(controller: AbortController): void {
  controller.abort(new Error('stopped'));
}
