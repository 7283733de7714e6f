import { NO_HISTORY, type DeploymentRow, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import { create, deployment, done, releaseOf, request, second, shipped, told, update } from '../../paper/releases';

const [A, B, C, D] = [releaseOf('1'), releaseOf('1 2'), releaseOf('1 2 3'), releaseOf('1 2 3 4')];

const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const tryB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });
const tryC = (more: Partial<DeploymentRow> = {}, from = B): DeploymentRow =>
  deployment(update(from, C, request(100)), { id: 3, ...more });
const tryD = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(C, D, request(150)), { id: 4, ...more });

const applied = (of: readonly (readonly [string, DeploymentRow])[]): readonly HistoryRow[] => [
  ...done('1', createdA),
  ...of.flatMap(([list, by]) => done(list, by)),
];

function decide(
  intent: Intent,
  code: string,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
): string {
  const past = { ...NO_HISTORY, migrations, deployments: [...deployments, createdA] };
  return told(plan(intent, shipped(code), past));
}

const back = (from = C): Intent => update(from, A, request(200));

describe('rule 3: the rollback of tries that were not rolled back, A→B→C', () => {
  const [b, c] = [tryB(), tryC()];

  test.each(['1', '1 2', '1 2 3', ''])('reverts all of them, newest first, with the code of %p', (code) => {
    const rows = applied([
      ['2', b],
      ['3', c],
    ]);
    expect(decide(back(), code, rows, [c, b])).toBe('revert 3 2');
  });

  test('names the deployments newest first, so that both are ended', () => {
    const rows = applied([
      ['2', b],
      ['3', c],
    ]);
    const past = { ...NO_HISTORY, migrations: rows, deployments: [c, b, createdA] };
    expect(plan(back(), shipped('1'), past)).toMatchObject({
      deployments: [{ id: 3 }, { id: 2 }],
      vouchedBy: [C.digest, A.digest],
    });
  });

  test('goes back to the release in the middle where that is what it asks for', () => {
    const rows = applied([
      ['2', b],
      ['3', c],
    ]);
    expect(decide(update(C, B, request(200)), '1 2', rows, [c, b])).toBe('revert 3');
  });

  test('reverts in the order of application, also where the chain applied them crosswise', () => {
    const rows = applied([
      ['3', b],
      ['2', c],
    ]);
    expect(decide(back(), '1', rows, [c, b])).toBe('revert 2 3');
  });

  test('keeps an irreversible migration of one try and all below it', () => {
    const rows = applied([
      ['2', b],
      ['3! 4', c],
    ]);
    expect(decide(back(), '1', rows, [c, b])).toBe('revert 4, keep 3 2');
  });

  test('of three tries reverts three', () => {
    const d = tryD();
    const rows = applied([
      ['2', b],
      ['3', c],
      ['4', d],
    ]);
    expect(decide(back(D), '1', rows, [d, c, b])).toBe('revert 4 3 2');
  });

  test.each<[string, DeploymentRow, DeploymentRow, string, string]>([
    ['the newest died half-way', tryB(), tryC({ status: 'running', answered: null, endedAt: null }), '3~', '3 2'],
    [
      'the newest failed and could not revert itself',
      tryB(),
      tryC({ status: 'failed', answered: 'FAILED' }),
      '3<',
      '3 2',
    ],
    ['the older one failed and could not revert itself', tryB({ status: 'failed' }), tryC(), '3', '3 2'],
    ['the older one was given up in flight', tryB({ status: 'running', cancelled: true }), tryC(), '3', '3 2'],
    ['this rollback was cut short before', tryB({ status: 'reverting' }), tryC({ status: 'reverting' }), '3<', '3 2'],
    ['this rollback failed before', tryB({ status: 'failed' }), tryC({ status: 'failed' }), '3<', '3 2'],
  ])('goes on to the end where %s', (_name, older, newer, rows, expected) => {
    const migrations = applied([
      ['2', older],
      [rows, newer],
    ]);
    expect(decide(back(), '1', migrations, [newer, older])).toBe(`revert ${expected}`);
  });

  test('goes on where the newest is reverted already, and the process died before the older one was marked', () => {
    const migrations = applied([['2', tryB({ status: 'reverting' })]]);
    expect(decide(back(), '1', migrations, [tryC({ status: 'reverting' }), tryB({ status: 'reverting' })])).toBe(
      'revert 2',
    );
  });

  test('that is over and comes once more has nothing to do', () => {
    const over = [tryC({ status: 'reverted' }), tryB({ status: 'reverted' })] as const;
    expect(decide(back(), '1', applied([]), over)).toMatch(/^nothing:/);
  });
});

describe('rule 3: what is no chain', () => {
  test('a try after a rollback: only that try is reverted', () => {
    const again = tryC({}, A);
    expect(decide(back(), '1', applied([['2 3', again]]), [again, tryB({ status: 'reverted' })])).toBe('revert 3 2');
  });

  test('tries before the stack was seen to be well: only what came later is reverted', () => {
    const settled = tryB({ settledAt: second(60) });
    const rows = applied([
      ['2', settled],
      ['3', tryC()],
    ]);
    expect(decide(update(C, B, request(200)), '1 2', rows, [tryC(), settled])).toBe('revert 3');
    expect(decide(back(), '1', rows, [tryC(), settled])).toBe('refuse: removed-migration');
  });

  test('a chain whose newest try settled is settled as a whole, whatever the older ones look like', () => {
    const rows = applied([
      ['2', tryB({ status: 'failed' })],
      ['3', tryC({ settledAt: second(120) })],
    ]);
    const past = [tryC({ settledAt: second(120) }), tryB({ status: 'failed' })];
    expect(decide(back(), '1', rows, past)).toBe('refuse: removed-migration');
  });
});

describe('rule 3: a forward run in a chain', () => {
  const fix = (list: string, rows: string, b: Partial<DeploymentRow> = {}): string => {
    const by = tryB(b);
    const past = [by];
    return decide(update(B, releaseOf(list, { nonce: 'fix' }), request(100)), list, applied([[rows, by]]), past);
  };

  test.each([
    ['continues what the try before it applied', '1 2 3', '2', 'apply 3'],
    ['may not leave out what the try before it applied', '1', '2', 'refuse: removed-migration'],
    ['may not edit it', "1 2' 3", '2', 'refuse: checksum-changed'],
    ['starts over what the try before it left half applied', "1 2'", '2~', 'revert first 2, apply 2'],
  ])('%s: %p after %p: %s', (_name, list, rows, expected) => {
    expect(fix(list, rows)).toBe(expected);
  });

  test.each([
    ['1', 'refuse: removed-migration'],
    ["1 2'", 'refuse: checksum-changed'],
  ])('does nothing of that where the stack was not seen to fail: %p: %s', (list, expected) => {
    expect(fix(list, '2', {})).toBe(expected);
    expect(fix(list, '2', { settledAt: second(60) })).toBe(expected);
  });

  test('never touches what went live before the chain', () => {
    expect(fix("1' 2", '2')).toBe('refuse: checksum-changed');
    expect(fix('2', '2')).toBe('refuse: removed-migration');
  });

  test('does not take its own row for a try before it', () => {
    const own = tryC({ status: 'running', answered: null, endedAt: null });
    const rows = applied([
      ['2', tryB({})],
      ["3'", own],
    ]);
    expect(decide(update(B, C, request(100)), '1 2 3', rows, [own, tryB({})])).toBe('refuse: checksum-changed');
  });
});
