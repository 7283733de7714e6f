/** Stands in for mysql2's tracing by `node:diagnostics_channel`, to which nobody listens in the function. */
export const shouldTrace = (): boolean => false;

type Done = (...results: readonly unknown[]) => void;

export function traceCallback(
  _channel: unknown,
  run: (done: Done) => unknown,
  _position: number,
  _context: unknown,
  _self: unknown,
  done: Done,
): unknown {
  return run(done);
}
