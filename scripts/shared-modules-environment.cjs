/**
 * Jest environment that lends test files the modules of Node's own cache, which lives as long as the worker: Jest would load
 * the CDK anew for each file, which takes seconds. For modules without state that a test could leave behind; see
 * `shared-modules-transform.cjs`.
 */
const { TestEnvironment } = require('jest-environment-node');

module.exports = class SharedModulesEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global[Symbol.for('cdk-aurora-migrations.shared-module')] = (file) => require(file);
  }
};
