/** Jest transform that has a file be the one module of its worker: see `shared-modules-environment.cjs`. */
module.exports = {
  process: () => ({
    code: "module.exports = globalThis[Symbol.for('cdk-aurora-migrations.shared-module')](__filename);",
  }),
};
