/**
 * Bundles the one file that imports the SQL parser together with it: the parser is written for bundlers, Node cannot load
 * it as it is published, and so it is no dependency of who installs the package either.
 */
const path = require('node:path');

/** Relative to the root of the repository, and to `dist/` where it ends in .js. */
const PARSING_FILE = 'lib/review/tables/table-statement-reader';

/** Options for esbuild. */
function parserBundle(entry) {
  return {
    absWorkingDir: path.dirname(__dirname),
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    sourcemap: false,
    // Settings of a compiler that this bundle does not need must not change its bytes.
    tsconfigRaw: {},
    logLevel: 'warning',
  };
}

module.exports = { PARSING_FILE, parserBundle };
