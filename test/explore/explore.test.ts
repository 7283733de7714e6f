import { plan } from '../../lambda/plan/plan';
import { Alphabet } from './alphabet';
import type { Run } from './delivery';
import type { Explored } from './explore';
import { explore } from './explore';
import { emptyWorld } from './world';
import type { Plan } from '../../lambda/plan/plan-types';

const alphabet = new Alphabet({ A: '1', B: '1 2', B2: '1 2 3c' }, { onRemoved: 'FAIL', onDelete: 'RETAIN' });
const usual: Run = { alphabet, plan, isLossless: true, hears: true, staysNew: false, byHand: false };
/** What is known and is no violation: `run-explore.ts` says why. */
const accepts = /vouches|is pending/;

function explored(operations: number, faults: number, run: Partial<Run> = {}): Explored {
  return explore(emptyWorld(operations, faults), { ...usual, ...run }, { accepts, states: 1_000_000, violations: 5 });
}

/** A planner that has a fault: its plans are changed. */
function broken(change: (made: Plan) => Plan): Partial<Run> {
  return { plan: (...of) => change(plan(...of)) };
}

describe('all ways that an app with one construct may go', () => {
  test.each([
    [1, 2],
    [2, 1],
    [3, 0],
  ])('over %p operations with %p faults: nothing is lost, forgotten or stuck', (operations, faults) => {
    const { violations, isWhole, states } = explored(operations, faults);
    expect(violations).toEqual([]);
    expect({ isWhole, isMany: states > 1000 }).toEqual({ isWhole: true, isMany: true });
  });

  test('nor where removed migrations are reverted', () => {
    const other = new Alphabet({ A: '1', B: '1 2', B2: '1 2 3c' }, { onRemoved: 'REVERT', onDelete: 'RETAIN' });
    expect(explored(2, 1, { alphabet: other }).violations).toEqual([]);
  });

  // Where code comes back late nobody knows whether the release before has it: then it is left, and told as drift.
  test('nor where migrations are reverted by hand and put back, but that they may be left', () => {
    const { violations, isWhole } = explore(
      emptyWorld(2, 1),
      { ...usual, byHand: true },
      { accepts: /vouches|is pending|is left/, states: 1_000_000, violations: 5 },
    );
    expect({ violations, isWhole }).toEqual({ violations: [], isWhole: true });
  });

  test.each([
    [2, 1],
    [3, 0],
  ])('nor where a migration is irreversible, over %p operations with %p faults', (operations, faults) => {
    const fixed = new Alphabet({ A: '1', B: '1 2', C: '1 2 3! 4' }, { onRemoved: 'FAIL', onDelete: 'RETAIN' });
    const { violations, isWhole } = explored(operations, faults, { alphabet: fixed });
    expect({ violations, isWhole }).toEqual({ violations: [], isWhole: true });
  });

  test('nor where only one try has them reverted', () => {
    const one = new Alphabet({ A: '1 2', 'D-': '1 4', D: '1 4' }, { onRemoved: 'FAIL', onDelete: 'RETAIN' });
    expect(explored(3, 0, { alphabet: one }).violations).toEqual([]);
  });
});

describe('a planner with a fault is found out, with the shortest way to it', () => {
  test('it reverts at once what live code needs', () => {
    const { violations } = explored(2, 0, {
      plan: (intent, code, history, mayAwait) => plan(intent, code, { ...history, releases: [] }, mayAwait),
    });
    const found = violations.find(({ problem }) => problem === 'code of B is live, and 0002 is not in the schema');
    expect(found?.trace).toEqual([
      'update to A',
      'stack is CREATE_IN_PROGRESS',
      'M create A: apply 1 = SUCCESS',
      'R(A) create: begin-release = SUCCESS',
      'application: start A',
      'application: finish A',
      'stack is CREATE_COMPLETE',
      'update to B',
      'stack is UPDATE_IN_PROGRESS',
      'M A→B: apply 2 = SUCCESS',
      'R(B) create: begin-release = SUCCESS',
      'application: start B',
      'something else fails: rollback, in order',
      'stack is UPDATE_ROLLBACK_IN_PROGRESS',
      'M B→A: revert 2 = SUCCESS',
    ]);
  });

  test('it lets an older release begin where it should refuse it: what is live is dropped', () => {
    const two = new Alphabet({ A: '1', B: '1 2' }, { onRemoved: 'FAIL', onDelete: 'RETAIN' });
    // The end of A is not written down, so that B is not known to be there to stay.
    const lost = { alphabet: two, hears: false };
    const accept = { accepts: /vouches|was rolled back|at rest at null/, states: 1_000_000, violations: 5 };
    const usually = explore(emptyWorld(3, 1), { ...usual, ...lost }, accept);
    expect(usually.violations).toEqual([]);
    const begins = broken((made) => (made.kind === 'refuse-release' ? { kind: 'begin-release' } : made));
    const { violations } = explore(emptyWorld(3, 1), { ...usual, ...lost, ...begins }, accept);
    expect(violations.map(({ problem }) => problem)).toEqual(['the stack is at B, and 0002 was dropped']);
    expect(violations[0]?.trace.at(-1)).toBe('R(B) delete: revert 2 = SUCCESS');
  });

  test('it reverts what is below an irreversible migration', () => {
    const fixed = new Alphabet({ A: '1', C: '1 2 3!' }, { onRemoved: 'FAIL', onDelete: 'RETAIN' });
    const reverts = broken((made) =>
      made.kind === 'revert' ? { ...made, revert: made.keep.slice(1), keep: made.keep.slice(0, 1) } : made,
    );
    const { violations } = explored(2, 0, { alphabet: fixed, ...reverts });
    const problems = violations.map(({ problem }) => problem);
    expect(problems).toContain('0002 is reverted below 0003, which is irreversible');
  });

  test('it never reverts what is owed', () => {
    const forgets = broken((made) =>
      made.kind === 'revert' && made.deployments.some(({ owedAt }) => owedAt !== null)
        ? { kind: 'end-release', settles: false, revert: [], keep: [], newest: null, because: 'it forgets' }
        : made,
    );
    const { violations } = explored(2, 0, forgets);
    expect(violations.map(({ problem }) => problem)).toContain('at rest at A, and 0002 is left');
  });

  test('it reverts no contraction before older code is live', () => {
    const waits = broken((made) => (made.kind === 'revert' ? { ...made, early: [] } : made));
    const { violations } = explored(2, 0, waits);
    const problems = violations.map(({ problem }) => problem);
    expect(problems).toContain('code of B is live, and 0003 contracts, which it does not know');
  });
});
