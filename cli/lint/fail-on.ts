import { distanceOf } from '../../lib/letter-distance';
import { CODE_MEANING, FAIL_ON_CODES } from './code-meaning';

/** Says what is wrong with the codes that are to count as errors; undefined where they all exist. */
export function unknownCode(codes: readonly string[]): string | undefined {
  const unknown = codes.find((code) => code !== 'all' && CODE_MEANING[code] === undefined);
  if (unknown === undefined) return undefined;
  const near = FAIL_ON_CODES.map((code) => ({ code, distance: distanceOf(code, unknown) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance)[0]?.code;
  return `--fail-on: there is no code "${unknown}": ${near === undefined ? `there are ${FAIL_ON_CODES.join(', ')}, and "all".` : `is ${near} meant?`} Nothing was checked`;
}
