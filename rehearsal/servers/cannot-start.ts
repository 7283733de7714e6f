/** A server's program that is there, and that does not serve: the message says what it said. No fault of ours. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
