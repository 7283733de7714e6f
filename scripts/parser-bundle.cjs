/**
 * Bundles the one file that imports the SQL parser together with it: the parser is written for bundlers, Node cannot load
 * it as it is published, and so it is no dependency of who installs the package either.
 */
const fs = require('node:fs');
const path = require('node:path');
const { buildSync } = require('esbuild');

const ROOT = path.dirname(__dirname);

/** Relative to the root of the repository, and to `dist/` where it ends in .js. */
const PARSING_FILE = 'lib/review/tables/table-statement-reader';

/** Options for esbuild. */
function parserBundle(entry) {
  return {
    absWorkingDir: ROOT,
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

/** The code of the file and the parser, for whoever runs the sources: the last build's, where nothing has changed since. */
function parserCode() {
  const source = path.join(ROOT, `${PARSING_FILE}.ts`);
  const built = path.join(ROOT, 'dist', `${PARSING_FILE}.js`);
  const changed = [source, path.join(ROOT, 'node_modules/.package-lock.json'), __filename].map(changedAt);
  if (changedAt(built) > Math.max(...changed)) {
    const code = fs.readFileSync(built, 'utf8');
    // A build that ended half-way has left what TypeScript made of it, which Node cannot run.
    if (!code.includes('require("dt-sql-parser')) return code;
  }
  return buildSync({ ...parserBundle(source), write: false }).outputFiles[0].text;
}

function changedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

module.exports = { PARSING_FILE, parserBundle, parserCode };
