import { setTimeout as timer } from 'node:timers/promises';

/** Waits. Milliseconds. */
export function sleep(ms: number): Promise<void> {
  return timer(ms);
}
