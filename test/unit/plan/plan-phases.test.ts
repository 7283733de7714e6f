import {
  NO_HISTORY,
  type DeploymentRow,
  type History,
  type HistoryRow,
  type ReleaseRow,
} from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  CONTRACT,
  create,
  deployment,
  done,
  releaseOf,
  remove,
  request,
  second,
  shipped,
  told,
  update,
} from '../../paper/releases';

const [A, B] = [releaseOf('1'), releaseOf('1 2 3c')];

function decide(
  intent: Intent,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
  code = '1 2 3c',
  more: Partial<History> = {},
): string {
  return told(plan(intent, shipped(code), { ...NO_HISTORY, migrations, deployments, ...more }));
}

const contracting = (at: number): Intent['request'] => request(at, { resource: CONTRACT });
const settled = deployment(create(A, request(10)), { id: 1, settledAt: second(20) });
const expanded = deployment(update(A, B, request(50)), { id: 2 });
const contracted = deployment(create(B, contracting(60)), { id: 3 });
const GROWN = [...done('1', settled), ...done('2', expanded), ...done('3c', contracted)];

describe('forward', () => {
  test('the first resource leaves what contracts, the second one runs it', () => {
    expect(decide(update(A, B), done('1', settled), [settled])).toBe('apply 2');
    const before = [...done('1', settled), ...done('2', expanded)];
    expect(decide(create(B, contracting(60)), before, [expanded, settled])).toBe('apply 3');
  });

  test('also where what contracts comes first by name', () => {
    const release = releaseOf('1 2c 3', { outOfOrder: 'FAIL' });
    expect(decide(update(A, release), done('1', settled), [settled], '1 2c 3')).toBe('apply 3');
    const row = deployment(update(A, release, request(50)), { id: 2 });
    const before = [...done('1', settled), ...done('3', row)];
    expect(decide(create(release, contracting(60)), before, [row, settled], '1 2c 3')).toBe('apply 2');
  });

  test('with outOfOrder FAIL, what contracts is late for what an earlier release applied, in either request', () => {
    const release = releaseOf('1c 2', { outOfOrder: 'FAIL' });
    const old = deployment(create(releaseOf('2'), request(10)), { id: 1, settledAt: second(20) });
    expect(decide(update(A, release), done('2', old), [old], '1c 2')).toBe('refuse: out-of-order');
    expect(decide(create(release, contracting(60)), done('2', old), [old], '1c 2')).toBe('refuse: out-of-order');
  });

  test('a database without history gets all in the order of names, also in a later attempt at the same request', () => {
    const intent = create(releaseOf('1c 2'), request(10));
    expect(decide(intent, [], [], '1c 2')).toBe('apply 1 2');
    const own = deployment(intent, { status: 'running', answered: null, endedAt: null });
    expect(decide(intent, done('1c', own), [own], '1c 2')).toBe('apply 2');
    expect(decide(intent, [], [own], '1c 2')).toBe('apply 1 2');
  });

  test('a later attempt of the first resource leaves what contracts, too: the old code is live', () => {
    const own = { ...expanded, status: 'running', answered: null } as const;
    const before = [...done('1', settled), ...done('2', own)];
    expect(decide(update(A, B, request(50)), before, [own, settled])).toBe('only its row');
    expect(decide(update(A, B, request(50)), done('1', settled), [own, settled])).toBe('apply 2');
  });

  test('a database with rows of another tool has a history', () => {
    expect(decide(create(B), done('1?'), [])).toBe('adopt 1, apply 2');
  });

  test('the second resource knows that the first one is of its own construct', () => {
    const release = releaseOf('1 3c', { onRemoved: 'REVERT' });
    const live = { ...contracted, settledAt: second(70) };
    expect(decide(update(B, release, contracting(100)), GROWN, [live, expanded, settled], '1 3c')).toBe('revert 2');
  });
});

