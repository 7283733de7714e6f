import type { Parameters } from 'fast-check';

/**
 * How many lives a property goes through: 800, and the same ones each time, so that what is green today is green tomorrow. Other
 * ones, and more: `RUNS=80000 npx jest --selectProjects unit --testPathPatterns plan/plan-stack-lives plan/plan-phases-lives`.
 */
export const LIVES: Parameters<unknown> =
  process.env['RUNS'] === undefined ? { numRuns: 800, seed: 1 } : { numRuns: Number(process.env['RUNS']) };
