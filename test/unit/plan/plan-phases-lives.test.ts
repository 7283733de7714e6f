import fc from 'fast-check';
import { expectSame } from '../../paper/expect-same';
import { LIVES } from '../../paper/lives';
import type { Change, Operation } from '../../paper/operation';
import { ADDITIONS, operations } from '../../paper/operation';
import type { Conditions } from '../../paper/paper-life';
import { PaperLife } from '../../paper/paper-life';

const starts = fc.constantFrom('10', '10 11c', '10c 11', '10 11c 12');

const GROWING: readonly Change[] = [...ADDITIONS, ...ADDITIONS, 'roll back'];

function lives(common: Partial<Operation>, conditions: Conditions, changes = GROWING): void {
  const list = operations(common, changes, { minLength: 1, maxLength: 7 });
  const property = fc.property(starts, list, (start, all) =>
    new PaperLife(start, { isGrowing: true, ...conditions }).tell((life) => {
      for (const each of all) if (life.run(each)) expectSame(life.found, life.expected);
    }),
  );
  fc.assert(property, LIVES);
}

describe('with migrations of both phases, the schema is the one of the release that the stack is at', () => {
  test('where every failure is rolled back, in whatever order, and each down runs on what was made last', () => {
    lives({ stays: false }, { options: { outOfOrder: 'FAIL' }, isStrict: true });
  });

  test('where tries without rollback follow each other', () => {
    lives({ first: {}, second: {} }, { options: { outOfOrder: 'FAIL' }, isStrict: true });
  });

  // What is removed is there again, with another text, only once that the release before went through is known.
  test('where releases lack what earlier ones had, and the contracting resource comes and goes', () => {
    const changes: readonly Change[] = [...ADDITIONS, 'less', 'less'];
    lives({ stays: false, isLate: false, first: {}, second: {} }, { options: { onRemoved: 'REVERT' } }, changes);
  });

  test.each(['REVERT', 'RETAIN'] as const)('and onDelete %s does as it says, whatever is deleted first', (onDelete) => {
    const list = operations({ stays: false }, GROWING, { maxLength: 4 });
    const property = fc.property(starts, list, fc.boolean(), (start, all, isReversed) =>
      new PaperLife(start, { options: { onDelete }, isStrict: true, isGrowing: true }).tell((life) => {
        for (const each of all) life.run(each);
        const { found } = life;
        life.delete(isReversed);
        expectSame(life.found, onDelete === 'REVERT' ? ['', ''] : found);
      }),
    );
    fc.assert(property, LIVES);
  });
});
