import { NO_HISTORY, type DeploymentRow, type History, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan, planAtRelease } from '../../../lambda/plan/plan';
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
import type { Plan } from '../../../lambda/plan/plan-types';

const A = releaseOf('1');
const B = releaseOf('1 2 3');
const NOW = second(200);

/** The deployment of A, long over; and the one of B that follows it. */
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const updatedB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });

function history(
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
  newestRequestAt = Math.max(0, ...deployments.map(({ issuedAt }) => issuedAt)),
): History {
  return { ...NO_HISTORY, migrations, deployments, newestRequestAt };
}

function decide(intent: Intent, code: string, past: History): string {
  return told(plan(intent, shipped(code), past));
}

const AFTER_B = [...done('1', createdA), ...done('2 3', updatedB())];

describe('the order of checks', () => {
  const rollback = update(B, A);

  test('a stale request is nothing else, whatever it asks for and whatever it was', () => {
    const past = history(AFTER_B, [updatedB(), createdA], second(101));
    for (const intent of [create(B), update(A, B), rollback, remove(A)])
      expect(decide(intent, '1 2 3', past)).toBe('stale');
  });

  test('a request of the same second is not older', () => {
    expect(decide(rollback, '1', history(AFTER_B, [updatedB(), createdA], second(100)))).toBe('revert 3 2');
  });

  test('the same request comes before the rollback: its own row is no deployment to mirror', () => {
    const again = update(A, B, request(50));
    expect(decide(again, '1 2 3', history(AFTER_B, [updatedB(), createdA]))).toBe(
      'nothing: this request was carried out before',
    );
  });

  test("the rollback comes before the code's digest: it is carried out by the old code and by the new", () => {
    for (const code of ['1', '1 2 3', '']) {
      expect(decide(rollback, code, history(AFTER_B, [updatedB(), createdA]))).toBe('revert 3 2');
    }
  });

  test('the Delete comes before the digest: any code carries it out', () => {
    const past = history(done('1', createdA), [createdA]);
    expect(decide(remove(releaseOf('1', { onDelete: 'REVERT' })), '7 8', past)).toBe('revert 1');
  });

  test("the code's digest comes before the checksums: other code says nothing of the release's texts", () => {
    expect(decide(update(A, B), "1'", history(done('1', createdA), [createdA]))).toBe('wait: code-not-updated');
    expect(decide(update(A, releaseOf("1'")), "1'", history(done('1', createdA), [createdA]))).toBe(
      'refuse: checksum-changed',
    );
  });
});

describe('rule 1: rows and requests', () => {
  test('rule 1: a request is known again by its id and its date: its row is continued', () => {
    const running = updatedB({ status: 'running', answered: null, endedAt: null });
    const decided = plan(
      update(A, B, request(50)),
      shipped('1 2 3'),
      history([...done('1', createdA), ...done('2', running)], [running, createdA]),
    );
    expect(decided).toMatchObject({ kind: 'forward', continues: { id: 2 }, apply: [{ name: '0003' }] });
  });

  test('an id that CloudFormation uses again for a later request is another request', () => {
    const reverted = updatedB({ status: 'reverted', answered: 'FAILED' });
    const retry = update(A, B, request(100, { requestId: 'request-50' }));
    expect(decide(retry, '1 2 3', history(done('1', createdA), [reverted, createdA]))).toBe('apply 2 3');
  });

  test.each<[DeploymentRow['status'], string, string]>([
    ['applied', '2 3', 'nothing: this request was carried out before'],
    ['reverting', '2<', 'revert 2, then fail: migration-failed'],
    ['reverted', '', 'refuse: migration-failed'],
    ['failed', '2<', 'refuse: migration-failed'],
    ['running', '2', 'apply 3'],
  ])('a second delivery of a request whose deployment is %s', (status, rows, expected) => {
    const own = updatedB({ status, error: 'it failed at step 3' });
    const past = history([...done('1', createdA), ...done(rows, own)], [own, createdA]);
    expect(decide(update(A, B, request(50)), '1 2 3', past)).toBe(expected);
  });

  test('a second delivery of a failed request repeats why it failed', () => {
    const own = updatedB({ status: 'reverted', error: '0002.sql failed at step 2 of 2 [out-of-time]' });
    const decided = plan(update(A, B, request(50)), shipped('1 2 3'), history(done('1', createdA), [own, createdA]));
    expect(decided).toMatchObject({ failure: { message: '0002.sql failed at step 2 of 2' } });
  });

  test('a request that a newer one cancelled does nothing more', () => {
    const own = updatedB({ status: 'running', cancelled: true });
    const past = history([...done('1', createdA), ...done('2', own)], [own, createdA]);
    expect(decide(update(A, B, request(50)), '1 2 3', past)).toBe('stale');
  });

  test('rule 1: A→B fails and is rolled back; B deployed again is a deployment, and no rollback of the rollback', () => {
    const reverted = updatedB({ status: 'reverted', answered: 'FAILED' });
    const past = history(done('1', createdA), [reverted, createdA]);
    expect(decide(update(B, A, request(60)), '1', past)).toBe('nothing: nothing of what is rolled back stands here');
    expect(decide(update(A, B, request(100)), '1 2 3', past)).toBe('apply 2 3');
  });

  test('a request that changes no property of ours is continued, and is no rollback of itself', () => {
    const own = deployment(update(B, B, request(50)), { id: 2, status: 'running', answered: null, endedAt: null });
    const past = history([...done('1', createdA), ...done('2', own)], [own, createdA]);
    expect(decide(update(B, B, request(50)), '1 2 3', past)).toBe('apply 3');
  });

  test('rule 1: only an option changes: the second delivery does not take the first for its mirror', () => {
    const other = releaseOf('1', { onDelete: 'REVERT' });
    const own = deployment(update(A, other, request(50)), { id: 2 });
    const past = history(done('1', createdA), [own, createdA]);
    expect(decide(update(A, other, request(50)), '1', past)).toBe('nothing: this request was carried out before');
  });
});

