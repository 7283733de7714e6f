import fc from 'fast-check';
import { expectSame } from './expect-same';
import type { Fate } from './paper-database';
import { CHANGES, PaperStack, type Change, type Operation } from './plan-paper-stack';

const fate: fc.Arbitrary<Fate> = fc.record(
  {
    failsAt: fc.nat(3),
    diesAt: fc.nat(3),
    diesUndoingAt: fc.nat(3),
    failsUndoingAt: fc.nat(3),
    atFirstStep: fc.boolean(),
  },
  { requiredKeys: [] },
);
const undoing: fc.Arbitrary<Fate> = fc.record(
  { diesUndoingAt: fc.nat(4), failsUndoingAt: fc.nat(4), atFirstStep: fc.boolean() },
  { requiredKeys: [] },
);

const operation: fc.Arbitrary<Operation> = fc.record({
  change: fc.constantFrom(...CHANGES),
  onRemoved: fc.constantFrom('FAIL', 'REVERT'),
  fate,
  undoing,
  siblingFails: fc.boolean(),
  stays: fc.boolean(),
  givenUp: fc.oneof({ weight: 3, arbitrary: fc.constant('never' as const) }, fc.constantFrom('waiting', 'running')),
  codeFirst: fc.boolean(),
  isLate: fc.boolean(),
  forgetsFailed: fc.boolean(),
});

function live(operations: readonly Operation[]): void {
  const stack = new PaperStack();
  tell(stack, () => {
    for (const each of operations) if (stack.run(each)) expectSame(stack.found, stack.expected);
  });
}

/** What happened, where it comes to a failure. */
function tell(stack: PaperStack, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw new Error(`${String(error)}\n${stack.story.join('\n')}`);
  }
}

const FORWARD = CHANGES.filter((change) => change !== 'roll back');

/** Lives of up to eight operations, all of which have something in common. */
function lives(
  common: Partial<Operation>,
  changes: readonly Change[] = CHANGES,
): fc.IPropertyWithHooks<[operations: readonly Operation[]]> {
  const one = fc
    .tuple(operation, fc.constantFrom(...changes))
    .map(([each, change]) => ({ ...each, change, ...common }));
  return fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), live);
}

/** The long run: `RUNS=80000 npx jest --selectProjects unit -- test/unit/plan-stack-lives`. */
const numRuns = Number(process.env['RUNS'] ?? 800);

describe('whatever happens to a stack, its schema is the one of the release that it is at', () => {
  test('where every failure is rolled back', () => {
    fc.assert(lives({ stays: false, isLate: false }), { numRuns });
  });

  test('where tries without rollback follow each other, and every one of them got through to the database', () => {
    const common: Partial<Operation> = { fate: {}, givenUp: 'never' };
    fc.assert(lives(common, ['add one', 'add three', 'option', 'other resources', 'roll back']), { numRuns });
  });

  // A status that comes late may cost a stack without resources of releases what was live: nothing else tells it.
  test('without rollback too, with tries that were refused or given up', () => {
    fc.assert(lives({ isLate: false }), { numRuns });
  });

  test('also where its creation was never well, and all is deleted that was tried since', () => {
    const tries = fc.array(
      fc
        .tuple(operation, fc.constantFrom(...FORWARD))
        .map(([each, change]): Operation => ({ ...each, change, siblingFails: true, stays: true })),
      { maxLength: 4 },
    );
    const property = fc.property(tries, fc.boolean(), (operations, codeFirst) => {
      const stack = new PaperStack({ stays: true });
      tell(stack, () => {
        for (const each of operations) stack.run(each);
        stack.rollBackCreation(codeFirst);
        expectSame(stack.found, ['', '']);
      });
    });
    fc.assert(property, { numRuns });
  });

  test('tries without rollback and their rollback come to nothing: every row of history is as it was before', () => {
    const tries = fc.array(
      fc
        .tuple(operation, fc.constantFrom(...FORWARD))
        .map(([each, change]): Operation => ({ ...each, change, siblingFails: true, stays: true })),
      { minLength: 1, maxLength: 5 },
    );
    const property = fc.property(tries, operation, (operations, last) => {
      const stack = new PaperStack();
      tell(stack, () => {
        const [tables, journal] = [stack.database.tables.toString(), stack.database.migrations];
        for (const each of operations) stack.run(each);
        stack.run({ ...last, change: 'roll back' });
        expectSame(stack.database.tables.toString(), tables);
        // What a try had applied and another had removed leaves a mark, which any later release overwrites.
        expectSame(
          stack.database.migrations.filter(({ state }) => state !== 'removed'),
          journal,
        );
      });
    });
    fc.assert(property, { numRuns });
  });
});
