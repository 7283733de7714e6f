import { asker, saysYes } from '../change/confirm';

/** Asks a person, on stderr; null where there is nobody to ask. Anything but yes is no, and so is Ctrl-C. */
export async function confirmed(
  question: string,
  isInteractive: boolean,
  signal: AbortSignal,
): Promise<boolean | null> {
  const person = asker({ isInteractive }, signal);
  try {
    return person === null ? null : await saysYes(person, question);
  } finally {
    person?.end();
  }
}
