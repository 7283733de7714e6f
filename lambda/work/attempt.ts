/** Which of Lambda's attempts at an event one is, as far as a process can tell that may not have seen the others. */
export interface Attempt {
  /** Whether no earlier one can have written anything. */
  readonly isFirst: boolean;
  /** Whether Lambda will not try again, where this one ends soon. */
  readonly isLast: boolean;
  /** Whether Lambda will not try again, where this one takes half of its time. */
  readonly isLastThoughLong: boolean;
}

/** Share of an attempt's time that is kept for reverting. */
export const REVERT_SHARE = 0.2;

/** Lambda invokes asynchronously three times: at once, after a minute, after two more. */
const MAX_ATTEMPTS = 3;
const LAST_ATTEMPT_AFTER = 170_000;
const FIRST_ATTEMPT_WITHIN = 30_000;

/** Attempts seen by this process, by Lambda's request id, which all of them share. */
const seen = new Map<string, number>();

/**
 * Counts an attempt at an event.
 *
 * @param ageMs since the event was issued
 * @param remainingMs until the attempt's time is over
 */
export function attemptAt(awsRequestId: string, ageMs: number, remainingMs: number): Attempt {
  const number = (seen.get(awsRequestId) ?? 0) + 1;
  seen.set(awsRequestId, number);
  return {
    isFirst: number === 1 && ageMs < FIRST_ATTEMPT_WITHIN,
    isLast: number >= MAX_ATTEMPTS || ageMs >= LAST_ATTEMPT_AFTER,
    isLastThoughLong: number >= MAX_ATTEMPTS || ageMs >= LAST_ATTEMPT_AFTER + remainingMs / 2,
  };
}

/** Whether Lambda will not try again, as the journal has counted the attempts that took the lock, this one too. */
export function isLastOf(journalled: number): boolean {
  return journalled >= MAX_ATTEMPTS;
}
