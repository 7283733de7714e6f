// Lets Node run TypeScript from the sources: `node --require ./test/faults/typescript.cjs file.ts`. Types are checked by
// `npm run typecheck`, not here.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const ts = require('typescript');

const compilerOptions = { target: 'ES2022', module: 'CommonJS', esModuleInterop: true, inlineSourceMap: true };

Module._extensions['.ts'] = (module, file) => {
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), { fileName: file, compilerOptions });
  module._compile(outputText, file);
};
process.setSourceMapsEnabled(true);
