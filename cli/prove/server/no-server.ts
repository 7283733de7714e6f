/** It cannot be proved there; the message says what to do. */
export class NoServer extends Error {
  override readonly name = 'NoServer';

  constructor(
    message: string,
    /** As that of an ExpectedFailure. */
    readonly code = 'no-server',
  ) {
    super(message);
  }
}
