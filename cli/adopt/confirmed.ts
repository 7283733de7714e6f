import { createInterface } from 'node:readline/promises';

/** Asks a person, on stderr; null where there is nobody to ask. Anything but yes is no. */
export async function confirmed(question: string, isInteractive: boolean): Promise<boolean | null> {
  if (!isInteractive || !process.stdin.isTTY) return null;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
