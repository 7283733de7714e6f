import fc from 'fast-check';
import type { Fate } from './paper-database';
import { CHANGES, PaperStack, type Change, type Operation } from './plan-paper-stack';

const fate: fc.Arbitrary<Fate> = fc.record(
  { failsAt: fc.nat(3), diesAt: fc.nat(3), diesUndoingAt: fc.nat(3), failsUndoingAt: fc.nat(3) },
  { requiredKeys: [] },
);
const undoing: fc.Arbitrary<Fate> = fc.record(
  { diesUndoingAt: fc.nat(4), failsUndoingAt: fc.nat(4) },
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
  for (const each of operations) {
    try {
      if (stack.run(each)) expect(stack.found).toEqual(stack.expected);
    } catch (error) {
      throw new Error(`${String(error)}\n${stack.story.join('\n')}`);
    }
  }
}

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
});
