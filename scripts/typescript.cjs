// Lets Node run TypeScript from the sources: `node --require ./scripts/typescript.cjs file.ts`. Types are checked by
// `npm run typecheck`, not here.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');
const { compileTypeScript } = require('./compile-typescript.cjs');
const { PARSING_FILE, parserCode } = require('./parser-bundle.cjs');

Module._extensions['.ts'] = (module, file) => {
  if (file.endsWith(`${PARSING_FILE}.ts`)) {
    module._compile(parserCode(), file);
    return;
  }
  module._compile(compileTypeScript(fs.readFileSync(file, 'utf8'), file, 'inline').code, file);
};
process.setSourceMapsEnabled(true);
