import { EXIT_CODE } from './exit-code';

/**
 * Why a command ends early, for people: what happened, where, what the state is now and what to do. It is printed without a
 * stack trace; any other error is a fault of the program, and printed with one.
 */
export class ExpectedFailure extends Error {
  constructor(
    /** Stable, for programs. */
    readonly code: string,
    message: string,
    readonly exitCode: (typeof EXIT_CODE)[keyof typeof EXIT_CODE] = EXIT_CODE.failed,
  ) {
    super(message);
    this.name = 'ExpectedFailure';
  }
}
