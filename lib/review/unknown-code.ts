import { distanceOf } from '../letter-distance';

/** Says which of the given codes no warning has, and which one was meant or which there are; undefined where all are known. */
export function unknownCode(given: readonly string[], known: readonly string[]): string | undefined {
  const unknown = given.find((code) => !known.includes(code));
  if (unknown === undefined) return undefined;
  const near = known
    .map((code) => ({ code, distance: distanceOf(code, unknown) }))
    .filter(({ code, distance }) => distance <= 3 && distance < code.length)
    .sort((a, b) => a.distance - b.distance)[0]?.code;
  return `no warning has the code "${unknown}": ${near === undefined ? `there are ${known.join(', ')}` : `is ${near} meant?`}`;
}
