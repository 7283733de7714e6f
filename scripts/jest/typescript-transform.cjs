/**
 * Jest transform that leaves TypeScript's types out, in a tenth of the time that TypeScript needs for it: on a new
 * machine nothing is cached. `npm run typecheck` checks them.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const esbuild = require('esbuild');
const { compileTypeScript } = require('../compile-typescript.cjs');

/** A whole statement, as esbuild prints it: what it holds is indented. */
const MOCK = /^jest\.mock\(.*(?:\n[ }].*)*$/gm;
const STRICT = '"use strict";';
const SETTINGS = [__filename, require.resolve('../compile-typescript.cjs')]
  .map((file) => fs.readFileSync(file, 'utf8'))
  .join(esbuild.version);

/** Calls of `jest.mock` go before what they are to act on. Each line keeps its number, for the source map. */
function withMocksFirst(code) {
  const mocks = code.match(MOCK);
  if (mocks === null) return code;
  const rest = code.replace(MOCK, (mock) => mock.replace(/[^\n]/g, ''));
  const behind = rest.startsWith(STRICT) ? STRICT.length : 0;
  return rest.slice(0, behind) + mocks.join(' ').replaceAll('\n', ' ') + rest.slice(behind);
}

module.exports = {
  process: (source, file) => {
    const { code, map } = compileTypeScript(source, file, 'external');
    return { code: withMocksFirst(code), map };
  },
  getCacheKey: (source, file) =>
    createHash('sha256').update(source).update('\0').update(file).update('\0').update(SETTINGS).digest('hex'),
};
