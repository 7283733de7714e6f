/**
 * Stable codes of the failures a user can meet. A code is part of the public contract: alarms and scripts match on it.
 */
export type FailureCode =
  | 'bad-request'
  | 'cannot-adopt'
  | 'cannot-connect'
  | 'cannot-read-secret'
  | 'checksum-changed'
  | 'code-not-updated'
  | 'connection-lost'
  | 'deployment-unfinished'
  | 'incompatible-journal'
  | 'internal'
  | 'irreversible'
  | 'journal-incomplete'
  | 'journal-outdated'
  | 'journal-touched'
  | 'lock-not-free'
  | 'migration-failed'
  | 'needs-repair'
  | 'no-right'
  | 'no-snapshot'
  | 'not-vouched'
  | 'out-of-attempts'
  | 'out-of-order'
  | 'out-of-time'
  | 'ran-elsewhere'
  | 'removed-migration'
  | 'revert-failed'
  | 'revert-owed'
  | 'reverted-since'
  | 'stopped';

/** An expected failure: a value, not an exception. */
export interface Failure {
  readonly code: FailureCode;
  /** What happened, to which migration and step, what the state is now, what to do. One paragraph, without the code. */
  readonly message: string;
}

/** What is asked for may not be done; nothing was. */
export interface Refused {
  readonly kind: 'refused';
  readonly failure: Failure;
}

/** Refuses what is asked, before anything is done. */
export function refuse(code: FailureCode, message: string): Refused {
  return { kind: 'refused', failure: failure(code, message) };
}

/** Makes a {@link Failure}. */
export function failure(code: FailureCode, message: string): Failure {
  return { code, message };
}

/** The failure in a Reason that the journal has kept, whose end names its code. */
export function failureIn(reason: string): Failure {
  const [, message = reason, code = 'migration-failed'] = /^(.*) \[([a-z-]+)\]$/s.exec(reason) ?? [];
  return failure(code as FailureCode, message);
}
