import type { Clock, Log } from './ports';

/** How long a run may go on, and what ends a statement that outlasts it. */
export interface TimeBudget {
  /** Whether no further step may begin. */
  isSpent(): boolean;
  /** Runs one statement; where it outlasts the budget, it is killed on the server. */
  within<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A budget that is spent when `reserveMs` are left of Lambda's time: the rest is for journalling, undoing and answering.
 * `kill` ends the statement that the session runs, by another session. A killed DDL statement changed nothing.
 */
export function timeBudget(clock: Clock, reserveMs: number, kill: () => Promise<void>, log: Log): TimeBudget {
  return {
    isSpent: () => clock.remaining() <= reserveMs,
    within: async (work) => {
      const timer = setTimeout(
        () => {
          log.warn('a statement outlasts the time that is left, killing it');
          kill().catch((error: unknown) => log.error('the statement could not be killed', { error: String(error) }));
        },
        Math.max(0, clock.remaining() - reserveMs),
      );
      try {
        return await work();
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
