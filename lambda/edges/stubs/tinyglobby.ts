/**
 * Stands in for `tinyglobby` (with `fdir` and `picomatch`) in umzug.
 * Safe because umzug calls `glob` only for migrations given as a glob pattern; the engine passes a list.
 */
export function glob(): never {
  throw new Error('migrations cannot be found by a glob pattern in the function: pass them as a list');
}
