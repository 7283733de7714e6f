import { isMark, tokensOf } from '../sql/tokens';

/**
 * Why parameters may not be given to a statement; null where they may. The driver sends what it is given: MariaDB reads one value too
 * many as other values, and takes NaN for 0.
 */
export function misfitOf(statement: string, parameters: readonly unknown[]): string | null {
  if (parameters.length === 0) return null;
  const bad = parameters.findIndex(isNoValue);
  if (bad !== -1)
    return `parameter ${bad + 1} is ${String(parameters[bad])}, which no column can hold; the statement was not run`;
  const marks = [...tokensOf(statement)].filter((token) => isMark(token, '?')).length;
  if (marks === parameters.length) return null;
  const [has, given] = [count(marks, 'question mark'), count(parameters.length, 'parameter')];
  return `the statement has ${has} and was given ${given}; it was not run`;
}

function isNoValue(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return Object.prototype.toString.call(value) === '[object Date]' && Number.isNaN(Number(value));
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
