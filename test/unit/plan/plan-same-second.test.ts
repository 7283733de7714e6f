import { NO_HISTORY, type DeploymentRow, type History } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  CONTRACT,
  create,
  deployment,
  done,
  OURS,
  releaseOf,
  request,
  second,
  shipped,
  told,
  update,
} from '../../paper/releases';

// The times of requests have no fraction: all of these are of one second.
const [A, B, C] = [releaseOf('1'), releaseOf('1 2 3c'), releaseOf('1 2 3c 4')];
const REVERTED = { status: 'reverted', answered: 'FAILED' } as const;
const OWED = { owedAt: second(100), owedUnder: 'FAIL' } as const;
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const contractA = deployment(create(A, request(2, { resource: CONTRACT })), { id: 2, settledAt: second(5) });
const firstB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(99)), { id: 3, ...more });
const ofContract = request(100, { resource: CONTRACT });

function decide(
  intent: Intent,
  code: string,
  deployments: readonly DeploymentRow[],
  more: Partial<History> = {},
): string {
  const migrations = [
    ...done('1', createdA),
    ...deployments.filter(({ id }) => id === 3).flatMap((row) => done('2', row)),
  ];
  const past = { ...NO_HISTORY, migrations, newestRequestAt: second(100), ...more };
  return told(plan(intent, shipped(code), { ...past, deployments: [...deployments, contractA, createdA] }));
}

describe('an update that comes late, after its rollback', () => {
  test('runs no more: the schema would be the one of a release that nobody deploys', () => {
    expect(decide(update(A, B), '1 2 3c', [], { revertedThen: [B.hash] })).toBe('stale');
  });

  test('is answered where it changes nothing: the release is the one that was gone back to, and the stack waits', () => {
    expect(decide(update(A, A), '1', [], { revertedThen: [A.hash] })).toMatch(/^nothing/);
  });
});

describe('the second resource, which follows the first one', () => {
  const late = update(A, B, ofContract);

  test('contracts no more where the first one was reverted, or is to be', () => {
    expect(decide(late, '1 2 3c', [firstB(REVERTED)])).toBe('stale');
    expect(decide(late, '1 2 3c', [firstB(OWED)])).toBe('stale');
    expect(decide(create(B, ofContract), '1 2 3c', [firstB(REVERTED)])).toBe('stale');
  });

  test('contracts where the first one stands: nobody else would answer the stack', () => {
    expect(decide(late, '1 2 3c', [firstB()])).toBe('apply 3');
  });

  test('contracts though another construct goes back from the same release', () => {
    const other = { ...OURS, logicalId: 'Second' };
    const theirs = deployment(update(A, B, request(100, { resource: other })), { id: 4, ...OWED });
    expect(decide(late, '1 2 3c', [theirs, firstB()])).toBe('apply 3');
  });

  test('contracts where the first one had nothing more to do: the mark of that is no deployment that was reverted', () => {
    const mark = deployment(update(B, B, request(100)), { ...REVERTED, id: 4, newHash: null, oldHash: null });
    expect(decide(late, '1 2 3c', [mark, firstB()])).toBe('apply 3');
  });

  test('contracts where an earlier try of its own was reverted, and the first one stands since', () => {
    const tried = deployment(update(A, B, request(99, { resource: CONTRACT })), { ...REVERTED, id: 4 });
    expect(decide(late, '1 2 3c', [tried, firstB()])).toBe('apply 3');
  });

  test('goes back after the first one: it brings the release that is gone back to, and the stack waits', () => {
    const contractB = deployment(update(A, B, request(50, { resource: CONTRACT })), { id: 4, settledAt: second(60) });
    const firstC = deployment(update(B, C, request(98)), { ...REVERTED, id: 5 });
    const contractC = deployment(update(B, C, request(99, { resource: CONTRACT })), { ...REVERTED, id: 6 });
    expect(decide(update(C, B, ofContract), '1 2 3c', [contractC, firstC, contractB, firstB()])).toMatch(/^nothing/);
  });

  test('goes back from another option after the first one: both are of one release', () => {
    const option = releaseOf('1', { onRemoved: 'REVERT' });
    const first = deployment(update(A, option, request(99)), { ...REVERTED, id: 4 });
    expect(decide(update(option, A, ofContract), '1', [first])).toMatch(/^nothing/);
  });
});

test('the first resource is deployed again after a try of the same release reverted itself', () => {
  expect(decide(update(A, B), '1 2 3c', [firstB(REVERTED)], { migrations: done('1', createdA) })).toBe('apply 2');
});
