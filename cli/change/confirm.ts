import { createInterface } from 'node:readline/promises';
import type { Terminal } from '../terminal/terminal';

/** A person at the keyboard. */
export interface Asker {
  /** Asks, and gives the answer without blanks around it; null where it was not answered. */
  ask(question: string): Promise<string | null>;
  end(): void;
}

/** The person who sees this process; null where there is none to ask. */
export function asker({ isInteractive }: Pick<Terminal, 'isInteractive'>, signal: AbortSignal): Asker | null {
  if (!isInteractive || !process.stdin.isTTY) return null;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  // Its end is no answer.
  const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
  const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
  return {
    ask: async (question) => {
      const answer = await Promise.race([lines.question(`${question} `, { signal }).catch(() => null), ended, stopped]);
      return answer === null ? null : answer.trim();
    },
    end: () => lines.close(),
  };
}

/** Whether a person says yes, where anything else is no, and so is Ctrl-C; null where there is none to ask. */
export async function confirmed(
  question: string,
  terminal: Pick<Terminal, 'isInteractive'>,
  signal: AbortSignal,
): Promise<boolean | null> {
  const person = asker(terminal, signal);
  if (person === null) return null;
  try {
    const answer = await person.ask(`${question} (y/N)`);
    return answer !== null && /^y(?:es)?$/i.test(answer);
  } finally {
    person.end();
  }
}
