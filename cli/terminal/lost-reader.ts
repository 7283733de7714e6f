import { EXIT_CODE } from '../exit-code';
import { stopWork } from './stop-signal';

/** What a write fails with where nobody reads any more: the other end of a pipe, or a terminal that was closed. */
const NOBODY_READS: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ECONNRESET']);

/**
 * Sees to it that no reader who goes away, such as head or a closed terminal, ends the process in the midst of a migration. What
 * is said on stderr may be lost. Where nobody takes the result, what goes on is stopped as by Ctrl-C: nobody waits for it.
 *
 * @param sayRefused says what the system refuses, where somebody may still read it
 */
export function bearLostReaders(sayRefused: (error: Error & { readonly code: string }) => void): void {
  let isSaid = false;
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    stopWork();
    if (isSaid || NOBODY_READS.has(error.code)) return;
    isSaid = true;
    sayRefused(Object.assign(error, { code: error.code ?? error.name }));
    // The command may have ended well meanwhile: its result is not there all the same.
    process.once('exit', () => (process.exitCode = EXIT_CODE.failed));
  });
}
