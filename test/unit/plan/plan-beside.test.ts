import {
  NO_HISTORY,
  type DeploymentRow,
  type History,
  type HistoryRow,
  type ReleaseRow,
} from '../../../lambda/plan/history';
import type { Intent, Release } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  CONTRACT,
  create,
  deployment,
  done,
  namesShipped,
  OTHER_STACK,
  OURS,
  releaseOf,
  request,
  second,
  shipped,
  told,
  update,
} from '../../paper/releases';

const [A, B, C] = [releaseOf('1'), releaseOf('1 2'), releaseOf('1 2 3')];
const THEIRS = { ...OURS, stackId: OTHER_STACK };
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });

describe('a migration that another stack has half applied, and this release lacks', () => {
  const theirs = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
    deployment(update(A, B, request(50, { resource: THEIRS })), { id: 2, status: 'running', answered: null, ...more });
  const decide = (list: string, half: string, deployments: readonly DeploymentRow[]): string => {
    const migrations = [...done('1', createdA), ...done(half, theirs())];
    const next = update(A, releaseOf(list), request(100));
    return told(plan(next, shipped(list), { ...NO_HISTORY, migrations, deployments: [...deployments, createdA] }));
  };

  test.each(['running', 'reverting'] as const)('is not reverted under its deployment, which is %s', (status) => {
    expect(decide('1 3', '2~', [theirs({ status })])).toBe('wait: deployment-unfinished');
  });

  test('is reverted where that deployment has failed: nobody else would, and this stack would be stuck', () => {
    expect(decide('1 3', '2~', [theirs({ status: 'failed' })])).toBe('revert first 2, apply 3');
  });

  test('is reverted where that deployment has failed, though the other stack is at work on the next one', () => {
    const next = deployment(update(B, C, request(60, { resource: THEIRS })), { id: 3, status: 'running' });
    expect(decide('1 3', '2~', [next, theirs({ status: 'failed' })])).toBe('revert first 2, apply 3');
  });

  test('is no reason to wait where the release contains it, or all of it is there', () => {
    expect(decide('1 2', '2~', [theirs()])).toBe('revert first 2, apply 2');
    expect(decide('1 3', '2', [theirs()])).not.toMatch(/^wait/);
  });
});

