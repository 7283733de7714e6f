/** Jest transform that has a file be the one module of its worker: see `shared-modules-environment.cjs`. */
const SHARED = "globalThis[Symbol.for('cdk-aurora-migrations.shared-module')]";

module.exports = {
  process: (source, file) => ({
    // Jest's set-up, which is not in that environment, makes certificates as well.
    code: /\/node-forge\//.test(file)
      ? `if (${SHARED}) module.exports = ${SHARED}(__filename); else {\n${source}\n}`
      : `module.exports = ${SHARED}(__filename);`,
  }),
};
