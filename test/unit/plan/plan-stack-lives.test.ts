import fc from 'fast-check';
import { expectSame } from '../../paper/expect-same';
import { LIVES } from '../../paper/lives';
import type { Change, Operation } from '../../paper/operation';
import { CHANGES, operation, operations } from '../../paper/operation';
import { PaperLife } from '../../paper/paper-life';

const FORWARD = CHANGES.filter((change) => change !== 'roll back');

/** Lives of up to eight operations, all of which have something in common. */
function lives(common: Partial<Operation>, changes: readonly Change[] = CHANGES): void {
  const property = fc.property(operations(common, changes, { minLength: 1, maxLength: 8 }), (list) =>
    new PaperLife('10 11').tell((life) => {
      for (const each of list) if (life.run(each)) expectSame(life.found, life.expected);
    }),
  );
  fc.assert(property, LIVES);
}

/** Up to so many tries that fail after us and stay. */
const tries = (maxLength: number): fc.Arbitrary<readonly Operation[]> =>
  operations({ fails: 'after', stays: true }, FORWARD, { maxLength });

describe('whatever happens to a stack, its schema is the one of the release that it is at', () => {
  test('where every failure is rolled back', () => {
    lives({ stays: false, isLate: false });
  });

  test('where tries without rollback follow each other, and every one of them got through to the database', () => {
    lives({ first: {}, givesUp: 'nothing' }, ['add one', 'add three', 'option', 'other resources', 'roll back']);
  });

  // A status that comes late may cost a stack without resources of releases what was live: nothing else tells it.
  test('without rollback too, with tries that were refused or given up', () => {
    lives({ isLate: false });
  });

  test('also where its creation was never well, and all is deleted that was tried since', () => {
    const property = fc.property(tries(4), fc.boolean(), (list, isCodeFirst) =>
      new PaperLife('10 11', { isNeverWell: true }).tell((life) => {
        for (const each of list) life.run(each);
        life.rollBackCreation(isCodeFirst);
        expectSame(life.found, ['', '']);
      }),
    );
    fc.assert(property, LIVES);
  });

  test('tries without rollback and their rollback come to nothing: every row of history is as it was before', () => {
    const property = fc.property(tries(5), operation, (list, last) =>
      new PaperLife('10 11').tell((life) => {
        const { schema, migrations } = life.database;
        for (const each of list) life.run(each);
        life.run({ ...last, change: 'roll back' });
        expectSame(life.database.schema, schema);
        // What a try had applied and another had removed leaves a mark, which any later release overwrites.
        const left = life.database.migrations.filter(({ state }) => state !== 'removed');
        expectSame(left, migrations);
      }),
    );
    fc.assert(property, LIVES);
  });
});
