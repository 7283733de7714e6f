import { pairDowns, type DownDecision, type HalfApplied } from '../../../lambda/schema/half-applied';
import { stepOf } from '../../../lambda/sql/step';

/** What stands in the database, as keys without their backticks. */
export function keys(objects: string): ReadonlySet<string> {
  return new Set(
    objects
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '')
      .map((key) =>
        key.replace(
          / (.*)$/,
          (_, path: string) =>
            ` ${path
              .split('.')
              .map((part) => `\`${part}\``)
              .join('.')}`,
        ),
      ),
  );
}

/** Decides over the downs, and says each decision in short. */
export function decide(
  half: Partial<Omit<HalfApplied, 'before' | 'now' | 'up' | 'down'>> & {
    up?: readonly string[];
    down?: readonly string[];
    before?: string | null;
    now: string;
  },
): readonly string[] {
  const before = half.before === null ? null : keys(half.before ?? '');
  const decisions = pairDowns({
    stepsDone: 1,
    defaultSchema: 'app',
    takesAnyCase: false,
    ...half,
    up: (half.up ?? []).map(stepOf),
    down: (half.down ?? []).map(stepOf),
    before,
    now: keys(half.now),
  });
  return decisions.map(inShort);
}

/** What becomes of a statement, in a word or two. */
export function inShort(decision: DownDecision): string {
  if (decision.kind === 'leave') return decision.reason;
  return `run${decision.tolerateUnknown ? ' tolerant' : ''}`;
}

/** A half-applied migration, and what is done with its down. */
export interface Case {
  readonly name: string;
  readonly up: readonly string[];
  readonly done?: number;
  readonly before?: string | null;
  readonly now: string;
  /** Each statement of the down, and what becomes of it. */
  readonly down: Readonly<Record<string, string>>;
}

/** A test for each case. */
export function checkAll(cases: readonly Case[]): void {
  test.each(cases.map((each) => [each.name, each] as const))('%s', (_, { down, done, ...half }) => {
    const decisions = decide({ ...half, down: Object.keys(down), stepsDone: done ?? 1 });
    expect(Object.fromEntries(Object.keys(down).map((statement, index) => [statement, decisions[index]]))).toEqual(
      down,
    );
  });
}
