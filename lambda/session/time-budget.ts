import type { Clock, Log } from '../ports';

/** How long a run may go on, and what ends a statement that outlasts it. */
export interface TimeBudget {
  /** Whether no further step may begin. */
  isSpent(): boolean;
  /** Runs one statement; where it outlasts the budget, it is killed on the server. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /**
   * The same for several statements in one packet, which begins nothing any more after `freshMs`. Killed between two of them, a
   * server may never answer again, so that its session is ended in the end.
   */
  withinPacket<T>(freshMs: number, work: () => Promise<T>): Promise<T>;
}

/** Another session, which can end what the run's own session is at. */
export interface Killer {
  /** Kills the statement, or ends the session. Resolves when the server has done it. */
  kill(what: 'QUERY' | 'CONNECTION'): Promise<void>;
  close(): void;
}

/** SLEEP takes a KILL for its end, and the procedure that it is in goes on. */
const AGAIN_MS = 1_000;

/** After so many, a session that runs a packet is ended. */
const KILLS = 3;

/**
 * A budget that is spent when `reserveMs` are left of Lambda's time: the rest is for journalling, reverting and answering.
 * Whether a killed DDL statement has changed anything is looked at.
 */
export function timeBudget(
  clock: Clock,
  reserveMs: number,
  connectKiller: () => Promise<Killer>,
  log: Log,
): TimeBudget {
  const run = async <T>(work: () => Promise<T>, graceMs: number, mayEnd: boolean): Promise<T> => {
    let isOver = false;
    let sent = null as Promise<void> | null;
    const killUntilOver = async (): Promise<void> => {
      log.warn('a statement outlasts the time that is left, killing it');
      const killer = await connectKiller();
      try {
        for (let kills = 0; !isOver; kills += 1) {
          sent = killer.kill(mayEnd && kills >= KILLS ? 'CONNECTION' : 'QUERY');
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
      Math.max(0, clock.remaining() - reserveMs) + graceMs,
    );
    try {
      return await work();
    } finally {
      isOver = true;
      clearTimeout(timer);
      // One that is under way would end the next statement: the first of the revert. A silent server is not waited for.
      if (sent !== null) await Promise.race([sent.catch(() => undefined), clock.sleep(AGAIN_MS)]);
    }
  };
  return {
    isSpent: () => clock.remaining() <= reserveMs,
    within: (work) => run(work, 0, false),
    withinPacket: (freshMs, work) => run(work, freshMs, true),
  };
}
