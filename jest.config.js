/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
  transform: {
    // The first that matches counts.
    '/lib/review/table-statement-reader\\.ts$': '<rootDir>/scripts/parser-transform.cjs',
    '\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }],
    // cfn-response asks for modules that the bundle replaces: the tests replace the same ones.
    '/node_modules/cfn-response/index\\.js$': '<rootDir>/scripts/cfn-response-transform.cjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!cfn-response/)'],
  // What the build leaves behind would shadow the sources.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/cdk.out/', '<rootDir>/.cache/'],
};

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  // Against tests that hang, not slow ones: nothing is timed here, and a busy machine may take ten times as long.
  testTimeout: 60_000,
  reporters: ['default', ...(process.env.TEST_COUNT_FILE ? ['<rootDir>/scripts/test-count-reporter.cjs'] : [])],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/test/{unit,lib,explore,rules/planner}/**/*.test.ts',
        '<rootDir>/test/architecture.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'integration',
      testMatch: [
        '<rootDir>/test/{integration,rehearsal,faults,rules/servers}/**/*.test.ts',
        '<rootDir>/test/cli/prove*.test.ts',
      ],
      // The servers are started once for all files.
      globalSetup: '<rootDir>/test/start-servers.ts',
      globalTeardown: '<rootDir>/test/stop-servers.ts',
    },
  ],
};
