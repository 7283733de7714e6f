/**
 * Jest reporter that writes `<passed> <failed> <skipped>` into the file that `TEST_COUNT_FILE` names, for `.ci/run`, and notes them
 * in `proof/tests.json` where `TEST_RECORD` is the command that was run.
 */
const fs = require('node:fs');

module.exports = class TestCountReporter {
  onRunComplete(_contexts, results) {
    // A file that does not even load holds no tests, but is a failure all the same.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    if (process.env.TEST_COUNT_FILE) {
      fs.writeFileSync(process.env.TEST_COUNT_FILE, `${results.numPassedTests} ${failed} ${skipped}\n`);
    }
    if (process.env.TEST_RECORD) {
      require('../typescript.cjs');
      const { recordProof } = require('../../test/proof/proof-record.ts');
      const files = results.numTotalTestSuites;
      recordProof('tests', process.env.TEST_RECORD, results.startTime, {
        files,
        passed: results.numPassedTests,
        failed,
        skipped,
      });
    }
  }
};
