import { parseArgs } from 'node:util';
import { plan } from '../../lambda/plan/plan';
import type { OnDeleteValue, OnRemovedValue } from '../../lambda/plan/intent';
import { Alphabet } from './alphabet';
import { explore } from './explore';
import { emptyWorld } from './world';
import { recordProof } from '../proof/proof-record';
import { told } from '../paper/releases';

/**
 * What is known and is no violation. No way is gone on from it.
 * - After two tries with --no-rollback, CloudFormation names only one of them: the scripts of the other are not vouched for.
 * - What contracts waits for the next release where its resource is not called again: the code of its release can do without.
 */
const KNOWN = 'vouches|is pending';

const HELP = `npm run explore -- [options]
  --operations N   deployments and deletions in one life (default 3)
  --faults N       what goes wrong in one life (default 1)
  --releases JSON  migrations of each release; c: of the phase contract (default {"A":"1","B":"1 2","B2":"1 2 3c"})
  --on-removed FAIL|REVERT, --on-delete RETAIN|REVERT   options of the construct
  --deaf           no status of the stack is ever heard
  --lossy          what contracts cannot be reverted and applied again without losing rows
  --stays-new      a stack whose creation fails may stay, and be updated
  --by-hand        migrations are reverted by hand and put back, which counts as what goes wrong; where the code comes back late,
                   they may be left, as drift: accept 'is left' too
  --accepts REGEX  problems that are known and no violation (default ${KNOWN})
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
const result = explore(
  emptyWorld(Number(values.operations), Number(values.faults)),
  {
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
  },
  { accepts: new RegExp(values.accepts), states: Number(values.states), violations: Number(values.violations) },
);
for (const [problem, count] of result.counts) console.log(`${count} times: ${problem}`);
for (const { problem, trace } of result.violations)
  console.log(
    [`VIOLATION (${result.counts.get(problem)}): ${problem}`, ...trace.map((line) => `  ${line}`)].join('\n'),
  );
console.log(
  [...plans]
    .sort()
    .map(([text, count]) => `${String(count).padStart(9)} ${text}`)
    .join('\n'),
);
console.log(
  `${result.states} states, ${result.transitions} transitions, depth ${result.depth}` +
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
      operations: Number(values.operations),
      faults: Number(values.faults),
      states: result.states,
      steps: result.transitions,
      all: result.isWhole ? 'yes' : 'no',
      violations: result.violations.length,
    },
  );
}
process.exitCode = result.violations.length > 0 ? 1 : 0;

function quoted(option: string): string {
  return /^[\w.-]+$/.test(option) ? option : `'${option}'`;
}
