import { NO_HISTORY, type DeploymentRow, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import {
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

const [A, B, C] = [releaseOf('1'), releaseOf('1 2'), releaseOf('1 2 3')];
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const tryB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });
const tryC = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(B, C, request(100)), { id: 3, ...more });
const REVERTED = { status: 'reverted', answered: 'FAILED' } as const;

function decide(
  intent: Intent,
  code: string,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
): string {
  return told(plan(intent, shipped(code), { ...NO_HISTORY, migrations, deployments }));
}

describe('rules 2 and 3: a rollback is known as one', () => {
  const back = update(C, A, request(200));
  const rolling = { stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', stackStatusAt: second(190) };

  test.each(['1', '1 2 3'])('A→B fails and reverts itself, B→C stays, then C→A with the code of %p', (code) => {
    const [b, c] = [tryB(REVERTED), tryC()];
    expect(decide(back, code, [...done('1', createdA), ...done('2 3', c)], [c, b, createdA])).toBe('revert 3 2');
  });

  test('A→B stays, B→C fails and reverts itself, then C→A with the code of C', () => {
    const [b, c] = [tryB(), tryC({ ...REVERTED })];
    expect(decide(back, '1 2 3', [...done('1', createdA), ...done('2', b)], [c, b, createdA])).toBe('revert 2');
  });

  test('A→B stays, B→C is refused and leaves no row, then C→A', () => {
    const b = tryB(rolling);
    expect(decide(back, '1 2 3', [...done('1', createdA), ...done('2', b)], [b, createdA])).toBe('revert 2');
  });

  test('A→B stays, B→C leaves no row, C→D stays, then D→A', () => {
    const b = tryB();
    const D = releaseOf('1 2 3 4');
    const d = deployment(update(C, D, request(150)), { id: 3, ...rolling });
    const rows = [...done('1', createdA), ...done('2', b), ...done('3 4', d)];
    expect(decide(update(D, A, request(200)), '1', rows, [d, b, createdA])).toBe('revert 4 3 2');
  });

  test('A→B leaves no row, B→C stays, then C→A: what it goes back to is the last that settled', () => {
    const c = tryC(rolling);
    expect(decide(back, '1', [...done('1', createdA), ...done('2 3', c)], [c, createdA])).toBe('revert 3 2');
  });

  test('A→B fails and cannot revert itself, A→C builds upon what is left of it, then C→A', () => {
    const b = tryB({ status: 'failed', answered: 'FAILED' });
    const c = deployment(update(A, C, request(100)), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', b), ...done('3', c)];
    expect(decide(back, '1', rows, [c, b, createdA])).toBe('revert 3 2');
  });

  test('A→D leaves no row, D→B dies and stays, B→D is tried: D was never there to go back to', () => {
    const D = releaseOf('1 4');
    const died = deployment(update(D, B, request(100)), { id: 2, status: 'running', answered: null, endedAt: null });
    const rows = [...done('1', createdA), ...done('2~', died)];
    expect(decide(update(B, D, request(200)), '1 4', rows, [died, createdA])).toBe('revert first 2, apply 4');
  });

  test('of a release that changed nothing is no deployment that might be refused', () => {
    const theirs = deployment(create(B, request(20, { resource: { ...OURS, logicalId: 'Theirs' } })), { id: 2 });
    const own = deployment(update(A, B, request(50)), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', theirs)];
    expect(decide(update(B, A, request(100)), '1', rows, [own, theirs, createdA])).toBe('revert nothing');
  });

  test('goes on after it was refused itself, and says so no second time', () => {
    const b = tryB({ stackStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', stackStatusAt: second(180) });
    const refused = deployment(update(C, A, request(190)), {
      ...REVERTED,
      id: 3,
      stackStatus: 'UPDATE_ROLLBACK_FAILED',
      stackStatusAt: second(195),
    });
    const rows = [...done('1', createdA), ...done('2', b)];
    expect(decide(back, '1', rows, [refused, b, createdA])).toBe('revert 2');
  });

  test.each(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'UPDATE_FAILED'])(
    'A→B is live and its success was never heard of, another operation ends in %s: going from X to A is none',
    (stackStatus) => {
      const b = tryB({ stackStatus, stackStatusAt: second(190) });
      const rows = [...done('1', createdA), ...done('2', b)];
      expect(decide(back, '1', rows, [b, createdA])).toBe('refuse: removed-migration');
    },
  );

  test('A→B and B→C are over and rolled back, and the status says so late: A→B is deployed', () => {
    const [b, c] = [tryB(REVERTED), tryC({ ...REVERTED, ...rolling })];
    expect(decide(update(A, B, request(200)), '1 2', done('1', createdA), [c, b, createdA])).toBe('apply 2');
  });

  test('with a history that begins later than the release: what CloudFormation named as the old one counts', () => {
    const b = tryB();
    expect(decide(update(B, A, request(200)), '1', done('2', b), [b])).toBe('revert 2');
    const left = tryB({ status: 'failed', answered: 'FAILED' });
    const c = deployment(update(A, C, request(100)), { id: 3 });
    expect(decide(back, '1', [...done('2', left), ...done('3', c)], [c, left])).toBe('revert 3 2');
  });

  const died = { status: 'running', answered: null } as const;
  test.each<[string, string, string, string, Partial<DeploymentRow>, string]>([
    ['keeps what is irreversible', '1', '1', '2!', {}, 'keep 2'],
    ['applies again what was removed', '1 3', '1 3', '3-', {}, 'reapply 3'],
    ['ends what died before it did anything', '1', '1', '', died, 'revert nothing'],
    ['is carried out by the newer code where nothing was done', '1', '1 2', '', {}, 'revert nothing'],
    ['goes forward with its own code where nothing was done', '1', '1', '', {}, 'apply 1'],
  ])('with such a history too it %s', (_what, list, code, rows, more, expected) => {
    const old = releaseOf(list);
    const b = deployment(update(old, B, request(50)), { id: 2, ...more });
    const found = rows.includes('-') ? done(rows, null, b) : done(rows, b);
    expect(decide(update(B, old, request(200)), code, found, [b])).toBe(expected);
  });

  test.each([
    ['leaves what was applied with it, which the release contains: after a down by hand', false, 'only its row'],
    ['applies again what was removed with it', true, 'revert 2, reapply 3'],
  ])('of an option alone %s', (_what, isRemoving, decided) => {
    const option = releaseOf('1 2', { onRemoved: 'REVERT' });
    const base = deployment(create(B, request(1)), { id: 1 });
    const changed = deployment(update(B, option, request(50)), { id: 2 });
    const rows = [...done('1', base), ...done('2', changed), ...(isRemoving ? done('3-', base, changed) : [])];
    expect(decide(update(option, B, request(100)), '1 2', rows, [changed, base])).toBe(decided);
  });

  describe('with what was applied by hand since', () => {
    const byHand = (list: string): readonly HistoryRow[] =>
      done(list, { ...createdA, id: 3 }).map((row) => ({ ...row, owner: null }));
    const b = tryB(rolling);
    const rollback = update(B, A, request(200));

    test('reverts it', () => {
      expect(decide(rollback, '1', [...done('1', createdA), ...byHand('2')], [b, createdA])).toBe('revert 2');
    });

    test('leaves what it goes back to', () => {
      expect(decide(rollback, '1', byHand('1 2'), [b, createdA])).toBe('revert 2');
    });

    test('leaves it where the code of another release is there still, which does not tell what the old one contains', () => {
      expect(decide(rollback, '1 2', [...done('1', createdA), ...done('2', b), ...byHand('3')], [b, createdA])).toBe(
        'revert 2',
      );
    });

    test('leaves it where another construct may have had a part in it', () => {
      const other = { ...tryC(), id: 4, resource: { ...OURS, stackId: 'another' } };
      const rows = [...done('1', createdA), ...byHand('2')];
      expect(decide(rollback, '1', rows, [other, b, createdA])).not.toContain('revert 2');
    });

    test('leaves it to the end of a release that was live', () => {
      const releases = [
        { digest: A.digest, createdAt: second(10), endedAt: null, names: null },
        { digest: B.digest, createdAt: second(60), endedAt: null, names: null },
      ];
      const migrations = [...done('1', createdA), ...done('2', b), ...byHand('3')];
      const decided = plan(rollback, shipped('1'), {
        ...NO_HISTORY,
        migrations,
        deployments: [b, createdA],
        releases,
      });
      expect(told(decided)).toBe('revert nothing, owe the rest');
    });
  });

  test('of an option alone ends its row: a status that comes later must not settle it', () => {
    const option = releaseOf('1', { nonce: '2' });
    const changed = deployment(update(A, option, request(50)), { id: 2 });
    const past = {
      ...NO_HISTORY,
      migrations: done('1', createdA),
      deployments: [changed, createdA],
    };
    expect(plan(update(option, A, request(100)), shipped('1'), past)).toMatchObject({
      kind: 'revert',
      deployments: [{ id: 2 }],
    });
  });

  test('A→B stays, B→C edits what B applied: refused, and the old code is not told that C is there', () => {
    const b = tryB();
    const edited = releaseOf("1 2'");
    const rows = [...done('1', createdA), ...done('2', b)];
    const c = deployment(update(B, edited, request(100)), { ...REVERTED, id: 3 });
    expect(decide(update(B, edited, request(100)), "1 2'", rows, [b, createdA])).toBe('refuse: checksum-changed');
    expect(decide(update(B, edited, request(200)), '1', rows, [c, b, createdA])).toBe('wait: code-not-updated');
  });

  test('A→B stays half, B→C starts its migration over and reverts itself: B is not said to be there', () => {
    const b = tryB({ status: 'failed', answered: 'FAILED' });
    const c = deployment(update(B, releaseOf("1 2'"), request(100)), { ...REVERTED, id: 3 });
    const again = update(releaseOf("1 2'"), B, request(200));
    expect(decide(again, '1', done('1', createdA), [c, b, createdA])).toBe('wait: code-not-updated');
  });
});

test('the mark of a request that had nothing to do is no earlier attempt at it', () => {
  const again = update(A, B, request(50));
  const mark = deployment(again, { ...REVERTED, id: 1, newHash: null, oldHash: null });
  expect(decide(again, '1 2', [], [mark])).toBe('apply 1 2');
});
