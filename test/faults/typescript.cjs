// Lets Node run TypeScript from the sources: `node --require ./test/faults/typescript.cjs file.ts`. Types are checked by
// `npm run typecheck`, not here.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const { buildSync } = require('esbuild');
const ts = require('typescript');
const { PARSING_FILE, parserBundle } = require('../../scripts/parser-bundle.cjs');

const compilerOptions = { target: 'ES2022', module: 'CommonJS', esModuleInterop: true, inlineSourceMap: true };

Module._extensions['.ts'] = (module, file) => {
  if (file.endsWith(`${PARSING_FILE}.ts`)) {
    const [bundle] = buildSync({ ...parserBundle(file), write: false }).outputFiles;
    module._compile(bundle.text, file);
    return;
  }
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), { fileName: file, compilerOptions });
  module._compile(outputText, file);
};
process.setSourceMapsEnabled(true);
