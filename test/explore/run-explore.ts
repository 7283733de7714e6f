import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { plan } from '../../lambda/plan/plan';
import type { OnDeleteValue, OnRemovedValue } from '../../lambda/plan/intent';
import { Alphabet } from './alphabet';
import type { Run } from './delivery';
import { explore } from './explore';
import { emptyWorld } from './world';
import { recordProof } from '../proof/proof-record';
import { told } from '../paper/releases';
import { stacksAt } from './calmly';
import { tell } from './story';
import { wander } from './wander';

/**
 * What is known and is no violation. No way is gone on from it.
 * - After two tries with --no-rollback, CloudFormation names only one of them: the scripts of the other are not vouched for.
 * - What contracts waits for the next release where its resource is not called again, or another stack has reverted it: the code of its
 *   release can do without.
 */
const KNOWN = 'vouches|is pending';

const HELP = `npm run explore -- [options]
  --operations N   deployments and deletions in one life (default 3)
  --faults N       what goes wrong in one life (default 1)
  --releases JSON  migrations of each release; c: of the phase contract, !: irreversible (default {"A":"1","B":"1 2","B2":"1 2 3c"})
  --on-removed FAIL|REVERT, --on-delete RETAIN|REVERT   options of the construct
  --deaf           no status of the stack is ever heard
  --lossy          what contracts cannot be reverted and applied again without losing rows
  --stays-new      a stack whose creation fails may stay, and be updated
  --by-hand        migrations are reverted by hand and put back, which counts as what goes wrong; where the code comes back late,
                   they may be left, as drift: accept 'is left' too
  --accepts REGEX  problems that are known and no violation (default ${KNOWN})
  --stacks A,B     two stacks or three on one database, at these releases to begin with; - is a stack that is not there yet, and
                   A+A a stack with two constructs or three, of which one may be - too
  --wander SEED    goes ways at random, each to its end, --steps of them (default 1000000)
  --tell FILE      tells one way again, of which the file has the lines
  --states N       ends after so many states (default 1000000)
  --violations N   ends after so many kinds of violations (default 10)
  --record         notes the result in proof/explore.json, of which docs/proof.md is made`;

const startedAt = Date.now();
const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '3' },
    faults: { type: 'string', default: '1' },
    states: { type: 'string', default: '1000000' },
    violations: { type: 'string', default: '10' },
    'on-removed': { type: 'string', default: 'FAIL' },
    'on-delete': { type: 'string', default: 'RETAIN' },
    releases: { type: 'string', default: '{"A":"1","B":"1 2","B2":"1 2 3c"}' },
    accepts: { type: 'string', default: KNOWN },
    'stays-new': { type: 'boolean', default: false },
    deaf: { type: 'boolean', default: false },
    lossy: { type: 'boolean', default: false },
    'by-hand': { type: 'boolean', default: false },
    stacks: { type: 'string' },
    wander: { type: 'string' },
    steps: { type: 'string', default: '1000000' },
    tell: { type: 'string' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const alphabet = new Alphabet(JSON.parse(values.releases) as Record<string, string>, {
  onRemoved: values['on-removed'] as OnRemovedValue,
  onDelete: values['on-delete'] as OnDeleteValue,
});
const plans = new Map<string, number>();
const run: Run = {
  alphabet,
  plan,
  isLossless: !values.lossy,
  staysNew: values['stays-new'],
  hears: !values.deaf,
  byHand: values['by-hand'],
  onPlan: (made) => {
    const text = `${made.kind}: ${told(made)}`.replace(/\d+/g, '#').replace(/#( #)+/g, '#');
    plans.set(text, (plans.get(text) ?? 0) + 1);
  },
};
const [operations, faults] = [Number(values.operations), Number(values.faults)];
const start =
  values.stacks === undefined
    ? emptyWorld(operations, faults)
    : stacksAt(values.stacks.split(','), operations, faults, run);
plans.clear();
if (values.tell !== undefined) {
  const lines = readFileSync(values.tell, 'utf8')
    .split('\n')
    .filter((line) => /^ {0,2}[^ ]/.test(line));
  console.log(tell(start, lines.map((line) => line.trim()), run).join('\n')); // prettier-ignore
  process.exit();
}
const limits = { accepts: new RegExp(values.accepts), violations: Number(values.violations) };
const result =
  values.wander === undefined
    ? explore(start, run, { ...limits, states: Number(values.states) })
    : wander(start, run, { ...limits, seed: Number(values.wander), steps: Number(values.steps) });
for (const [problem, count] of result.counts) console.log(`${count} times: ${problem}`);
for (const { problem, trace } of result.violations)
  console.log([`VIOLATION (${result.counts.get(problem)}): ${problem}`, ...tell(start, trace, run)].join('\n'));
console.log(
  [...plans]
    .sort()
    .map(([text, count]) => `${String(count).padStart(9)} ${text}`)
    .join('\n'),
);
console.log(
  `${result.states} ${values.wander === undefined ? 'states' : 'ways'}, ${result.transitions} transitions, depth ${result.depth}` +
    `${result.isWhole ? '' : ' (not all)'}, ${result.violations.length} violations; ` +
    `${values.operations} operations, ${values.faults} faults`,
);
if (values.record) {
  const options = process.argv.slice(2).filter((option) => option !== '--record');
  recordProof(
    'explore',
    ['npm run explore', ...(options.length > 0 ? ['--'] : []), ...options.map(quoted)].join(' '),
    startedAt,
    {
      operations,
      faults,
      ...(values.wander === undefined ? { states: result.states } : { ways: result.states }),
      steps: result.transitions,
      all: result.isWhole ? 'yes' : 'no',
      violations: result.violations.length,
    },
  );
}
process.exitCode = result.violations.length > 0 ? 1 : 0;

function quoted(option: string): string {
  return /^[\w.-]+$/.test(option) ? option : `'${option.replaceAll("'", String.raw`'\''`)}'`;
}