describe('rule 2: the mirror', () => {
  test.each<[DeploymentRow['status'], string, string]>([
    ['applied', '2 3', 'revert 3 2'],
    ['running', '2 3~', 'revert 3 2'],
    ['running', '', 'revert nothing'],
    ['reverting', '2', 'revert 2'],
    ['failed', '2<', 'revert 2'],
    ['reverted', '', 'nothing: nothing of what is rolled back stands here'],
  ])('the rollback of a deployment that is %s, with %p of it in the schema: %s, %s', (status, rows, expected) => {
    const row = updatedB({ status });
    const past = history([...done('1', createdA), ...done(rows, row)], [row, createdA]);
    expect(decide(update(B, A), '1', past)).toBe(expected);
    expect(decide(update(B, A), '1 2 3', past)).toBe(expected);
  });

  test('what a rollback runs is vouched for by the release that it reverts, and by the one that it goes back to', () => {
    const decided = plan(update(B, A), shipped('1'), history(AFTER_B, [updatedB(), createdA]));
    expect(decided).toMatchObject({
      kind: 'revert',
      vouchedBy: [B.digest, A.digest],
      deployments: [{ id: 2 }],
      failure: null,
    });
  });

  test('a rollback reverts in the order of application, not of the names', () => {
    const old = releaseOf('3');
    const created = deployment(create(old, request(1)), { id: 1, settledAt: second(5) });
    const row = deployment(update(old, releaseOf('1 2 3'), request(50)), { id: 2 });
    const past = history([...done('3', created), ...done('1 2', row)], [row, created]);
    expect(decide(update(releaseOf('1 2 3'), old), '3', past)).toBe('revert 2 1');
  });

  test('a later deployment ends it: B→A is no rollback once A→C followed', () => {
    const C = releaseOf('1 4');
    const failed = updatedB({ status: 'reverted' });
    const later = deployment(update(A, C, request(70)), { id: 3 });
    const past = history([...done('1', createdA), ...done('4', later)], [later, failed, createdA]);
    expect(decide(update(B, A), '1', past)).toBe('refuse: removed-migration');
  });

  test('options count: the same migrations with another nonce are another release', () => {
    const past = history(AFTER_B, [updatedB(), createdA]);
    expect(decide(update(B, releaseOf('1', { nonce: '2' })), '1', past)).toBe('refuse: removed-migration');
  });

  test('the rollback of a release that only changed an option does not migrate anything', () => {
    const other = releaseOf('1', { nonce: '2' });
    const row = deployment(update(A, other, request(50)), { id: 2 });
    const past = history(done('1', createdA), [row, createdA]);
    expect(decide(update(other, A), '1', past)).toBe('revert nothing');
  });

  test('deployed again after such a rollback, a release is deployed and not rolled back', () => {
    const other = releaseOf('1', { nonce: '2' });
    const reverted = deployment(update(A, other, request(50)), { id: 2, status: 'reverted' });
    const past = history(done('1', createdA), [reverted, createdA]);
    expect(decide(update(A, other), '1', past)).toBe('only its row');
  });
});

