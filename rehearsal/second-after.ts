import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until the second of a time is over. ResponseURLs are signed with whole seconds, which order the requests of a resource. In AWS two operations on a stack
 * never lie in the same second.
 */
export async function secondAfter(time: number): Promise<void> {
  await sleep(Math.max(0, (Math.floor(time / 1000) + 1) * 1000 - Date.now()));
}
