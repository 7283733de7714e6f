/** Makes a CommonJS module of a TypeScript file, whose types nobody checks here. */
const path = require('node:path');
const { transformSync } = require('esbuild');

/** @param sourcemap where the source map goes: `external`, beside the code, or `inline` */
function compileTypeScript(source, file, sourcemap) {
  return transformSync(source, {
    loader: 'ts',
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcefile: path.basename(file),
    sourcemap,
    sourcesContent: false,
    // As tsconfig.json has it, of which nothing else is of any consequence here.
    tsconfigRaw: { compilerOptions: { target: 'ES2022' } },
    logLevel: 'silent',
  });
}

module.exports = { compileTypeScript };
