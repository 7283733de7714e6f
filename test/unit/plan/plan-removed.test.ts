import { NO_HISTORY, type DeploymentRow, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import { planRevert } from '../../../lambda/plan/plan-revert';
import {
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

/** A release of three migrations; and one that lacks two of them, has another, and says REVERT. */
const A = releaseOf('1 2 3');
const B = releaseOf('1 4', { onRemoved: 'REVERT' });
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const updatedB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });

/** Rows of A: those with a mark were removed by B, or are being removed. */
const ofA = (list: string): readonly HistoryRow[] =>
  list
    .split(' ')
    .flatMap((token) => done(token, createdA, /[-<~]/.test(token) || token.includes('+') ? updatedB() : null));

function decide(intent: Intent, code: string, migrations: readonly HistoryRow[], row: DeploymentRow): string {
  const past = { ...NO_HISTORY, migrations, deployments: [row, createdA] };
  return told(plan(intent, shipped(code), past));
}

const rollback = update(B, A, request(100));
const running = { status: 'running', answered: null, endedAt: null } as const;

describe('rule 9: the rollback of a release that removed migrations', () => {
  test.each<[string, string, string, Partial<DeploymentRow>, string]>([
    ['was carried out', '1 2- 3-', '4', {}, 'revert 4, reapply 2 3'],
    ['removed only', '1 2- 3-', '', {}, 'reapply 2 3'],
    ['died before its removals', '1 2 3', '4', running, 'revert 4'],
    ['died between two removals', '1 2 3-', '4', running, 'revert 4, reapply 3'],
    ['died in a removal', '1 2 3<', '4', running, 'revert 4 3, reapply 3'],
    ['died in its last removal', '1 2< 3-', '4', running, 'revert 4 2, reapply 2 3'],
    ['failed in a removal and could not revert it', '1 2 3<', '', { status: 'failed' }, 'revert 3, reapply 3'],
    ['was reverted but for what it had removed', '1 2- 3-', '', { status: 'reverting' }, 'reapply 2 3'],
    ['was reverted but for the last', '1 2 3-', '', { status: 'reverting' }, 'reapply 3'],
    ['was cut short while it applied one again', '1 2~ 3-', '', { status: 'reverting' }, 'reapply 2 3'],
    ['could not apply one again', '1 2~ 3-', '', { status: 'failed' }, 'reapply 2 3'],
    ['keeps what cannot be reverted', '1 2- 3-', '4!', {}, 'keep 4, reapply 2 3'],
  ])('that %s: %p and %p', (_name, rows, own, more, expected) => {
    const row = updatedB(more);
    const migrations = [...ofA(rows), ...done(own, row)];
    for (const code of ['1 2 3', '1 4']) expect(decide(rollback, code, migrations, row)).toBe(expected);
  });

  test('is vouched for by the release that had them, whose scripts are run again', () => {
    const past = { ...NO_HISTORY, migrations: ofA('1 2- 3-'), deployments: [updatedB(), createdA] };
    expect(plan(rollback, shipped('1 4'), past)).toMatchObject({ vouchedBy: [B.digest, A.digest] });
  });

  test('applies nothing again that another deployment removed', () => {
    const other = deployment(update(A, B, request(20)), { id: 9 });
    const migrations = [...done('1', createdA), ...done('2-', createdA, other), ...done('3-', createdA, updatedB())];
    expect(decide(rollback, '1 4', migrations, updatedB())).toBe('reapply 3');
  });

  test('is a rollback still where the release only removed, and its code is back already', () => {
    expect(decide(rollback, '1 2 3', ofA('1 2- 3-'), updatedB())).toBe('reapply 2 3');
  });

  test('does not happen once the release has settled: then A is deployed, and makes room for its migrations', () => {
    const settled = updatedB({ settledAt: second(60) });
    const A2 = releaseOf('1 2 3 4');
    expect(decide(update(B, A2, request(100)), '1 2 3 4', [...ofA('1'), ...done('4', settled)], settled)).toBe(
      'apply 2 3',
    );
    // The status arrived, and its removing the rows is still to come.
    expect(decide(update(B, A2, request(100)), '1 2 3 4', [...ofA('1 2- 3-'), ...done('4', settled)], settled)).toBe(
      'forget 2 3, apply 2 3',
    );
  });
});

describe('rule 9: a chain in which one removes what another applied', () => {
  const b = deployment(update(A, releaseOf('1 2 3 4'), request(50)), { id: 2 });
  const c = deployment(update(releaseOf('1 2 3 4'), B, request(100)), { id: 3 });

  test('what never went live is not applied again', () => {
    const migrations = [...done('1 2 3', createdA), ...done('4-', b, c)];
    expect(told(planOf(update(B, A, request(200)), '1 4', migrations, [c, b, createdA]))).toBe('revert nothing');
  });

  test('what went live before the chain is', () => {
    const migrations = [...done('1', createdA), ...done('2- 3-', createdA, c), ...done('4', b)];
    expect(told(planOf(update(B, A, request(200)), '1 4', migrations, [c, b, createdA]))).toBe('revert 4, reapply 2 3');
  });

  test('a rollback to the middle of it applies again what the middle had applied', () => {
    const migrations = [...done('1 2 3', createdA), ...done('4-', b, c)];
    expect(told(planOf(update(B, releaseOf('1 2 3 4'), request(200)), '1 4', migrations, [c, b, createdA]))).toBe(
      'reapply 4',
    );
  });
});

