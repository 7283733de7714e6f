/**
 * Jest sequencer that begins with the files that take longest, so that no worker has a long one left when the others are
 * through. Jest does so by itself where it has seen them run; on a new machine it goes by their size.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Seconds, roughly: only the order counts. The first that matches does. */
const USUAL = [
  [/stacks\/(examples|bad-days-answers|code-first|hostile-server|stack-contract|stack-repeated)/, 90],
  [/faults\/fault-table|cli\/prove-program|rules\/servers\/nothing-done/, 90],
  [/stacks\/(repair|stack-rollback|stack-operation|stack-limits)/, 70],
  [/integration\/(.*\/)?(request|verify|down)\.|rules\/servers\/(modules|requests|migrations-together)/, 50],
  [/stacks\/|rehearsal\/stack-|explore\//, 40],
  [/integration\/|rules\/servers\/|rehearsal\/|cli\//, 20],
  [/lib\//, 5],
  [/./, 1],
];

module.exports = class LongestFirstSequencer extends Sequencer {
  time(test) {
    return super.time(test) ?? USUAL.find(([files]) => files.test(test.path))[1] * 1000;
  }
};