describe('a rollback', () => {
  test('of the first resource reverts what the second one did since, before its own', () => {
    expect(decide(update(B, A), GROWN, [contracted, expanded, settled])).toBe('revert 3 2');
    const { deployments } = plan(update(B, A), shipped('1'), {
      ...NO_HISTORY,
      migrations: GROWN,
      deployments: [contracted, expanded, settled],
    }) as { readonly deployments: readonly DeploymentRow[] };
    expect(deployments).toEqual([contracted, expanded]);
  });

  test.each(['running', 'reverting', 'failed'] as const)('also where the second one is %s', (status) => {
    expect(decide(update(B, A), GROWN, [{ ...contracted, status }, expanded, settled])).toBe('revert 3 2');
  });

  test('of the second one finds nothing left to do then', () => {
    const before = deployment(create(A, contracting(15)), { id: 2, settledAt: second(20) });
    const row = deployment(update(A, B, contracting(60)), { id: 4, status: 'reverted' });
    const back = update(B, A, contracting(100));
    expect(decide(back, done('1', settled), [row, before, settled])).toMatch(
      /^nothing: nothing of what is rolled back stands here$/,
    );
    expect(
      decide(remove(B, contracting(100)), done('1', settled), [{ ...contracted, status: 'reverted' }, settled]),
    ).toMatch(/^nothing/);
  });

  test('of the second one reverts its own, and with it what a later try of the first one did', () => {
    const C = releaseOf('1 2 3c 4 5c');
    const before = deployment(create(A, contracting(15)), { id: 2, settledAt: second(20) });
    const [e1, c1, e2, c2] = [
      deployment(update(A, B, request(50)), { id: 3 }),
      deployment(update(A, B, contracting(55)), { id: 4 }),
      deployment(update(B, C, request(60)), { id: 5 }),
      deployment(update(B, C, contracting(65)), { id: 6 }),
    ];
    const rows = [...done('1', settled), ...done('2', e1), ...done('3c', c1), ...done('4', e2), ...done('5c', c2)];
    const history = [c2, e2, c1, e1, before, settled] as const;
    expect(decide(update(C, A, contracting(100)), rows, history)).toBe('revert 5 4 3');
    expect(decide(update(C, A), rows, history)).toBe('revert 5 4 3 2');
  });

  test('of the second one that never came to a try of the first one leaves that to the first one', () => {
    const before = deployment(create(A, contracting(15)), { id: 2, settledAt: second(20) });
    const row = deployment(update(A, B, request(50)), { id: 3 });
    const rows = [...done('1', settled), ...done('2', row)];
    const back = update(B, A, contracting(100));
    for (const code of ['1', '1 2 3c']) {
      expect(decide(back, rows, [row, before, settled], code)).toMatch(/^nothing/);
    }
  });

  test('keeps the same, whichever is rolled back first, where what contracts is irreversible', () => {
    const rows = [...done('1', settled), ...done('2', expanded), ...done('3c!', contracted)];
    expect(decide(update(B, A), rows, [contracted, expanded, settled])).toBe('keep 3 2');
    const kept = [...done('1', settled), ...done('2', expanded), ...done('3c^', contracted)];
    expect(decide(update(B, A), kept, [{ ...contracted, status: 'reverted' }, expanded, settled])).toBe('keep 2');
  });

  test('leaves alone what another construct of the stack did since', () => {
    const other = { ...contracted, resource: { ...CONTRACT, contractOf: 'Other' } };
    const rows = [...done('1', settled), ...done('2', expanded), ...done('3', other)];
    expect(decide(update(B, A), rows, [other, expanded, settled])).toBe('revert 2');
  });
});

describe('a Delete with onDelete REVERT', () => {
  const release = releaseOf('1 2 3c', { onDelete: 'REVERT' });
  const rows = [{ ...contracted, settledAt: second(70) }, { ...expanded, settledAt: second(70) }, settled];

  test('of the second resource leaves the schema to the first, which reverts all of it', () => {
    expect(decide(remove(release, contracting(100)), GROWN, rows)).toMatch(/^nothing: .* first resource/);
    expect(decide(remove(release), GROWN, rows)).toBe('revert 3 2 1');
  });

  test('of the first one with an id that is not ours touches nothing', () => {
    expect(decide(remove(release, request(), 'app-Migrations-1ABCDEFGH'), GROWN, rows)).toMatch(/^nothing: .* owns/);
  });

  test('the second one, which a failed update had made, leaves to the end of the release what waits for that', () => {
    const owed = {
      owedAt: second(90),
      owedUnder: 'FAIL',
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    } as const;
    const rows = [{ ...contracted, ...owed }, { ...expanded, ...owed }, settled];
    expect(decide(remove(B, contracting(100)), GROWN, rows)).toMatch(/^nothing: .* when its release ends/);
  });

  test('of a creation of the second one that is rolled back reverts what it applied', () => {
    const row = {
      ...contracted,
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      stackStatusAt: second(90),
    };
    expect(decide(remove(release, contracting(100)), GROWN, [row, { ...expanded, settledAt: second(70) }])).toBe(
      'revert 3',
    );
  });
});