describe('a rollback of which the live code of another stack needs a part', () => {
  const tryB = deployment(update(A, B, request(50)), { id: 2 });
  const tryC = deployment(update(B, C, request(100)), { id: 3 });
  const back = (from: Release): Intent => update(from, A, request(200));
  const standing = ({ digest }: Release, at: number): ReleaseRow => ({
    digest,
    createdAt: second(at),
    endedAt: null,
    names: namesShipped(digest),
  });

  /** Where the other stack is at B. */
  function decide(
    intent: Intent,
    migrations: readonly HistoryRow[],
    deployments: readonly DeploymentRow[],
    more: Partial<History> = {},
  ): unknown {
    const decided = plan(intent, shipped('1'), {
      ...NO_HISTORY,
      alsoInUseBy: [{ ...THEIRS, digest: B.digest, names: namesShipped(B.digest) }],
      migrations,
      deployments: [...deployments, createdA],
      ...more,
    });
    if (decided.kind !== 'revert') return told(decided);
    const ids = (rows: readonly DeploymentRow[]): readonly number[] => rows.map(({ id }) => id);
    return { told: told(decided), ended: ids(decided.deployments), owed: ids(decided.owes), held: decided.held?.code };
  }

  test('reverts what was applied since, ends that try, and owes the one with that part', () => {
    const rows = [...done('1', createdA), ...done('2', tryB), ...done('3', tryC)];
    expect(decide(back(C), rows, [tryC, tryB])).toEqual({
      told: 'revert 3, owe the rest',
      ended: [3],
      owed: [2],
      held: 'revert-owed',
    });
  });

  test('ends the row of a try that failed, in a second delivery of it: nobody goes on with it', () => {
    const failed = { ...tryB, status: 'reverting', error: 'it failed [out-of-time]' } as const;
    const rows = [...done('1', createdA), ...done('2<', failed)];
    expect(decide(update(A, B, request(50)), rows, [failed])).toEqual({
      told: 'revert nothing, then fail: out-of-time',
      ended: [2],
      owed: [],
      held: 'revert-owed',
    });
  });

  test('owes the try, too, that had begun to remove that part', () => {
    const removing = { ...tryC, status: 'reverting' } as const;
    const rows = [...done('1', createdA), ...done('2<', tryB, removing)];
    expect(decide(back(C), rows, [removing, tryB])).toMatchObject({ ended: [], owed: [3, 2] });
  });

  test('is not told that it failed where a release of its own has begun, whose end asks again', () => {
    const rows = [...done('1', createdA), ...done('2', tryB), ...done('3', tryC)];
    expect(decide(back(C), rows, [tryC, tryB], { releases: [standing(B, 60), standing(A, 2)] })).toEqual({
      told: 'revert 3, owe the rest',
      ended: [3],
      owed: [2],
      held: undefined,
    });
  });

  test('owes the same in a second delivery, and does not say that nothing is left', () => {
    const owed = { ...tryB, owedAt: second(200), owedUnder: 'FAIL' } as const;
    const rows = [...done('1', createdA), ...done('2', owed)];
    expect(decide(back(B), rows, [owed])).toEqual({
      told: 'revert nothing, owe the rest',
      ended: [],
      owed: [2],
      held: 'revert-owed',
    });
  });

  test('still gives the old code back what was contracted, before that is live', () => {
    const contracting = releaseOf('1 2 3c');
    const expanded = deployment(update(A, contracting, request(50)), { id: 2 });
    const contracted = deployment(create(contracting, request(60, { resource: CONTRACT })), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', expanded), ...done('3c', contracted)];
    const releases = [standing(contracting, 55), standing(A, 2)];
    expect(decide(back(contracting), rows, [contracted, expanded], { releases })).toMatchObject({
      told: 'early 3, owe the rest',
      owed: [3, 2],
      held: undefined,
    });
  });
});

describe('what another construct of the stack has applied, and goes back from', () => {
  const other = { ...OURS, logicalId: 'Second' };
  const theirs = deployment(update(A, B, request(50, { resource: other })), { id: 2 });
  const owed = { ...theirs, owedAt: second(90), owedUnder: 'FAIL' } as const;
  const decide = (intent: Intent, code: string, by: DeploymentRow): string => {
    const migrations = [...done('1', createdA), ...done('2', by)];
    return told(plan(intent, shipped(code), { ...NO_HISTORY, migrations, deployments: [by, createdA] }));
  };

  test('is reverted by that one, and by no release that lacks it: its code may be live', () => {
    expect(decide(update(A, releaseOf('1 9')), '1 9', owed)).toBe('refuse: removed-migration');
  });

  test('does not keep this one from going back from an option, which that has nothing to do with', () => {
    const option = releaseOf('1', { nonce: 'option' });
    const changed = deployment(update(A, option, request(40)), { id: 2 });
    const by = { ...theirs, id: 3 };
    const migrations = [...done('1', createdA), ...done('2', by)];
    const past = { ...NO_HISTORY, migrations, deployments: [by, changed, createdA] };
    expect(told(plan(update(option, A), shipped('1'), past))).toBe('revert nothing');
  });

  test('does not keep this one from staying where it is, as it does where its own try was refused', () => {
    expect(decide(update(B, A), '1', theirs)).toBe('nothing: the database is at this release already');
  });
});

test('a stack stays where it is, and what was reverted by hand since is applied again', () => {
  const releases = [{ digest: B.digest, createdAt: second(2), endedAt: null, names: null }];
  const createdB = deployment(create(B, request(1)), { id: 1, settledAt: second(5) });
  const past = { ...NO_HISTORY, migrations: done('1', createdB), deployments: [createdB], releases };
  expect(told(plan(update(C, B), shipped('1 2'), past))).toBe('apply 2');
});
