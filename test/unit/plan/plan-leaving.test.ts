import { NO_HISTORY, type DeploymentRow, type HistoryRow, type ReleaseRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  create,
  deployment,
  done,
  releaseEnds,
  releaseOf,
  request,
  second,
  shipped,
  told,
  update,
} from '../../paper/releases';

/** A release of three migrations; and one that lacks two of them, has another, and says REVERT. */
const A = releaseOf('1 2 3');
const B = releaseOf('1 4', { onRemoved: 'REVERT' });
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const updatedB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });

describe('while the resource of the release before stands, what a release lacks stays until that one ends', () => {
  const standing = (digest: string, at = 1): ReleaseRow => ({
    digest,
    createdAt: second(at),
    endedAt: null,
    names: null,
  });
  const leaving = (by: DeploymentRow): readonly HistoryRow[] => [
    ...done('1', createdA),
    ...done('2 3', createdA).map((row) => ({ ...row, removedBy: by.id })),
  ];
  const decideWith = (
    intent: Intent,
    migrations: readonly HistoryRow[],
    deployments: readonly DeploymentRow[],
    releases: readonly ReleaseRow[],
  ): string =>
    told(
      plan(intent, shipped('1 4'), {
        ...NO_HISTORY,
        migrations,
        deployments: [...deployments, createdA],
        releases,
      }),
    );

  const C = releaseOf('1 4 5');
  const both = [standing(A.digest), standing(B.digest, 51)];
  const b = updatedB();
  const rows = [...leaving(b), ...done('4', b)];

  test('the update leaves them in the schema', () => {
    const before = done('1 2 3', createdA);
    expect(decideWith(update(A, B), before, [], [standing(A.digest)])).toBe('apply 4, leaving 3 2');
    expect(decideWith(update(A, B), before, [], [])).toBe('apply 4, revert 3 2');
  });

  test('its own second attempt leaves them again, the next release that lacks them where they are', () => {
    const running = updatedB({ status: 'running', answered: null });
    expect(decideWith(update(A, B, request(50)), rows, [running], both)).toBe('leaving 3 2');
    const next = releaseOf('1 4', { nonce: 'next' });
    expect(decideWith(update(B, next), rows, [updatedB({ settledAt: second(90) })], both)).toBe('only its row');
  });

  test('the end of the release before reverts them, newest first', () => {
    expect(decideWith(releaseEnds(A), rows, [b], both)).toBe('end-release, settle, revert 3 2');
    const cutShort = rows.map((row) => (row.name === '0003' ? { ...row, state: 'reverting' as const } : row));
    expect(decideWith(releaseEnds(A), cutShort, [updatedB({ settledAt: second(90) })], both)).toBe(
      'end-release, settle, revert 3 2',
    );
  });

  test('the end of another release, which had not got them, does not', () => {
    const c = deployment(update(B, C, request(80)), { id: 3 });
    expect(decideWith(releaseEnds(B), rows, [c, b], [...both, standing(C.digest, 81)])).toBe('end-release, settle');
  });

  test('a rollback leaves them alone until the end of the release that lacks them, which only takes the mark away', () => {
    expect(decideWith(update(B, A), rows, [b], both)).toBe('revert nothing, owe the rest');
    const owed = updatedB({ owedAt: second(60), owedUnder: 'FAIL' });
    expect(decideWith(releaseEnds(B), rows, [owed], both)).toBe('revert 4, reapply 2 3');
  });

  test('a later release that has them again takes them over', () => {
    const settled = updatedB({ settledAt: second(90) });
    const later = releaseOf('1 2 3 4');
    const past = { ...NO_HISTORY, migrations: rows, deployments: [settled, createdA], releases: both };
    expect(told(plan(update(B, later), shipped('1 2 3 4'), past))).toBe('adopt 2 3');
  });

  test('also where reverting them was begun in the clean-up, and reverted nothing yet', () => {
    const settled = updatedB({ settledAt: second(90) });
    const later = releaseOf('1 2 3 4');
    const cutShort = [...done('2>', createdA, settled), ...done('3<', createdA, settled)];
    const past = {
      ...NO_HISTORY,
      migrations: [...done('1', createdA), ...cutShort, ...done('4', settled)],
      deployments: [settled, createdA],
      releases: both,
    };
    expect(told(plan(update(B, later), shipped('1 2 3 4'), past))).toBe('revert first 3, forget 3, adopt 2, apply 3');
  });
});
