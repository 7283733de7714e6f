// Behind a blank only what looks like a code: each has a hyphen, and the reason may stand there without a colon.
const COMMENT = /^[ \t]*(?:--|#|\/\/|\*)[ \t]*review:ignore[ \t]+([\w-]+(?:[ \t]*,[ \t]*[\w-]+|[ \t]+\w+-[\w-]+)*)/gm;

/** The codes that a migration's file acknowledges, in comments such as `-- review:ignore table-copy, table-lock`. */
export function ignoredCodes(source: string): ReadonlySet<string> {
  return new Set([...source.matchAll(COMMENT)].flatMap(([, codes = '']) => codes.split(/[ \t,]+/)));
}