describe('rule 5: stale requests', () => {
  test('rule 5: a forward run that still connected while its rollback was told "nothing to do" does not migrate afterwards', () => {
    const before = history(done('1', createdA), [createdA]);
    expect(decide(update(B, A, request(60)), '1', before)).toBe('nothing: the database is at this release already');
    // The rollback leaves its date, under the lock.
    const after = history(done('1', createdA), [createdA], second(60));
    expect(decide(update(A, B, request(50)), '1 2 3', after)).toBe('stale');
  });

  test('what other resources were asked later makes nothing stale', () => {
    const theirs = deployment(create(B, request(500, { resource: { ...OURS, logicalId: 'Theirs' } })), { id: 9 });
    const past = history(done('1', createdA), [theirs, createdA], second(1));
    expect(decide(update(A, B), '1 2 3', past)).toBe('apply 2 3');
  });
});

describe('a code that is not the one of the release', () => {
  test.each<[string, string, readonly DeploymentRow[], string]>([
    ['waits where the release is not in the database', '1', [createdA], 'wait: code-not-updated'],
    ['waits where nothing ever was', '', [], 'wait: code-not-updated'],
    [
      'waits where the release was there and has been reverted',
      '1',
      [updatedB({ status: 'reverted' }), createdA],
      'wait: code-not-updated',
    ],
    [
      'waits where the release failed half-way',
      '1 2',
      [updatedB({ status: 'failed' }), createdA],
      'wait: code-not-updated',
    ],
    [
      'has nothing to do where the database is exactly there',
      '1 2 3',
      [updatedB({ settledAt: NOW }), createdA],
      'nothing: the database is at this release already',
    ],
  ])('%s', (_name, rows, deployments, expected) => {
    const again = releaseOf('1 2 3', { nonce: '2' });
    expect(decide(update(A, again), '1', history(done(rows), deployments))).toBe(expected);
  });

  test('rule 6: a Create is never told that the database is there already: an earlier life of the resource is no proof', () => {
    const earlier = deployment(create(B, request(1)), { id: 1 });
    const deleted = deployment(update(B, A, request(2)), { id: 2, status: 'reverted' });
    expect(decide(create(B), '1', history([], [deleted, earlier]))).toBe('wait: code-not-updated');
  });

  test('both digests stand in the message', () => {
    const decided = plan(update(A, B), shipped('1'), history(done('1', createdA), [createdA]));
    expect(decided).toMatchObject({ kind: 'wait' });
    const { message } = (decided as Plan & { kind: 'wait' }).failure;
    expect(message).toBe(
      `the function's code carries ${A.digest}, the deployment wants ${B.digest}; no migration was run. ` +
        "Deploy again; if it happens again, the function's code and the custom resource come from different builds",
    );
  });
});

test('the first Create applies everything, on a database that has no journal', () => {
  expect(decide(create(B), '1 2 3', history([], []))).toBe('apply 1 2 3');
});

test('rule 7: an Update on an empty database applies everything: the cluster was replaced', () => {
  expect(decide(update(A, B), '1 2 3', history([], []))).toBe('apply 1 2 3');
});

describe('in a database that holds exactly the release of the code, whose migrations were not read', () => {
  const option = releaseOf('1 2 3', { nonce: 'option' });
  const changed = deployment(update(B, option, request(90)), { id: 3 });
  const decideUnread = (intent: Intent, ...deployments: readonly DeploymentRow[]): string | null => {
    const decided = planAtRelease(intent, shipped('1 2 3'), history([], [...deployments, createdA]));
    return decided && told(decided);
  };

  test('a deployment that has only to write its row applies nothing again', () => {
    expect(decideUnread(update(B, option), updatedB({ settledAt: second(60) }))).toBe('only its row');
  });

  test.each<[string, Intent, DeploymentRow]>([
    [
      'something waits to be reverted',
      update(option, releaseOf('1 2 3', { nonce: 'next' })),
      updatedB({ owedAt: second(80), owedUnder: 'FAIL' }),
    ],
    ['a deployment is rolled back: what it had removed is applied again', update(option, B), updatedB()],
  ])('all is read where %s', (_why, intent, before) => {
    expect(decideUnread(intent, changed, before)).toBeNull();
  });
});
