import type { ManifestEntry } from '../manifest/types';
import type { Clock } from '../ports';
import { failure, type Failure } from '../words/failure';

/** Why a run stopped before its end. */
export type Stop =
  | { readonly kind: 'cancelled' }
  /** A deadlock took migrations that were done along: they are to be run again. */
  | { readonly kind: 'rolled-back' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** `when`: before or in what. `hasProgress`: something was done since this attempt began. */
  | { readonly kind: 'out-of-time'; readonly when: string; readonly hasProgress: boolean };

export function notRun({ file }: ManifestEntry, why: string): Stop {
  return { kind: 'failed', failure: failure('journal-touched', `${file} was not run, because of ${why}`) };
}

export function stepFailed(entry: ManifestEntry, where: string, error: string): Stop {
  return { kind: 'failed', failure: failure('migration-failed', `${entry.file} failed at ${where}: ${error}`) };
}

/** Behind the number of a step that failed: it had been done, and set the session for those after it once more. */
export function runAgain(step: number, done: number): string {
  return step > done ? '' : `, done before and run again to go on at step ${done + 1}`;
}

export function tooLargeToStore({ file }: ManifestEntry, bytes: number, max: number): Stop {
  const message =
    `${file} was not run: the journal keeps ${bytes.toLocaleString('en-US')} bytes of it, compressed, to revert it, and the ` +
    `server's max_allowed_packet is ${max.toLocaleString('en-US')}`;
  return { kind: 'failed', failure: failure('migration-failed', message) };
}

/** That no time is left: the clock says whether that was a person. */
export function outOfTimeFailure(when: string, { isStopped }: Clock): Failure {
  return isStopped?.() === true
    ? failure('stopped', `a person stopped it ${when}`)
    : failure('out-of-time', `the time ran out ${when}`);
}
