// Runs apps of the CDK one after the other, with the CDK loaded once: is sent a folder with `app.ts` and `cdk.json`, and
// says when its `cdk.out` is written, or what went wrong.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

process.on('message', (folder) => {
  try {
    const { context } = JSON.parse(fs.readFileSync(path.join(folder, 'cdk.json'), 'utf8'));
    process.env.CDK_OUTDIR = path.join(folder, 'cdk.out');
    process.env.CDK_CONTEXT_JSON = JSON.stringify(context);
    require(path.join(folder, 'app.ts'));
    // An App writes when the process has nothing else to do.
    process.emit('beforeExit', 0);
    process.send({ kind: 'done' });
  } catch (error) {
    process.send({ kind: 'failed', problem: String(error.stack) });
  }
});
