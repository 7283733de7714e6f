/**
 * Stands in for a part of a package that the function never uses; `scripts/function-aliases.cjs` says which and why. Whoever
 * makes one all the same is told so.
 */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- packages expect a class
module.exports = class Unused {
  constructor() {
    throw new Error('this part of the package is not in the function: see scripts/function-aliases.cjs');
  }
};
