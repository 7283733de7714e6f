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

/** Sequences of the rules that no test of the planner's own files has. */
const [A, B] = [releaseOf('1'), releaseOf('1 2')];
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const updatedB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });

function decide(
  intent: Intent,
  code: string,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
  newestRequestAt = 0,
) {
  return plan(intent, shipped(code), { ...NO_HISTORY, migrations, deployments, newestRequestAt });
}

describe('rule 1: rows and requests', () => {
  test('rule 1: a retry continues the row of its request and writes no second one, which would settle the first', () => {
    const own = updatedB({ status: 'running', answered: null, endedAt: null });
    const rows = [...done('1', createdA), ...done('2~', own)];
    const retried = decide(update(A, B, request(50)), '1 2', rows, [own, createdA]);
    expect(told(retried)).toBe('revert first 2, apply 2');
    expect(retried).toMatchObject({ continues: { id: 2 } });
  });

  test('rule 1: "newest" is per resource: what another one deployed since does not end our rollback', () => {
    const other = { ...OURS, logicalId: 'Other' };
    const theirs = deployment(create(B, request(60, { resource: other })), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', updatedB())];
    expect(told(decide(update(B, A, request(100)), '1 2', rows, [theirs, updatedB(), createdA]))).toBe('revert 2');
  });

  test('rule 1: nor does a request of another stack with our logical id', () => {
    const other = { ...OURS, stackId: OURS.stackId.replace(/1$/, '2') };
    const theirs = deployment(update(A, B, request(60, { resource: other })), { id: 3, status: 'reverted' });
    const rows = [...done('1', createdA), ...done('2', updatedB())];
    expect(told(decide(update(B, A, request(100)), '1 2', rows, [theirs, updatedB(), createdA]))).toBe('revert 2');
  });
});

test('rule 2: a rollback is a request other than the row’s own: a duplicate of A→A′ with the hashes swapped by chance', () => {
  const own = deployment(update(A, A, request(50)), { id: 2 });
  expect(told(decide(update(A, A, request(50)), '1', done('1', createdA), [own, createdA]))).toBe(
    'nothing: this request was carried out before',
  );
});

// Unlike the rule: the success of the try may be late or lost, and what is live must not be taken for what never was. The
// release is refused, and the user puts the file back or rolls back.
test.each([
  ['lacks', '1', 'refuse: removed-migration'],
  ['has changed', "1 2'", 'refuse: checksum-changed'],
])(
  'rule 3: a chained forward run does not revert by itself what the try before it applied and it %s',
  (_what, list, refused) => {
    const b = updatedB({ stackStatus: 'UPDATE_FAILED', stackStatusAt: second(60) });
    const rows = [...done('1', createdA), ...done('2', b)];
    const fix = releaseOf(list, { nonce: 'fix' });
    expect(told(decide(update(B, fix, request(100)), list, rows, [b, createdA]))).toBe(refused);
  },
);

test('rule 10: what vouches for stored scripts is the old digest of an Update, and the digest of a Delete', () => {
  const rows = [...done('1', createdA), ...done('2', updatedB())];
  expect(decide(update(B, A, request(100)), '', rows, [updatedB(), createdA])).toMatchObject({
    vouchedBy: expect.arrayContaining([B.digest]),
  });
  const reverting = releaseOf('1 2', { onDelete: 'REVERT' });
  const settled = updatedB({ settledAt: second(60) });
  expect(decide(remove(reverting, request(100)), '', rows, [settled, createdA])).toMatchObject({
    kind: 'revert',
    vouchedBy: [reverting.digest],
  });
});
