const COMMENT = /^[ \t]*(?:--|#|\/\/|\*)[ \t]*review:ignore[ \t]+([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)/gm;

/** The codes that a migration's file acknowledges, in comments such as `-- review:ignore table-copy, table-lock`. */
export function ignoredCodes(source: string): ReadonlySet<string> {
  return new Set(
    [...source.matchAll(COMMENT)].flatMap(([, codes = '']) => codes.split(',').map((code) => code.trim())),
  );
}
