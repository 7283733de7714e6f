/**
 * Stands in for `umzug/lib/cli`, which brings `@rushstack/ts-command-line` and its dependencies along: 0.45 MB, and 40 ms
 * at each cold start. Safe because umzug makes a `UmzugCLI` only in `getCli()` and `runAsCLI()`, which nobody here calls.
 */
export function UmzugCLI(): never {
  throw new Error("umzug's command line is not part of the function's bundle");
}