test('an option of the second resource goes back before the first one has gone back from another release', () => {
  const option = releaseOf('1', { onRemoved: 'REVERT' });
  const next = releaseOf('1 2', { onRemoved: 'REVERT' });
  const rows = [
    deployment(update(option, next, request(90)), { id: 5 }),
    deployment(update(A, option, contracting(60)), { id: 4 }),
    deployment(update(A, option, request(50)), { id: 3 }),
    deployment(create(A, contracting(20)), { id: 2 }),
    deployment(create(A, request(10)), { id: 1 }),
  ];
  const grown = [...done('1', rows[4]), ...done('2', rows[0])];
  const waits = 'nothing: what was tried since is reverted with the first resource of the construct';
  for (const code of ['1', '1 2']) expect(decide(update(option, A, contracting(99)), grown, rows, code)).toBe(waits);
});

test('the second resource goes back first, and leaves to the first one what that had removed', () => {
  const [both, one] = [releaseOf('1 2'), releaseOf('1', { onRemoved: 'REVERT' })];
  const created = deployment(create(both, request(10)), { id: 1, settledAt: second(20) });
  const contract = deployment(create(both, contracting(15)), { id: 2, settledAt: second(20) });
  const tried = deployment(update(both, one, request(50)), { id: 3 });
  const rows = [...done('1', created), ...done('2-', created, tried)];
  for (const code of ['1', '1 2'])
    expect(decide(update(one, both, contracting(99)), rows, [tried, contract, created], code)).toMatch(/^nothing/);
});

test('an option of the second resource goes back though the first one has tried a later option of the same release', () => {
  const [option, later] = [releaseOf('1', { nonce: 'option' }), releaseOf('1', { nonce: 'later' })];
  const rows = [
    deployment(update(option, later, request(70)), { id: 5 }),
    deployment(update(A, option, contracting(60)), { id: 4 }),
    deployment(update(A, option, request(50)), { id: 3 }),
    deployment(create(A, contracting(20)), { id: 2, settledAt: second(30) }),
    deployment(create(A, request(10)), { id: 1, settledAt: second(30) }),
  ];
  const past = { ...NO_HISTORY, migrations: done('1', rows[4]), deployments: rows };
  expect(plan(update(option, A, contracting(99)), shipped('1'), past)).toMatchObject({
    kind: 'revert',
    deployments: [{ id: 5 }, { id: 4 }],
  });
});

test('what the second resource has left half reverted is finished by the next deployment of the first one', () => {
  const left = { ...contracted, status: 'failed' } as const;
  const rows = [...done('1', settled), ...done('3c<', left)];
  const option = update(A, releaseOf('1', { nonce: 'option' }));
  expect(decide(option, rows, [left, { ...expanded, status: 'reverted' }, settled], '1')).toBe('revert first 3');
});

describe('what the second resource has contracted and is live stays, though a later try was rolled back', () => {
  const rolled = { stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', stackStatusAt: second(90) };
  const live = [{ ...contracted, ...rolled, settledAt: second(70) }, { ...expanded, settledAt: second(70) }, settled];

  test('where an older release is deployed on purpose: that is refused, as everything that takes away', () => {
    expect(decide(update(B, A), GROWN, live, '1')).toBe('refuse: removed-migration');
  });

  test('where the first resource changes an option, and nothing was heard of the success', () => {
    const option = releaseOf('1 2 3c', { nonce: 'option' });
    expect(decide(update(B, option), GROWN, [{ ...contracted, ...rolled }, expanded, settled])).toBe('only its row');
  });

  const standing = (...releases: readonly (typeof A)[]): readonly ReleaseRow[] =>
    releases.map(({ digest }) => ({ digest, createdAt: second(65), endedAt: null, names: null }));

  test('where a new release follows', () => {
    const rows = [{ ...contracted, ...rolled }, expanded, settled];
    const next = update(B, releaseOf('1 2 3c 4'));
    expect(decide(next, GROWN, rows, '1 2 3c 4', { releases: standing(A, B) })).toBe('apply 4');
  });

  describe('where the first resource comes back from a try that left no row', () => {
    const stays = 'nothing: the database is at this release already';

    test('to the same release', () => {
      const [created, contract] = [
        deployment(create(B, request(10))),
        deployment(create(B, contracting(20)), { id: 2 }),
      ];
      const more = { releases: standing(B) };
      expect(decide(update(A, B), done('1 2 3c', created), [contract, created], '1 2 3c', more)).toBe(stays);
    });

    test('to an older one, which was deployed on purpose since', () => {
      const older = releaseOf('1', { onRemoved: 'REVERT' });
      const purpose = deployment(update(B, older, request(80)), { id: 4 });
      const rows = [purpose, contracted, expanded, settled];
      const more = { releases: standing(B, older) };
      expect(decide(update(B, older), done('1', settled), rows, '1', more)).toBe(stays);
    });
  });
});
