/**
 * Jest environment that lends test files modules which live as long as the worker: Jest would load the CDK and the SQL parser
 * anew for each file, which takes seconds. For modules without state that a test could leave behind; see
 * `shared-modules-transform.cjs`.
 */
const Module = require('node:module');
const path = require('node:path');
const { TestEnvironment } = require('jest-environment-node');
const { parserCode } = require('../parser-bundle.cjs');

let parser;

/** The file that parses SQL, as the package has it: bundled with the parser. */
function parserOf(file) {
  if (parser === undefined) {
    parser = new Module(file);
    parser.paths = Module._nodeModulePaths(path.dirname(file));
    parser._compile(parserCode(), file);
  }
  return parser.exports;
}

// Where a construct was made is of no use to a test, and costs a tenth of a synth.
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({
  'aws:cdk:disable-creation-stack-traces': true,
  'aws:cdk:disable-stack-trace': true,
});

module.exports = class SharedModulesEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global[Symbol.for('cdk-aurora-migrations.shared-module')] = (file) =>
      file.endsWith('.ts') ? parserOf(file) : require(file);
  }
};
