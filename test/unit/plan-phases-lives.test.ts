import fc from 'fast-check';
import type { Release } from '../../lambda/plan/intent';
import { expectSame } from './expect-same';
import { ADDITIONS, PaperConstruct, type PhasedOperation } from './paper-construct';
import type { Fate } from './paper-database';

const fate: fc.Arbitrary<Fate> = fc.record(
  { failsAt: fc.nat(3), diesAt: fc.nat(3), diesUndoingAt: fc.nat(3), failsUndoingAt: fc.nat(3) },
  { requiredKeys: [] },
);
const undoing: fc.Arbitrary<Fate> = fc.record(
  { diesUndoingAt: fc.nat(4), failsUndoingAt: fc.nat(4), atFirstStep: fc.boolean() },
  { requiredKeys: [] },
);
const operation: fc.Arbitrary<PhasedOperation> = fc.record({
  adds: fc.constantFrom(...ADDITIONS, ...ADDITIONS, 'roll back' as const),
  expand: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fate),
  contract: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fate),
  undoing: fc.oneof(fc.constant({}), undoing),
  fails: fc.constantFrom('nothing', 'application', 'after', 'while contracting'),
  stays: fc.boolean(),
  contractFirst: fc.boolean(),
  codeFirst: fc.boolean(),
  forgetsFailed: fc.boolean(),
});

/** The long run: `RUNS=80000 npx jest --selectProjects unit -- test/unit/plan-phases-lives`. */
const numRuns = Number(process.env['RUNS'] ?? 800);

/** What happened, where it comes to a failure. */
function tell(stack: PaperConstruct, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw new Error(`${String(error)}\n${stack.story.join('\n')}`);
  }
}

const starts = fc.constantFrom('10', '10 11c', '10c 11', '10 11c 12');

function lives(
  common: Partial<PhasedOperation>,
  options: Partial<Release>,
  { adds = operation.map((each) => each.adds), isStrict = true } = {},
): void {
  const one = fc.tuple(operation, adds).map(([each, added]) => ({ ...each, adds: added, ...common }));
  const operations = fc.array(one, { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(starts, operations, (start, list) => {
      const stack = new PaperConstruct(start, options);
      stack.database.tables.isStrict = isStrict;
      tell(stack, () => {
        for (const each of list) if (stack.run(each)) expectSame(stack.found, stack.expected);
      });
    }),
    { numRuns },
  );
}

describe('with migrations of both phases, the schema is the one of the release that the stack is at', () => {
  test('where every failure is rolled back, in whatever order, and each down runs on what was made last', () => {
    lives({ stays: false }, { outOfOrder: 'FAIL' });
  });

  test('where tries without rollback follow each other', () => {
    lives({ expand: {}, contract: {} }, { outOfOrder: 'FAIL' });
  });

  test('where releases lack what earlier ones had, and the contracting resource comes and goes', () => {
    const adds = fc.constantFrom(...ADDITIONS, 'less' as const, 'less' as const);
    lives({ stays: false, expand: {}, contract: {} }, { onRemoved: 'REVERT' }, { adds, isStrict: false });
  });

  test.each(['REVERT', 'RETAIN'] as const)('and onDelete %s does as it says, whatever is deleted first', (onDelete) => {
    const operations = fc.array(operation, { maxLength: 4 });
    const property = fc.property(starts, operations, fc.boolean(), (start, list, contractFirst) => {
      const stack = new PaperConstruct(start, { onDelete });
      stack.database.tables.isStrict = true;
      tell(stack, () => {
        for (const each of list) stack.run({ ...each, stays: false });
        const { found } = stack;
        stack.delete(contractFirst);
        expectSame(stack.found, onDelete === 'REVERT' ? ['', ''] : found);
      });
    });
    fc.assert(property, { numRuns });
  });
});
