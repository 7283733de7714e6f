import { asCommandLine } from '../advice';
import { EXIT_CODE } from '../exit-code';
import type { OnTarget } from '../run-on-target';
import { wrappedText } from '../wrapped-text';

/** Says that nothing was changed, and why. */
export function sayRefused(
  { terminal }: Pick<OnTarget, 'terminal'>,
  { code, message }: { readonly code: string; readonly message: string },
): number {
  terminal.print(wrappedText(`Refused: ${asCommandLine(message)} [${code}]`, terminal.width));
  return EXIT_CODE.found;
}

/** Says that it was begun and did not succeed, and what the state is now. */
export function sayFailed({ terminal, signal }: Pick<OnTarget, 'terminal' | 'signal'>, reason: string): number {
  // What stopped it was a person, and not a clock of Lambda's.
  const why = signal.aborted ? reason.replace(/\. Give the construct a longer timeout[^[]*/, ' ') : reason;
  terminal.print(wrappedText(`${signal.aborted ? 'Stopped' : 'Failed'}: ${asCommandLine(why)}`, terminal.width));
  return signal.aborted ? EXIT_CODE.stopped : EXIT_CODE.failed;
}

/** Says that a person did not want it. */
export function sayNothingDone({ terminal, signal }: Pick<OnTarget, 'terminal' | 'signal'>): number {
  terminal.note('Nothing was done.');
  return signal.aborted ? EXIT_CODE.stopped : EXIT_CODE.found;
}
