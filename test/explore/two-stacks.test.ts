import { appliedBy } from '../../lambda/plan/history';
import { plan } from '../../lambda/plan/plan';
import type { Plan } from '../../lambda/plan/plan-types';
import { refuse } from '../../lambda/words/failure';
import { Alphabet, type Options } from './alphabet';
import { stacksAt } from './calmly';
import type { Run } from './delivery';
import type { Explored } from './explore';
import { tell } from './story';
import { wander } from './wander';

const PLAIN = { A: '1', B: '1 2', C: '1 2 3' };
const usual = (said: Readonly<Record<string, string>>, options: Partial<Options> = {}): Run => ({
  alphabet: new Alphabet(said, { onRemoved: 'FAIL', onDelete: 'RETAIN', ...options }),
  plan,
  isLossless: true,
  hears: true,
  staysNew: false,
  byHand: false,
});
/** What is known and is no violation: `run-explore.ts` says why. */
const accepts = /vouches|is pending/;

/** Ways at random: `npm run explore -- --stacks A,B --wander SEED` goes more of them. */
function wandered(run: Run, at: readonly string[], faults: number, steps = 15_000): Explored {
  return wander(stacksAt(at, 3, faults, run), run, { seed: 1, steps, violations: 3, accepts });
}

/** A planner that has a fault: its plans are changed. */
function broken(change: (made: Plan) => Plan): Run {
  return { ...usual(PLAIN), plan: (...of) => change(plan(...of)) };
}

// `A+A`: two constructs of one stack; `-`: not there yet.
describe('stacks on one database', () => {
  test.each<[string, Run, readonly string[], number]>([
    ['grow', usual(PLAIN), ['A', 'A'], 1],
    ['take things away', usual(PLAIN, { onRemoved: 'REVERT', onDelete: 'REVERT' }), ['A', 'B'], 0],
    ['have other lists', usual({ ...PLAIN, E: '1 4', F: '1 2 4', 'F-': '1 4' }), ['A', 'B'], 0],
    ['change options', usual({ A: '1', "A'": '1', B: '1 2', "B'": '1 2' }), ['A', 'A'], 0],
    ['contract', usual({ A: '1', B: '1 2', D: '1 2 3c' }), ['A', 'B'], 0],
    ['have what is irreversible', usual({ A: '1', B: '1 2', C: '1 2 3!', D: '1 2 3! 4' }), ['A', 'B'], 1],
    ['are created beside each other', usual(PLAIN), ['A', '-'], 1],
    ['are three', usual(PLAIN), ['A', 'A', 'B'], 1],
    ['have two constructs', usual(PLAIN), ['A+A'], 1],
    ['have three', usual(PLAIN, { onDelete: 'REVERT' }), ['A+A+-'], 1],
    ['revert where one of two constructs goes', usual(PLAIN, { onRemoved: 'REVERT', onDelete: 'REVERT' }), ['A+A'], 0],
    ['give their construct another id', usual({ A: '1', B: '1 2', D: '1 2 3c' }), ['A+-'], 1],
    ['give theirs another id beside another stack', usual(PLAIN, { onDelete: 'REVERT' }), ['A+-', 'A'], 0],
  ])('that %s: none loses anything to another, nor is stuck', (_what, run, at, faults) => {
    const { violations, transitions } = wandered(run, at, faults);
    expect(violations).toEqual([]);
    expect(transitions).toBeGreaterThanOrEqual(15_000);
  });

  test('that are never heard of: neither loses anything to the other', () => {
    const deaf: Run = { ...usual(PLAIN), hears: false };
    const limits = { seed: 1, steps: 10_000, violations: 3, accepts: /vouches|is pending|was rolled back|at rest at/ };
    expect(wander(stacksAt(['A', 'B'], 3, 1, deaf), deaf, limits).violations).toEqual([]);
  });

  test('go the same ways again with the same seed', () => {
    const [once, again] = [1, 2].map(() => wandered(usual(PLAIN), ['A', 'A'], 1, 2000));
    expect(again).toEqual(once);
  });
});

describe('a planner with a fault is found out', () => {
  test('it knows of no other stack: what that needs is reverted, which is told as a story without what has no part in it', () => {
    const alone: Run = {
      ...usual(PLAIN),
      plan: (intent, code, history, mayAwait) => plan(intent, code, { ...history, alsoInUseBy: [] }, mayAwait),
    };
    const found = wandered(alone, ['A', 'A'], 0).violations.find(({ problem }) => problem.includes('is live, and'));
    expect(found?.problem).toMatch(/code of [BC] is live, and 000[23] is not in the schema/);
    expect(found?.trace.length).toBeLessThan(30);
    const told = tell(stacksAt(['A', 'A'], 3, 0, alone), found?.trace ?? [], alone);
    expect(told.at(-1)).toBe(`      !! ${found?.problem}`);
  });

  test.each([
    [
      'goes back: what live code of that needs is reverted',
      {},
      /code of [BC] is live, and 000[23] is not in the schema/,
    ],
    ['goes: all is reverted under live code', { onDelete: 'REVERT' } as const, /code of A is live, and 0001 is not in/],
  ])('it knows of no other construct of its stack where one %s', (_what, options, problem) => {
    const alone: Run = {
      ...usual(PLAIN, options),
      plan: (intent, code, history, mayAwait) => {
        const { stackId } = intent.request.resource;
        const alsoInUseBy = history.alsoInUseBy.filter((other) => other.stackId !== stackId);
        return plan(intent, code, { ...history, alsoInUseBy }, mayAwait);
      },
    };
    const problems = wandered(alone, ['A+A'], 0, 20_000).violations.map((each) => each.problem);
    expect(problems).toContainEqual(expect.stringMatching(problem));
  });

  test('it reverts nothing at the end of a release but what is its own', () => {
    const forgets = broken((made) => {
      if (made.kind === 'end-release') return { ...made, revert: [], keep: [] };
      return made.kind === 'revert' ? { ...made, revert: made.revert.filter(appliedBy(made.deployments)) } : made;
    });
    const problems = wandered(forgets, ['A', 'A'], 0, 60_000).violations.map(({ problem }) => problem);
    expect(problems).toContainEqual(expect.stringMatching(/^at rest at A and A, and 000[23] is left$/));
  });

  test('it refuses what nobody can put in order', () => {
    const refuses = broken((made) =>
      made.kind === 'forward' && made.apply.some(({ name }) => name === '0009')
        ? refuse('removed-migration', 'the release lacks 0001')
        : made,
    );
    const [first] = wandered(refuses, ['A', 'A'], 0).violations;
    expect(first?.problem).toBe('A is live, and the next release is refused for good: removed-migration');
  });
});
