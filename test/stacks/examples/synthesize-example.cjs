// Runs copies of examples' apps as the CDK's command line does: `app.ts`, from the folder it is in, each into a `cdk.out`
// of its own. `node --require ./scripts/typescript.cjs synthesize-example.cjs folder…`
'use strict';

const path = require('node:path');

for (const folder of process.argv.slice(2)) {
  // An App reads both when it is made, and writes when the process has nothing else to do.
  process.env.CDK_CONTEXT_JSON = JSON.stringify(require(path.join(folder, 'cdk.json')).context ?? {});
  process.env.CDK_OUTDIR = path.join(folder, 'cdk.out');
  require(path.join(folder, 'app.ts'));
}
