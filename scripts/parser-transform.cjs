/** Jest transform that gives the tests the file that parses SQL as the package has it: bundled with the parser. */
const { createHash } = require('node:crypto');
const { buildSync } = require('esbuild');
const { version } = require('dt-sql-parser/package.json');
const { parserBundle } = require('./parser-bundle.cjs');

module.exports = {
  process: (_, file) => ({ code: buildSync({ ...parserBundle(file), write: false }).outputFiles[0].text }),
  getCacheKey: (source) => createHash('sha256').update(version).update('\0').update(source).digest('hex'),
};
