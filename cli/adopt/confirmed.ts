import { asker, isYes } from '../change/confirm';
import { stopSignal } from '../terminal/stop-signal';

/** Asks a person, on stderr; null where there is nobody to ask. Anything but yes is no, and so is Ctrl-C. */
export async function confirmed(question: string, isInteractive: boolean): Promise<boolean | null> {
  const stop = stopSignal();
  const person = asker({ isInteractive }, stop.signal);
  try {
    return person === null ? null : isYes(await person.ask(`${question} [y/N]`));
  } finally {
    person?.end();
    stop.end();
  }
}
