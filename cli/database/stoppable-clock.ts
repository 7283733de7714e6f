import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../lambda/ports';

/** Nobody ends a run here but a person, who may stop it at its next step. Milliseconds. */
const PATIENCE_MS = 6 * 3_600_000;

/** Left for reverting what was done once a person has stopped a run. Milliseconds. */
const REVERTING_MS = 30 * 60_000;

/**
 * Time as a run sees it: once it is stopped, as if little were left, so that no step is begun.
 *
 * @param whenStopped whether the run then reverts what it has done
 */
export function stoppableClock(signal: AbortSignal | undefined, whenStopped: 'revert' | 'leave'): Clock {
  let hasBegun = false;
  return {
    now: () => Date.now(),
    isStopped: () => signal?.aborted === true,
    // The first question comes with the run: one that was stopped before has nothing to revert, nor has a "down".
    remaining: () => {
      if (signal?.aborted === true) return hasBegun && whenStopped === 'revert' ? REVERTING_MS : 0;
      hasBegun = true;
      return PATIENCE_MS;
    },
    sleep: (ms) => sleep(ms),
  };
}
