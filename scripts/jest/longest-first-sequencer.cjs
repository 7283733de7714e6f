/**
 * Jest sequencer that begins with the files that take longest, so that no worker has a long one left when the others are
 * through. Jest does so by itself where it has seen them run; on a new machine it goes by their size.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Files by the seconds that they take, roughly: only the order counts. A test sees to it that they are there. */
const SLOW = {
  90: [
    'test/stacks/bad-days/bad-days-answers.test.ts',
    'test/stacks/bad-days/hostile-server.test.ts',
    'test/stacks/code-first.test.ts',
    'test/stacks/examples/examples.test.ts',
    'test/stacks/stack-contract.test.ts',
    'test/stacks/stack-repeated.test.ts',
    'test/cli/prove/prove-folders.test.ts',
    'test/cli/prove/prove-program.test.ts',
    'test/cli/remote/remote-url.test.ts',
    'test/faults/fault-table.test.ts',
    'test/integration/servers/lost-connections.test.ts',
    'test/integration/servers/time.test.ts',
    'test/rehearse/rehearse-project.test.ts',
    'test/rules/servers/nothing-done.test.ts',
  ],
  70: [
    'test/stacks/bad-days/bad-days-network.test.ts',
    'test/stacks/repair.test.ts',
    'test/stacks/stack-limits.test.ts',
    'test/stacks/stack-operation.test.ts',
    'test/stacks/stack-rollback.test.ts',
    'test/cli/remote/remote-url-stopped.test.ts',
    'test/rehearsal/servers/database.test.ts',
    'test/integration/commands/down.test.ts',
    'test/integration/commands/verify.test.ts',
    'test/integration/requests/request.test.ts',
    'test/rules/servers/migrations-together.test.ts',
    'test/rules/servers/modules.test.ts',
    'test/rules/servers/requests.test.ts',
  ],
};

/** The others, by their folders. The first that matches counts. */
const USUAL = [
  [/test\/(stacks|explore)\/|rehearsal\/stack-/, 40],
  [/test\/(integration|rules\/servers|rehearsal|cli)\//, 20],
  [/test\/lib\//, 5],
  [/./, 1],
];

class LongestFirstSequencer extends Sequencer {
  time(test) {
    return super.time(test) ?? secondsOf(test.path) * 1000;
  }
}

function secondsOf(file) {
  const slow = Object.entries(SLOW).find(([, files]) => files.some((each) => file.endsWith(each)));
  return slow === undefined ? USUAL.find(([files]) => files.test(file))[1] : Number(slow[0]);
}

module.exports = Object.assign(LongestFirstSequencer, { SLOW });
