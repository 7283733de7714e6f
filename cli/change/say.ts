import type { DownResult } from '../../lambda/commands/down';
import type { UpResult } from '../../lambda/commands/up';
import { asCommandLine } from '../advice';
import { EXIT_CODE } from '../exit-code';
import type { OnTarget } from '../run-on-target';
import { errorJson } from '../terminal/error-json';
import { wrappedText } from '../terminal/wrapped-text';

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
  const why = asCommandLine(reason);
  const said = why.replace(/^a person stopped it/, 'Stopped');
  const what = signal.aborted ? 'Stopped' : 'Failed';
  terminal.print(wrappedText(said === why ? `${what}: ${why}` : said, terminal.width));
  return failedCode(signal);
}

/** The exit code of what was begun and did not succeed. */
export function failedCode({ aborted }: AbortSignal): number {
  return aborted ? EXIT_CODE.stopped : EXIT_CODE.failed;
}

/** A result for programs, which tells what was stopped from what failed. */
export function resultJson(result: UpResult | DownResult, signal: AbortSignal): string {
  if (result.kind !== 'failed' || !signal.aborted) return JSON.stringify(result);
  return JSON.stringify({ ...result, isStopped: true });
}

/** Says that a person did not want it. */
export function sayNothingDone({ terminal, signal }: Pick<OnTarget, 'terminal' | 'signal'>, json: boolean): number {
  terminal.note('Nothing was done.');
  const exitCode = signal.aborted ? EXIT_CODE.stopped : EXIT_CODE.found;
  const code = signal.aborted ? 'stopped' : 'not-confirmed';
  if (json) terminal.print(errorJson(code, 'nothing was done: a person did not say yes', exitCode));
  return exitCode;
}
