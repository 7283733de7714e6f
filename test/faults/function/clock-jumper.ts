import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const SAMPLE_MS = 12;

/** So many samples in a row must show that nothing happens. */
const SAMPLES = 4;

/** What is known from outside of a process that waits. */
export interface Waiting {
  /** Whether nobody else is at work for it. */
  readonly isQuiet: () => boolean;
  readonly onJump: () => void;
}

/**
 * Lets the clock of a function's process jump on whenever the process only waits, until it is gone or the signal says that
 * it has what it waited for. See `jumping-clock.cjs`.
 */
export async function jumpClock(pid: number, { isQuiet, onJump }: Waiting, signal: AbortSignal): Promise<void> {
  let last = '';
  for (let quiet = 0; !signal.aborted;) {
    await sleep(SAMPLE_MS);
    const seen = await usageOf(pid);
    if (seen === undefined) return;
    quiet = seen.isAsleep && seen.usage === last && isQuiet() ? quiet + 1 : 0;
    last = seen.usage;
    if (quiet < SAMPLES) continue;
    quiet = 0;
    try {
      process.kill(pid, 'SIGUSR2');
      onJump();
    } catch {
      return;
    }
  }
}

/** Whether a process sleeps, and how much time of the processors it has used. */
async function usageOf(pid: number): Promise<{ readonly isAsleep: boolean; readonly usage: string } | undefined> {
  try {
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : { isAsleep: fields[0] === 'S', usage: `${fields[11]} ${fields[12]}` };
  } catch {
    return undefined;
  }
}
