import { isDeepStrictEqual } from 'node:util';

/**
 * `expect(found).toEqual(expected)` for whoever looks a million times: Jest takes its error's stack trace before it knows
 * whether there is an error.
 */
export function expectSame(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}
