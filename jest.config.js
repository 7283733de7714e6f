/** @type {import('jest').Config} */
const shared = {
  testEnvironment: '<rootDir>/scripts/jest/shared-modules-environment.cjs',
  transform: {
    // The first that matches counts.
    '/lib/review/tables/table-statement-reader\\.ts$': '<rootDir>/scripts/jest/shared-modules-transform.cjs',
    '\\.ts$': '<rootDir>/scripts/jest/typescript-transform.cjs',
    // cfn-response asks for modules that the bundle replaces: the tests replace the same ones.
    '/node_modules/cfn-response/index\\.js$': '<rootDir>/scripts/jest/cfn-response-transform.cjs',
    // The last two of these are a command line that umzug has, and what makes certificates.
    '/node_modules/(aws-cdk-lib|constructs|@rushstack|node-forge)/.*\\.js$':
      '<rootDir>/scripts/jest/shared-modules-transform.cjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!(cfn-response|aws-cdk-lib|constructs|@rushstack|node-forge)/)'],
  // What the build leaves behind would shadow the sources.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/.cache/'],
};

/** @type {import('jest').Config} */
const onServers = {
  ...shared,
  // The servers are started once for all files.
  globalSetup: '<rootDir>/test/start-servers.ts',
  globalTeardown: '<rootDir>/test/stop-servers.ts',
};

/** @type {import('jest').Config} */
module.exports = {
  // Most of the time a test waits for a server or for a process of its own.
  maxWorkers: 5,
  testSequencer: '<rootDir>/scripts/jest/longest-first-sequencer.cjs',
  // Against tests that hang, not slow ones: nothing is timed here, and a busy machine may take ten times as long.
  testTimeout: 60_000,
  // As Jest has it, half a second: less than a busy machine may take to end a process, and than a timer of a test that has ended.
  workerGracefulExitTimeout: 10_000,
  reporters: [
    'default',
    ...(process.env.TEST_COUNT_FILE || process.env.TEST_RECORD
      ? ['<rootDir>/scripts/jest/test-count-reporter.cjs']
      : []),
  ],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/test/{unit,lib,explore,proof,rules/planner}/**/*.test.ts',
        '<rootDir>/test/architecture.test.ts',
        '<rootDir>/test/certify/!(rehearsal).test.ts',
        // What a command proves, it proves on a server.
        '<rootDir>/test/cli/{*,function/*,rehearse/*,other-tools/*}.test.ts',
      ],
    },
    {
      ...onServers,
      displayName: 'integration',
      testMatch: [
        '<rootDir>/test/{integration,stacks,rehearsal,rehearse,faults,rules/servers}/**/*.test.ts',
        '<rootDir>/test/cli/{prove,remote,adopt,dump}/*.test.ts',
        '<rootDir>/test/certify/rehearsal.test.ts',
      ],
    },
    {
      // What is known of the servers and asks nothing of ours: `npm run test:other-server` has it, `npm test` has not.
      ...onServers,
      displayName: 'measured',
      testMatch: ['<rootDir>/test/measured/**/*.test.ts'],
    },
  ],
};
