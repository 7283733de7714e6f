import { NO_HISTORY, type DeploymentRow, type History, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  create,
  deployment,
  done,
  OURS,
  PHYSICAL_ID,
  releaseOf,
  remove,
  request,
  second,
  shipped,
  told,
  update,
} from '../../paper/releases';

const A = releaseOf('1 2');
const KEPT = 'nothing: the schema stays as it is (onDelete RETAIN)';
const NOT_OURS = 'nothing: this resource owns nothing in this database';

function decide(intent: Intent, migrations: readonly HistoryRow[], deployments: readonly DeploymentRow[]): string {
  const past: History = { ...NO_HISTORY, migrations, deployments };
  return told(plan(intent, shipped('1 2'), past));
}

const created = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(create(A, request(50)), { id: 1, ...more });
const settled = created({ settledAt: second(60) });

describe.each(['RETAIN', 'REVERT'] as const)('rule 6: with onDelete %s, a Delete', (onDelete) => {
  const release = releaseOf('1 2', { onDelete });
  const asOptionSays = (revert: string): string => (onDelete === 'REVERT' ? revert : KEPT);

  test('of a settled resource does as the option says', () => {
    expect(decide(remove(release), done('1 2', settled), [settled])).toBe(asOptionSays('revert 2 1'));
  });

  test.each<[string, Partial<DeploymentRow>]>([
    ['died', { status: 'running', answered: null, endedAt: null }],
    ['failed and could not be reverted', { status: 'failed', answered: 'FAILED' }],
    ['was cut short while it reverted itself', { status: 'reverting', answered: null }],
    ['succeeded, in a stack that rolls back', { stackStatus: 'ROLLBACK_IN_PROGRESS', stackStatusAt: second(52) }],
    [
      'succeeded, in an update of the stack that rolls back',
      { stackStatus: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', stackStatusAt: second(52) },
    ],
    [
      'succeeded, and whose revert failed once',
      { status: 'failed', stackStatus: 'DELETE_IN_PROGRESS', stackStatusAt: second(70) },
    ],
    [
      'succeeded, and whose revert was cut short',
      { status: 'reverting', stackStatus: 'DELETE_IN_PROGRESS', stackStatusAt: second(70) },
    ],
  ])('of a Create that %s reverts what it applied', (_name, more) => {
    const row = created(more);
    expect(decide(remove(release), done('1 2~', row), [row])).toBe('revert 2 1');
  });

  test('of a Create that was cancelled in flight reverts, though its physical id is one of CloudFormation', () => {
    const row = created({ status: 'running', answered: null, endedAt: null });
    expect(decide(remove(release, request(), 'app-Migrations-1ABCDEFGH'), done('1', row), [row])).toBe('revert 1');
  });

  test('of a Create reverts what that Create applied, and nothing that was there before it', () => {
    const row = created({ status: 'failed', answered: 'FAILED' });
    expect(decide(remove(release), [...done('7'), ...done('1', row)], [row])).toBe('revert 1');
  });

  test('of a Create that reverted itself does nothing', () => {
    const row = created({ status: 'reverted', answered: 'FAILED' });
    expect(decide(remove(release), done('7'), [row])).toBe(NOT_OURS);
  });

  test.each<[string, Partial<DeploymentRow>]>([
    ['just now', {}],
    ['in a stack that is being deleted', { stackStatus: 'DELETE_IN_PROGRESS', stackStatusAt: second(70) }],
  ])('of a Create that succeeded %s does as the option says', (_name, more) => {
    const row = created(more);
    expect(decide(remove(release), done('1 2', row), [row])).toBe(asOptionSays('revert 2 1'));
  });

  test('of a Create whose settling was never heard of does as the option says, though a later update was rolled back', () => {
    const row = created({ stackStatus: 'UPDATE_ROLLBACK_COMPLETE', stackStatusAt: second(90) });
    expect(decide(remove(release), done('1 2', row), [row])).toBe(asOptionSays('revert 2 1'));
  });

  test('of a Create whose settling was never heard of reverts with it what was applied by hand since', () => {
    const row = created();
    const byHand = done('2', { ...row, id: 2 }).map((each) => ({ ...each, owner: null }));
    expect(decide(remove(release), [...done('1', row), ...byHand], [row])).toBe(asOptionSays('revert 2 1'));
  });

  test('after an Update does as the option says, whatever became of the Update', () => {
    const updated = deployment(update(A, release, request(70)), {
      id: 2,
      stackStatus: 'ROLLBACK_IN_PROGRESS',
    });
    const reverted = { ...updated, status: 'reverted' } as const;
    for (const row of [updated, reverted]) {
      expect(decide(remove(release), done('1 2', settled), [row, settled])).toBe(asOptionSays('revert 2 1'));
    }
  });

  test('with an id that is not ours touches nothing', () => {
    expect(decide(remove(release, request(), 'app-Migrations-1ABCDEFGH'), done('1 2', settled), [settled])).toBe(
      NOT_OURS,
    );
  });

  test('on a database without a journal does nothing', () => {
    expect(decide(remove(release), done('1? 2?'), [])).toBe(NOT_OURS);
  });

  test('rule 6: of a construct that was renamed does not drop the application that lives on', () => {
    const renamed = deployment(create(A, request(80, { resource: { ...OURS, logicalId: 'Renamed' } })), {
      id: 2,
      physicalId: 'aurora-migrations:app/Renamed:cluster-A/app',
    });
    expect(decide(remove(release), done('1 2', settled), [renamed, settled])).toBe(NOT_OURS);
  });
});

describe('rule 6: a construct that is renamed, and renamed back', () => {
  const release = releaseOf('1 2', { onDelete: 'REVERT' });
  const first = deployment(create(release, request(1)), { id: 1, settledAt: second(5) });
  const resource = { ...OURS, logicalId: 'Renamed' };
  const renamed = deployment(create(release, request(20, { resource })), {
    id: 2,
    physicalId: 'aurora-migrations:app/Renamed:cluster-A/app',
    settledAt: second(25),
  });

  test('writes the row of its Create though nothing is pending: it takes the history over', () => {
    expect(decide(create(release, request(40)), done('1 2', first), [renamed, first])).toBe('only its row');
  });

  test('so the Delete of the name in between drops nothing', () => {
    const back = deployment(create(release, request(40)), { id: 3, physicalId: PHYSICAL_ID });
    const intent = remove(release, request(45, { resource }), 'aurora-migrations:app/Renamed:cluster-A/app');
    expect(decide(intent, done('1 2', first), [back, renamed, first])).toBe(NOT_OURS);
  });
});

describe('onDelete REVERT', () => {
  const release = releaseOf('1 2', { onDelete: 'REVERT' });

  test('reverts what all deployments applied, newest first', () => {
    const updated = deployment(update(A, release, request(70)), { id: 2, settledAt: second(80) });
    const rows = [...done('1', settled), ...done('2', updated)];
    expect(decide(remove(release), rows, [updated, settled])).toBe('revert 2 1');
  });

  test('keeps an irreversible migration and all below it', () => {
    expect(decide(remove(release), done('1 2! 3 4', settled), [settled])).toBe('revert 4 3, keep 2 1');
  });

  test('finishes a migration whose revert was begun', () => {
    expect(decide(remove(release), done('1 2<', settled), [{ ...settled, status: 'failed' }])).toBe('revert 2 1');
  });

  test('leaves alone what a rollback had kept', () => {
    expect(decide(remove(release), done('1^ 2', settled), [settled])).toBe('revert 2, keep 1');
    // What it had taken away may be in what is below it.
    expect(decide(remove(release), done('1 2^ 3', settled), [settled])).toBe('revert 3, keep 2 1');
  });

  test('is vouched for by the digest of the release that is deleted', () => {
    const past: History = {
      ...NO_HISTORY,
      migrations: done('1 2', settled),
      deployments: [settled],
    };
    expect(plan(remove(release), shipped('9'), past)).toMatchObject({
      kind: 'revert',
      vouchedBy: [release.digest],
    });
  });

  test('delivered once more it finds nothing to revert', () => {
    expect(decide(remove(release), [], [{ ...settled, status: 'reverted' }])).toBe(NOT_OURS);
  });
});

describe('rules 9 and 11: what cannot be reverted', () => {
  const B = releaseOf('1 2 3 4 5');
  const row = deployment(update(A, B, request(70)), { id: 2 });

  test.each([
    ['3 4 5', 'revert 5 4 3'],
    ['3! 4 5', 'revert 5 4, keep 3'],
    ['3 4! 5', 'revert 5, keep 4 3'],
    ['3 4 5!', 'keep 5 4 3'],
    ['3! 4 5!', 'keep 5 4 3'],
    // One that was begun has failed: it is reverted as far as it got.
    ['3 4 5!~', 'revert 5 4 3'],
    ['3 4^ 5', 'revert 5, keep 4 3'],
  ])('the rollback of a deployment that applied %p: %s', (rows, expected) => {
    expect(decide(update(B, A), [...done('1 2', settled), ...done(rows, row)], [row, settled])).toBe(expected);
  });

  test('an irreversible migration of an earlier deployment holds nothing back', () => {
    expect(decide(update(B, A), [...done('1 2!', settled), ...done('3', row)], [row, settled])).toBe('revert 3');
  });
});

describe('rule 6: a Delete of a stack that was never well, and was updated without rollback', () => {
  const B = releaseOf('1 2');
  const first = deployment(create(releaseOf('1'), request(20)), { id: 1 });
  const tried = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
    deployment(update(releaseOf('1'), B, request(50)), { id: 2, ...more });
  const rolling = { stackStatus: 'ROLLBACK_IN_PROGRESS', stackStatusAt: second(90) };

  test('reverts all of it, newest first', () => {
    const row = tried(rolling);
    expect(decide(remove(B), [...done('1', first), ...done('2', row)], [row, first])).toBe('revert 2 1');
  });

  test('reverts the Create where the update had reverted itself', () => {
    const row = tried({ ...rolling, status: 'reverted', answered: 'FAILED' });
    expect(decide(remove(B), done('1', first), [row, first])).toBe('revert 1');
  });

  test('does as the option says where no status tells that it rolls back', () => {
    const rows = [...done('1', first), ...done('2', tried())];
    expect(decide(remove(B), rows, [tried(), first])).toBe(KEPT);
    expect(decide(remove(releaseOf('1 2', { onDelete: 'REVERT' })), rows, [tried(), first])).toBe('revert 2 1');
  });

  test('that comes a second time is no attempt that failed', () => {
    const again = remove(B, request(100), 'of-somebody-else');
    const mark = deployment(again, { type: 'Delete', status: 'reverted', newHash: null, answered: null });
    expect(decide(again, [], [mark])).toBe(NOT_OURS);
  });
});
