import { NO_HISTORY, type DeploymentRow, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  create,
  deployment,
  done,
  OURS,
  releaseOf,
  remove,
  request,
  second,
  shipped,
  told,
  update,
} from '../../paper/releases';

const A = releaseOf('1 2');
const created = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(create(A, request(50)), { id: 1, ...more });
const status = (stackStatus: string): Partial<DeploymentRow> => ({ stackStatus, stackStatusAt: second(70) });

/** What is planned as long as a status may still come, and what once that is given up. */
function decide(intent: Intent, rows: readonly HistoryRow[], deployments: readonly DeploymentRow[]): readonly string[] {
  const past = { ...NO_HISTORY, migrations: rows, deployments };
  return [true, false].map((mayAwait) => told(plan(intent, shipped('1 2'), past, mayAwait)));
}

const KEPT = 'nothing: the schema stays as it is (onDelete RETAIN)';
const NOT_OURS = 'nothing: this resource owns nothing in this database';

describe('rule 6: a Delete awaits a status', () => {
  test('where its Create was answered SUCCESS and nothing tells whether it is rolled back; then the option holds', () => {
    const row = created();
    expect(decide(remove(A), done('1 2', row), [row])).toEqual(['await-status', KEPT]);
    expect(decide(remove(releaseOf('1 2', { onDelete: 'REVERT' })), done('1 2', row), [row])).toEqual([
      'await-status',
      'revert 2 1',
    ]);
  });

  test('and reverts only what that Create applied: what was there before may be in use', () => {
    const row = created();
    const rows = [...done('7'), ...done('1 2', row)];
    expect(decide(remove(releaseOf('1 2', { onDelete: 'REVERT' })), rows, [row])).toEqual([
      'await-status',
      'revert 2 1',
    ]);
  });

  test.each<[string, Partial<DeploymentRow>, string]>([
    ['ROLLBACK_IN_PROGRESS', status('ROLLBACK_IN_PROGRESS'), 'revert 2 1'],
    ['UPDATE_ROLLBACK_IN_PROGRESS', status('UPDATE_ROLLBACK_IN_PROGRESS'), 'revert 2 1'],
    ['the clean-up of a rollback', status('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'), 'revert 2 1'],
    ['no success: it died', { status: 'running', answered: null }, 'revert 2 1'],
    ['no success: it failed', { status: 'failed', answered: 'FAILED' }, 'revert 2 1'],
    ['a revert that was begun', { status: 'reverting' }, 'revert 2 1'],
    ['a settled Create', { settledAt: second(60) }, KEPT],
    ['a Create that reverted itself', { status: 'reverted', answered: 'FAILED' }, NOT_OURS],
  ])('but not with %s', (_name, more, expected) => {
    const row = created(more);
    const rows = row.status === 'reverted' ? [] : done('1 2', row);
    expect(decide(remove(A), rows, [row])).toEqual([expected, expected]);
  });

  test('but not after an Update, nor without a row, nor for a database that is not the one it was created in', () => {
    const row = created({ settledAt: second(60) });
    const updated = deployment(update(A, A, request(90)), { id: 2 });
    expect(decide(remove(A), done('1 2', row), [updated, row])).toEqual([KEPT, KEPT]);
    expect(decide(remove(A), done('1 2'), [])).toEqual([NOT_OURS, NOT_OURS]);
    const theirs = { ...row, resource: { ...OURS, logicalId: 'Theirs' } };
    expect(decide(remove(A), done('1 2', theirs), [theirs])).toEqual([NOT_OURS, NOT_OURS]);
  });

  test('a stale one awaits nothing', () => {
    const row = created();
    const past = { ...NO_HISTORY, migrations: done('1 2', row), deployments: [row], newestRequestAt: second(101) };
    expect(plan(remove(A), shipped('1 2'), past, true)).toEqual({ kind: 'stale' });
  });
});

test('a Create and an Update that goes on await nothing', () => {
  const row = created();
  for (const intent of [create(releaseOf('1 2 3')), update(A, releaseOf('1 2 3'))]) {
    const past = { ...NO_HISTORY, migrations: done('1 2', row), deployments: [row] };
    expect(told(plan(intent, shipped('1 2 3'), past, true))).toBe('apply 3');
  }
});
