/** Jest reporter that writes `<passed> <failed> <skipped>` into the file that `TEST_COUNT_FILE` names, for `.ci/run`. */
const fs = require('node:fs');

module.exports = class TestCountReporter {
  onRunComplete(_contexts, results) {
    // A file that does not even load holds no tests, but is a failure all the same.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    fs.writeFileSync(process.env.TEST_COUNT_FILE, `${results.numPassedTests} ${failed} ${skipped}\n`);
  }
};