describe('rule 9: a run that fails applies again what it had removed itself', () => {
  test('which the revert finds by its own id alone', () => {
    const rows = [...done('1 2', createdA), ...done('3<', createdA, updatedB()), ...done('4', updatedB())];
    const { revert, keep, reapply } = planRevert(new Set([2]), rows);
    expect([revert, keep, reapply].map((list) => list.map(({ name }) => name))).toEqual([
      ['0004', '0003'],
      [],
      ['0003'],
    ]);
  });

  test('and so does a second delivery of its request', () => {
    const row = updatedB({ status: 'reverting', answered: null, error: 'it failed' });
    expect(decide(update(A, B, request(50)), '1 4', [...ofA('1 2 3-'), ...done('4', row)], row)).toBe(
      'revert 4, reapply 3, then fail: migration-failed',
    );
  });

  test('a second attempt at the removals goes on with them', () => {
    const row = updatedB(running);
    expect(decide(update(A, B, request(50)), '1 4', [...ofA('1 2 3<'), ...done('4', row)], row)).toBe(
      'revert first 3, revert 2',
    );
    expect(decide(update(A, B, request(50)), '1 4', [...ofA('1 2 3-'), ...done('4', row)], row)).toBe('revert 2');
  });
});

describe('rule 9: a removed migration', () => {
  test.each([
    ['is not missed by a release that lacks it', '1 4', '1 2- 3-', 'only its row'],
    ['does not count as applied for the order', '1 2', '1 3-', 'apply 2'],
  ])('%s', (_name, list, rows, expected) => {
    const next = releaseOf(list, { outOfOrder: 'FAIL' });
    const migrations = [...ofA(rows), ...(list === '1 4' ? done('4', updatedB()) : [])];
    expect(decide(update(B, next, request(100)), list, migrations, updatedB({ settledAt: second(60) }))).toBe(expected);
  });

  test('is not reverted by a Delete', () => {
    const row = updatedB({ settledAt: second(60) });
    const migrations = [...ofA('1 2- 3-'), ...done('4', row)];
    expect(decide(remove(releaseOf('1 4', { onDelete: 'REVERT' })), '1 4', migrations, row)).toBe('revert 4 1');
  });

  test('that comes back with another text is a new migration', () => {
    const row = updatedB({ settledAt: second(60) });
    const next = releaseOf("1 3' 4");
    expect(decide(update(B, next, request(100)), "1 3' 4", [...ofA('1 3-'), ...done('4', row)], row)).toBe(
      'forget 3, apply 3',
    );
  });
});

describe('rule 9: what a rollback kept', () => {
  test.each([
    ['is not missed', '1', '1 2^', 'although it lacks 2'],
    ['is taken over', '1 2 3', '1 2^', 'adopt 2, apply 3'],
    ['is not taken over with another text', "1 2' 3", '1 2^', 'refuse: checksum-changed'],
  ])('%s: %p on %p: %s', (_name, list, rows, expected) => {
    const row = updatedB({ status: 'reverted' });
    const before = releaseOf('1');
    expect(decide(update(before, releaseOf(list), request(100)), list, done(rows, createdA), row)).toBe(expected);
  });
});

describe('rule 9: a removal that is not settled', () => {
  const old = releaseOf('1 2 3');
  const lacks = releaseOf('1 4', { onRemoved: 'REVERT' });
  const base = deployment(create(old, request(1)), { id: 1, settledAt: second(5) });
  const b = deployment(update(old, lacks, request(50)), { id: 2 });

  test.each(['1 2 4', "1 2' 4"])(
    'one is brought back by %p in a chain: the rollback of the chain could not tell whose it is',
    (list) => {
      const rows = [...done('1', base), ...done('2- 3-', base, b), ...done('4', b)];
      expect(told(planOf(update(lacks, releaseOf(list), request(100)), list, rows, [b, base]))).toBe(
        'refuse: removed-migration',
      );
    },
  );

  test('a removal that was cut short is finished though an irreversible migration of the release stays', () => {
    const rows = [...done('1 2', base), ...done('3<', base, b), ...done('4!', b)];
    const died = { ...b, status: 'running', answered: null, endedAt: null } as const;
    expect(told(planOf(update(lacks, old, request(100)), '1 2 3', rows, [died, base]))).toBe(
      'revert 3, keep 4, reapply 3',
    );
  });

  test('one whose removal is finished by a release that has it leaves no row that would be in the way', () => {
    const rows = [...done('1 2', base), ...done('3<', base, b)];
    const next = update(old, releaseOf('1 2 3 5'), request(100));
    expect(told(planOf(next, '1 2 3 5', rows, [{ ...b, status: 'reverted' }, base]))).toBe(
      'revert first 3, forget 3, apply 3 5',
    );
  });

  test.each(['reverting', 'failed'] as const)('a down that did nothing (%s) leaves nothing to finish', (status) => {
    const rows = [...done('1 2', base), ...done('3>', base, b)];
    const past = [{ ...b, status }, base];
    expect(told(planOf(update(lacks, old, request(100)), '1 2 3', rows, past))).toBe('reapply 3');
  });

  test('but where only a part of it was there when its down was begun, that is finished first', () => {
    const half = done('3>', base, b).map((row) => ({ ...row, stepsDone: 1 }));
    const rows = [...done('1 2', base), ...half];
    const past = [{ ...b, status: 'failed' as const }, base];
    expect(told(planOf(update(lacks, old, request(100)), '1 2 3', rows, past))).toBe('revert 3, reapply 3');
  });
});

function planOf(
  intent: Intent,
  code: string,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
): ReturnType<typeof plan> {
  return plan(intent, shipped(code), { ...NO_HISTORY, migrations, deployments });
}
