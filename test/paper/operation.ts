import fc from 'fast-check';
import type { OnRemovedValue } from '../../lambda/plan/intent';
import type { Befalls } from './paper-database';

/** What a release may be made of the one that the stack was last to be at: the phases of the migrations that it adds. */
export const ADDITIONS = ['', 'e', 'c', 'ec', 'ce', 'ece'] as const;

/** What a release may be made of the one that the properties of the first resource say. */
export const CHANGES = [
  'add one',
  'add three',
  'option',
  'remove the last',
  'remove the first two',
  'edit the first',
  'edit the last',
  'bring one back',
  'try again',
  'other resources',
  'roll back',
] as const;

export type Change = (typeof CHANGES)[number] | (typeof ADDITIONS)[number] | 'less';

/** One operation on a stack. */
export interface Operation {
  readonly change: Change;
  readonly onRemoved: OnRemovedValue;
  /** What befalls the first attempt at the request of each resource, and at those of the rollback. */
  readonly first: Befalls;
  readonly second: Befalls;
  readonly rollingBack: Befalls;
  /** Whether something else fails: after the first resource, which may be the application, or after all. */
  readonly fails: 'nothing' | 'application' | 'after';
  /** The request that the stack gives up, and whether that has begun to run. */
  readonly givesUp: 'nothing' | 'first' | 'second';
  readonly isRunning: boolean;
  /** `--no-rollback`: a stack that fails stays as it is. */
  readonly stays: boolean;
  /** Whether a resource that failed keeps the properties that it had before. */
  readonly forgetsFailed: boolean;
  /** In which order the stack rolls back. */
  readonly isCodeFirst: boolean;
  readonly isReversed: boolean;
  /** Whether the statuses of its end come only in the middle of the next operation, and that of its rollback while it runs. */
  readonly isLate: boolean;
}

const NUMBERS = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 2 });
const WRITES = fc.nat(15);
const mishap: fc.Arbitrary<Befalls> = fc.record(
  { ups: NUMBERS, downs: NUMBERS, isTorn: fc.boolean(), diesAfter: WRITES },
  { requiredKeys: [] },
);
const befalls = fc.oneof(fc.constant({}), mishap);
const usually = <T>(value: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, fc.constantFrom(...others));

/** Any operation. */
export const operation: fc.Arbitrary<Operation> = fc.record({
  change: fc.constantFrom<Change>(...CHANGES),
  onRemoved: fc.constantFrom<OnRemovedValue>('FAIL', 'REVERT'),
  first: befalls,
  second: befalls,
  rollingBack: befalls,
  fails: fc.constantFrom<Operation['fails']>('nothing', 'application', 'after'),
  givesUp: usually<Operation['givesUp']>('nothing', 'first', 'second'),
  isRunning: fc.boolean(),
  stays: fc.boolean(),
  forgetsFailed: fc.boolean(),
  isCodeFirst: fc.boolean(),
  isReversed: fc.boolean(),
  isLate: fc.boolean(),
});

/** Operations all of which have something in common. */
export function operations(
  common: Partial<Operation>,
  changes: readonly Change[],
  { minLength = 0, maxLength }: { readonly minLength?: number; readonly maxLength: number },
): fc.Arbitrary<readonly Operation[]> {
  const one = fc
    .tuple(operation, fc.constantFrom(...changes))
    .map(([each, change]) => ({ ...each, change, ...common }));
  return fc.array(one, { minLength, maxLength });
}
