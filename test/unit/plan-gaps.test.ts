import type { DeploymentRow, HistoryRow } from '../../lambda/plan/history';
import type { Intent } from '../../lambda/plan/intent';
import { plan } from '../../lambda/plan/plan';
import { create, deployment, done, OURS, releaseOf, remove, request, second, shipped, told, update } from './releases';

/**
 * Sequences that the planner does not master yet, with the plan that they should get. A test that passes here makes its
 * `test.failing` fail: then it belongs to the file of its rule.
 */
const [A, B, C] = [releaseOf('1'), releaseOf('1 2'), releaseOf('1 2 3')];
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const tryB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, sawFailure: true, ...more });
const tryC = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(B, C, request(100)), { id: 3, ...more });
const UNDONE = { status: 'reverted', answered: 'FAILED' } as const;

function decide(
  intent: Intent,
  code: string,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
  mayAwait = false,
): string {
  return told(plan(intent, shipped(code), { migrations, deployments, newestRequestAt: 0 }, second(300), mayAwait));
}

describe('rules 2 and 3: a rollback is known as one', () => {
  const back = update(C, A, request(200));
  const rolling = { stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', stackStatusAt: second(190) };

  test.failing.each(['1', '1 2 3'])('A→B fails and undoes itself, B→C stays, then C→A with the code of %p', (code) => {
    const [b, c] = [tryB(UNDONE), tryC()];
    expect(decide(back, code, [...done('1', createdA), ...done('2 3', c)], [c, b, createdA])).toBe('revert 3 2');
  });

  test.failing('A→B stays, B→C fails and undoes itself, then C→A with the code of C', () => {
    const [b, c] = [tryB(), tryC({ ...UNDONE, sawFailure: true })];
    expect(decide(back, '1 2 3', [...done('1', createdA), ...done('2', b)], [c, b, createdA])).toBe('revert 2');
  });

  test.failing('A→B stays, B→C is refused and leaves no row, then C→A', () => {
    const b = tryB(rolling);
    expect(decide(back, '1 2 3', [...done('1', createdA), ...done('2', b)], [b, createdA])).toBe('revert 2');
  });

  test.failing('A→B stays, B→C leaves no row, C→D stays, then D→A', () => {
    const b = tryB();
    const D = releaseOf('1 2 3 4');
    const d = deployment(update(C, D, request(150)), { id: 3, ...rolling });
    const rows = [...done('1', createdA), ...done('2', b), ...done('3 4', d)];
    expect(decide(update(D, A, request(200)), '1', rows, [d, b, createdA])).toBe('revert 4 3 2');
  });

  test.failing('A→B leaves no row, B→C stays, then C→A: what it goes back to is the last that settled', () => {
    const c = tryC(rolling);
    expect(decide(back, '1', [...done('1', createdA), ...done('2 3', c)], [c, createdA])).toBe('revert 3 2');
  });

  test.failing('A→B fails and cannot undo itself, A→C builds upon what is left of it, then C→A', () => {
    const b = tryB({ status: 'failed', answered: 'FAILED' });
    const c = deployment(update(A, C, request(100)), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', b), ...done('3', c)];
    expect(decide(back, '1', rows, [c, b, createdA])).toBe('revert 3 2');
  });

  test.failing(
    'A→B stays, another operation follows that does not call us and is rolled back: its status is late',
    () => {
      const b = tryB({ stackStatus: 'UPDATE_IN_PROGRESS', stackStatusAt: second(90) });
      const rows = [...done('1', createdA), ...done('2', b)];
      expect(decide(update(B, A, request(200)), '1', rows, [b, createdA], true)).toBe('await-status');
    },
  );

  test.failing('A→D leaves no row, D→B dies and stays, B→D is tried: D was never there to go back to', () => {
    const D = releaseOf('1 4');
    const died = deployment(update(D, B, request(100)), { id: 2, status: 'running', answered: null, endedAt: null });
    const rows = [...done('1', createdA), ...done('2~', died)];
    expect(decide(update(B, D, request(200)), '1 4', rows, [died, createdA])).toBe('undo 2, apply 4');
  });

  test.failing('of a release that changed nothing is no deployment that might be refused', () => {
    const theirs = deployment(create(B, request(20, { resource: { ...OURS, logicalId: 'Theirs' } })), { id: 2 });
    const own = deployment(update(A, B, request(50)), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', theirs)];
    expect(decide(update(B, A, request(100)), '1', rows, [own, theirs, createdA])).toBe(
      'nothing: the deployment that is rolled back had changed nothing',
    );
  });
});

describe('rule 9: removed migrations', () => {
  const old = releaseOf('1 2 3');
  const lacks = releaseOf('1 4', { onRemoved: 'REVERT' });
  const base = deployment(create(old, request(1)), { id: 1, settledAt: second(5) });
  const b = deployment(update(old, lacks, request(50)), { id: 2, sawFailure: true });

  test.failing.each(['1 2 4', "1 2' 4"])(
    'one is brought back by %p in a chain: the rollback of the chain could not tell whose it is',
    (list) => {
      const rows = [...done('1', base), ...done('2- 3-', base, b), ...done('4', b)];
      expect(decide(update(lacks, releaseOf(list), request(100)), list, rows, [b, base])).toBe(
        'refuse: removed-migration',
      );
    },
  );

  test.failing('a removal that was cut short is finished though an irreversible migration of the release stays', () => {
    const rows = [...done('1 2', base), ...done('3<', base, b), ...done('4!', b)];
    const died = { ...b, status: 'running', answered: null, endedAt: null } as const;
    expect(decide(update(lacks, old, request(100)), '1 2 3', rows, [died, base])).toBe('revert 3, keep 4, reapply 3');
  });

  test.failing('one whose removal is finished by a release that has it leaves no row that would be in the way', () => {
    const rows = [...done('1 2', base), ...done('3<', base, b)];
    const next = update(old, releaseOf('1 2 3 5'), request(100));
    expect(decide(next, '1 2 3 5', rows, [{ ...b, status: 'reverted' }, base])).toBe('undo 3, forget 3, apply 3 5');
  });
});

test.failing('rule 6: a Delete that rolls a chain back to before its Create reverts the chain', () => {
  const created = deployment(create(A, request(20)), { id: 1, sawFailure: true });
  const updated = tryB({ stackStatus: 'ROLLBACK_IN_PROGRESS', stackStatusAt: second(90) });
  const rows = [...done('1', created), ...done('2', updated)];
  expect(decide(remove(B, request(100)), '1 2', rows, [updated, created])).toBe('revert 2 1');
});
