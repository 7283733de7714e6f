import { pairDowns, type DownDecision, type HalfApplied } from '../../../lambda/schema/half-applied';
import type { SchemaObject, SchemaSnapshot } from '../../../lambda/schema/inventory';
import { stepOf } from '../../../lambda/sql/step';

/** A database of such objects, named as in `table t, column t.a, trigger w`. */
export function snapshotOf(objects: string): SchemaSnapshot {
  const named = objects.split(',').flatMap((object) => {
    const [, kind, name = '', part = ''] = /^\s*(\w+) ([^.]+)\.?(.*)$/s.exec(object) ?? [];
    return kind === undefined ? [] : [{ kind, name, part }];
  });
  const definitionOf = (table: string): string => {
    const lines = named.filter(({ name }) => name === table).flatMap(({ kind, part }) => LINES[kind]?.(part) ?? []);
    return `CREATE TABLE \`${table}\` (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB`;
  };
  return {
    objects: named
      .filter(({ kind }) => LINES[kind] === undefined)
      .map(({ kind, name }) => ({
        kind: kind as SchemaObject['kind'],
        name,
        definition: kind === 'table' ? definitionOf(name) : '',
      })),
  };
}

/** The line of a part of a table, by the part's kind. */
const LINES: Readonly<Record<string, (name: string) => string>> = {
  column: (name) => `\`${name}\` int DEFAULT NULL`,
  index: (name) => (name === 'PRIMARY' ? 'PRIMARY KEY (`x`)' : `KEY \`${name}\` (\`x\`)`),
  constraint: (name) => `CONSTRAINT \`${name}\` CHECK (1)`,
};

/** Decides over the downs, and says each decision in short. */
export function decide(
  half: Partial<Omit<HalfApplied, 'before' | 'now' | 'up' | 'down'>> & {
    up?: readonly string[];
    down?: readonly string[];
    before?: string | SchemaSnapshot | null;
    now: string | SchemaSnapshot;
  },
): readonly string[] {
  const { before = '' } = half;
  const decisions = pairDowns({
    stepsDone: 1,
    defaultSchema: 'app',
    takesAnyCase: false,
    applied: [],
    elsewhere: [],
    ...half,
    up: (half.up ?? []).map(stepOf),
    down: (half.down ?? []).map(stepOf),
    before: typeof before === 'string' ? snapshotOf(before) : before,
    now: typeof half.now === 'string' ? snapshotOf(half.now) : half.now,
  });
  return decisions.map(inShort);
}

/** What becomes of a statement, in a word or two. */
function inShort(decision: DownDecision): string {
  if (decision.kind === 'leave') return decision.reason;
  return `run${decision.tolerateUnknown ? ' tolerant' : ''}`;
}

/** A half-applied migration, and what is done with its down. */
export interface Case {
  readonly name: string;
  readonly up: readonly string[];
  readonly done?: number;
  /** In short, or with definitions; null where nobody has noted it. */
  readonly before?: string | SchemaSnapshot | null;
  readonly now: string | SchemaSnapshot;
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
