import { NO_HISTORY, type DeploymentRow, type HistoryRow, type ReleaseRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
  CONTRACT,
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

describe('a rollback while releases stand', () => {
  const [base, D] = [releaseOf('1 2'), releaseOf('1 2 3')];
  const standing = ({ digest }: typeof A, at: number, endedAt: number | null = null): ReleaseRow => ({
    digest,
    createdAt: second(at),
    endedAt: endedAt === null ? null : second(endedAt),
    names: null,
  });
  const created = deployment(create(base, request(1)), { id: 1, settledAt: second(5) });
  const rolling = { stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', stackStatusAt: second(90) };
  const owed = { owedAt: second(100), owedUnder: 'FAIL' } as const;
  const tryD = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
    deployment(update(base, D, request(50)), { id: 2, ...more });
  const ids = (rows: readonly DeploymentRow[]): string => rows.map(({ id }) => id).join();

  function decide(
    intent: Intent,
    migrations: readonly HistoryRow[],
    deployments: readonly DeploymentRow[],
    releases: readonly ReleaseRow[],
  ): string {
    const past = { ...NO_HISTORY, migrations, deployments: [...deployments, created], releases };
    const decided = plan(intent, shipped('1 2'), past);
    if (decided.kind !== 'revert') return told(decided);
    return `${told(decided)}; ends ${ids(decided.deployments)}; owes ${ids(decided.owes)}`;
  }

  const goesBack = update(D, base);
  const grown = (list: string, by = tryD()): readonly HistoryRow[] => [...done('1 2', created), ...done(list, by)];

  test('keeps what is irreversible at once where its code never began, and ends its deployment', () => {
    expect(decide(goesBack, grown('3!'), [tryD()], [standing(base, 2)])).toBe('keep 3; ends 2; owes ');
  });

  test('does not say that it keeps what is irreversible while its code may be live: the end of the release does', () => {
    const releases = [standing(D, 60), standing(base, 2)];
    expect(decide(goesBack, grown('3!'), [tryD()], releases)).toBe('revert nothing, owe the rest; ends ; owes 2');
  });

  test('owes a release that may be live, though it applied nothing', () => {
    expect(decide(goesBack, grown(''), [tryD()], [standing(D, 60), standing(base, 2)])).toBe(
      'revert nothing, owe the rest; ends ; owes 2',
    );
  });

  test('finishes at once what a later try had begun to remove: that was never live', () => {
    const later = deployment(update(D, releaseOf('1 2'), request(80)), { id: 3, status: 'running', answered: null });
    const rows = [...done('1 2', created), ...done('3c<', tryD(), later)];
    expect(decide(update(D, base), rows, [later, tryD()], [standing(D, 60), standing(base, 2)])).toBe(
      'revert 3, owe the rest; ends 3; owes 2',
    );
  });

  test('does not keep what is irreversible before what was applied since, and waits, is reverted', () => {
    const E = releaseOf('1 2 3 4!');
    const adopting = deployment(update(D, E, request(80)), { id: 3 });
    const rows = [...done('1 2', created), ...done('4!', adopting), ...done('3', tryD())];
    expect(decide(update(E, base), rows, [adopting, tryD()], [standing(D, 60), standing(base, 2)])).toBe(
      'revert nothing, owe the rest; ends ; owes 3,2',
    );
  });

  test('of the second resource leaves what a later try of the first one applied to the end of its release', () => {
    const [E, F] = [releaseOf('1 2 3c'), releaseOf('1 2 3c 4 5c')];
    const ofSecond = (at: number): Intent['request'] => request(at, { resource: CONTRACT });
    const tries = [
      deployment(update(E, F, ofSecond(65)), { id: 6 }),
      deployment(update(E, F, request(60)), { id: 5 }),
      deployment(update(base, E, ofSecond(55)), { id: 4 }),
      deployment(update(base, E, request(50)), { id: 3 }),
      deployment(create(base, ofSecond(2)), { id: 2, settledAt: second(5) }),
    ];
    const [contracted, expanded, contractedE] = tries;
    const rows = [
      ...done('1 2', created),
      ...done('3c', contractedE),
      ...done('4', expanded),
      ...done('5c', contracted),
    ];
    const releases = [standing(F, 62), standing(base, 2)];
    expect(decide(update(F, base, ofSecond(100)), rows, tries, releases)).toMatch(/^revert 5, owe the rest/);
  });

  test('leaves in the schema what an older release was to remove, and owes what the other one applied', () => {
    const older = releaseOf('1', { onRemoved: 'REVERT' });
    const purpose = deployment(update(D, older, request(80)), { id: 3, ...rolling });
    const rows = [...done('1', created), ...done('2', created, purpose), ...done('3', tryD(), purpose)];
    expect(decide(update(older, base), rows, [purpose, tryD()], [standing(D, 60), standing(base, 2)])).toBe(
      'reapply 2 3, owe the rest; ends 3; owes 2',
    );
    // Where its code may be live, too, it may still be the one that stays.
    const all = [standing(older, 85), standing(D, 60), standing(base, 2)];
    const waits = [...done('1 2', created), ...done('3', tryD(), purpose)];
    expect(decide(update(older, base), waits, [purpose, tryD()], all)).toBe(
      'revert nothing, owe the rest; ends ; owes 3,2',
    );
  });

  test('once more does not revert what is owed and whose release has ended: nobody vouches for it any more', () => {
    const next = deployment(update(base, A, request(110)), { id: 3, status: 'reverted', answered: 'FAILED' });
    const releases = [standing(D, 60, 105), standing(base, 2)];
    expect(decide(update(A, base, request(120)), grown('3', tryD(owed)), [next, tryD(owed)], releases)).toBe(
      'nothing: nothing of what is rolled back stands here',
    );
  });

  test('once more owes again what stands with the release of a later try, though its own has ended', () => {
    const later = deployment(update(D, releaseOf('1 2 3 4'), request(70)), { id: 3, ...owed });
    const rows = [...grown('3', tryD(owed)), ...done('4', later)];
    const releases = [standing(releaseOf('1 2 3 4'), 75), standing(D, 60, 105), standing(base, 2)];
    expect(decide(update(releaseOf('1 2 3 4'), base, request(120)), rows, [later, tryD(owed)], releases)).toBe(
      'revert nothing, owe the rest; ends ; owes 3,2',
    );
  });

  test('to an older release that was refused then: what was taken early is applied again, though the old code is there', () => {
    const E = releaseOf('1 2 3c');
    const taken = deployment(update(base, E, request(50)), { id: 2 });
    const rows = [...done('1 2', created), ...done('3c-', taken, taken)];
    expect(decide(update(base, E, request(120)), rows, [taken], [standing(E, 60), standing(base, 2)])).toBe('resume 3');
  });

  test('of the second resource once more owes what it took early: that may have to be applied again', () => {
    const E = releaseOf('1 2 3c');
    const ofSecond = (at: number): Intent['request'] => request(at, { resource: CONTRACT });
    const contractBase = deployment(create(base, ofSecond(2)), { id: 2, settledAt: second(5) });
    const expanded = deployment(update(base, E, request(50)), { id: 3, ...owed });
    const taken = deployment(update(base, E, ofSecond(60)), { id: 4 });
    const rows = [...done('1 2', created), ...done('3c-', taken, taken)];
    const releases = [standing(E, 55), standing(base, 2)];
    expect(decide(update(E, base, ofSecond(100)), rows, [taken, expanded, contractBase], releases)).toBe(
      'revert nothing, owe the rest; ends ; owes 4',
    );
  });

  test('that comes again after the end of a release is late: it owed all that before', () => {
    const later = deployment(update(D, releaseOf('1 2 3 4'), request(70)), { id: 3, ...owed });
    const rows = [...grown('3', tryD(owed)), ...done('4', later)];
    const releases = [standing(releaseOf('1 2 3 4'), 75), standing(D, 60, 105), standing(base, 2)];
    expect(decide(update(releaseOf('1 2 3 4'), base), rows, [later, tryD(owed)], releases)).toBe('stale');
  });

  test('gives back what was contracted also where that was owed, and the first time failed', () => {
    const releases = [standing(D, 60), standing(base, 2)];
    const rows = grown('3', tryD(owed)).map((row) => ({ ...row, contracts: row.name === '0003' }));
    expect(decide(update(D, base, request(120)), rows, [tryD(owed)], releases)).toBe(
      'early 3, owe the rest; ends ; owes 2',
    );
  });

  test('to a release without a resource, whose success was not heard of, is one where the status says so', () => {
    const lost = { ...created, type: 'Update', oldHash: A.hash, settledAt: null } as const;
    const past = { ...NO_HISTORY, migrations: grown('3'), releases: [standing(D, 60)] };
    expect(told(plan(goesBack, shipped('1 2'), { ...past, deployments: [tryD(rolling), lost] }))).toBe('revert 3');
    expect(told(plan(goesBack, shipped('1 2'), { ...past, deployments: [tryD(), lost] }))).toBe(
      'refuse: removed-migration',
    );
  });

  test('is none where a new release comes, though a status before said so: live code keeps what it has', () => {
    const next = update(D, releaseOf('1 2 3 4'));
    const releases = [standing(D, 60), standing(base, 2)];
    expect(decide(next, grown('3'), [tryD(rolling)], releases)).toBe('wait: code-not-updated');
  });
});
