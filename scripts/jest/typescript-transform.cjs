/**
 * Jest transform that leaves TypeScript's types out, in a tenth of the time that TypeScript needs for it: on a new
 * machine nothing is cached. `npm run typecheck` checks them.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const esbuild = require('esbuild');
const { compileTypeScript } = require('../compile-typescript.cjs');

// esbuild leaves `jest.mock` where it stands, behind the imports that it is to act on.
const HOISTED = /^jest\.mock\(/m;
const SETTINGS = esbuild.version + fs.readFileSync(require.resolve('../compile-typescript.cjs'), 'utf8');

let hoisting;

/** TypeScript itself, which takes a second to load. */
function hoistingTransform() {
  hoisting ??= require('ts-jest').default.createTransformer({ tsconfig: 'tsconfig.test.json' });
  return hoisting;
}

module.exports = {
  process: (source, file, options) =>
    HOISTED.test(source)
      ? hoistingTransform().process(source, file, options)
      : compileTypeScript(source, file, 'external'),
  getCacheKey: (source, file, options) =>
    HOISTED.test(source)
      ? hoistingTransform().getCacheKey(source, file, options)
      : createHash('sha256').update(source).update('\0').update(file).update('\0').update(SETTINGS).digest('hex'),
};
