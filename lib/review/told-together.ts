import { finding, type Finding, type ReviewCode, type StatementUnderReview } from './statement-under-review';

/** One warning about statements of a migration that are alike: at the first of them, with the lines of the others. */
export function toldTogether(
  code: ReviewCode,
  problem: string,
  [first, ...others]: readonly StatementUnderReview[],
): Finding {
  if (first === undefined) throw new Error('nothing is said of no statement');
  return finding(code, first, `${problem}${soWith(others.map(({ line }) => line))}`);
}

/** That it is so with other statements too, by their lines; nothing where there are none. */
export function soWith(lines: readonly number[]): string {
  return lines.length === 0 ? '' : `. So it is with ${lines.length} more of its kind (line ${listOf(lines)})`;
}

/** Lines that are told; more would hide the rest. */
const TOLD = 5;

function listOf(lines: readonly number[]): string {
  const told = [...new Set(lines)];
  return told.length > TOLD ? `${told.slice(0, TOLD).join(', ')}, …` : told.join(', ');
}
