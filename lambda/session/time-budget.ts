import type { Clock, Log } from '../ports';

/** How long a run may go on, and what ends a statement that outlasts it. */
export interface TimeBudget {
  /** Whether no further step may begin. */
  isSpent(): boolean;
  /** Runs one statement; where it outlasts the budget, it is killed on the server. */
  within<T>(work: () => Promise<T>): Promise<T>;
}

/** Another session, which can end what the run's own session is at. */
export interface Killer {
  /** Resolves when the server has done it. */
  kill(): Promise<void>;
  close(): void;
}

/** SLEEP takes a KILL for its end, and the procedure that it is in goes on. */
const AGAIN_MS = 1_000;

/**
 * A budget that is spent when `reserveMs` are left of Lambda's time: the rest is for journalling, reverting and answering.
 * A killed DDL statement changed nothing.
 */
export function timeBudget(
  clock: Clock,
  reserveMs: number,
  connectKiller: () => Promise<Killer>,
  log: Log,
): TimeBudget {
  return {
    isSpent: () => clock.remaining() <= reserveMs,
    within: async (work) => {
      let isOver = false;
      let sent = null as Promise<void> | null;
      const killUntilOver = async (): Promise<void> => {
        log.warn('a statement outlasts the time that is left, killing it');
        const killer = await connectKiller();
        try {
          while (!isOver) {
            sent = killer.kill();
            await sent;
            await clock.sleep(AGAIN_MS);
          }
        } finally {
          killer.close();
        }
      };
      const timer = setTimeout(
        () =>
          void killUntilOver().catch((error: unknown) =>
            log.error(`the statement could not be killed: ${String(error)}`, { error: String(error) }),
          ),
        Math.max(0, clock.remaining() - reserveMs),
      );
      try {
        return await work();
      } finally {
        isOver = true;
        clearTimeout(timer);
        // One that is under way would end the next statement: the first of the revert. A silent server is not waited for.
        if (sent !== null) await Promise.race([sent.catch(() => undefined), clock.sleep(AGAIN_MS)]);
      }
    },
  };
}
