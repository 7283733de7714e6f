import { NO_HISTORY, type DeploymentRow, type HistoryRow } from '../../../lambda/plan/history';
import type { Intent } from '../../../lambda/plan/intent';
import { plan } from '../../../lambda/plan/plan';
import { PaperDatabase } from '../../paper/paper-database';
import { create, deployment, done, releaseOf, request, second, shipped, told, update } from '../../paper/releases';

const [A, B] = [releaseOf('1'), releaseOf('1 2')];
const createdA = deployment(create(A, request(1)), { id: 1, settledAt: second(5) });
const tryB = (more: Partial<DeploymentRow> = {}): DeploymentRow =>
  deployment(update(A, B, request(50)), { id: 2, ...more });

function decide(
  intent: Intent,
  code: string,
  migrations: readonly HistoryRow[],
  deployments: readonly DeploymentRow[],
  mayAwait = false,
): string {
  return told(plan(intent, shipped(code), { ...NO_HISTORY, migrations, deployments }, mayAwait));
}

describe('what may be live is not taken for what never was', () => {
  test.each([
    ['1', 'refuse: removed-migration'],
    ["1 2'", 'refuse: checksum-changed'],
  ])(
    'a status is late: one refused try of %p, and the second drops the table of a live migration',
    (list, expected) => {
      const database = new PaperDatabase();
      const next = releaseOf(list, { nonce: 'next' });
      database.handle(create(A, request(1)), shipped('1'));
      database.note('CREATE_COMPLETE', second(10));
      database.note('UPDATE_IN_PROGRESS', second(90));
      database.handle(update(A, B, request(100)), shipped('1 2'));
      database.note('UPDATE_IN_PROGRESS', second(200));
      expect(told(database.handle(update(B, next, request(210)), shipped(list)).plan)).toBe(expected);
      // Of second 110, when the update of B was complete.
      database.note('UPDATE_COMPLETE', second(110));
      database.note('UPDATE_ROLLBACK_IN_PROGRESS', second(220));
      database.handle(update(next, B, request(230)), shipped('1 2'));
      database.note('UPDATE_ROLLBACK_COMPLETE', second(240));
      database.note('UPDATE_IN_PROGRESS', second(300));
      expect(told(database.handle(update(B, next, request(310)), shipped(list)).plan)).toBe(expected);
    },
  );

  test.each([
    ['1', 'refuse: removed-migration'],
    ["1 2'", 'refuse: checksum-changed'],
  ])('A→B stays, B→C goes through and its status is late, then C→D with %p', (list, expected) => {
    const changed = releaseOf('1 2', { nonce: 'option' });
    const c = deployment(update(B, changed, request(100)), { id: 3 });
    const rows = [...done('1', createdA), ...done('2', tryB())];
    const next = update(changed, releaseOf(list, { nonce: 'next' }), request(200));
    expect(decide(next, list, rows, [c, tryB(), createdA])).toBe(expected);
  });

  test('what never went live and is irreversible is not begun with: refused before anything is run', () => {
    const rows = [...done('1', createdA), ...done('2!', tryB())];
    const next = update(B, releaseOf('1 3'), request(100));
    expect(decide(next, '1 3', rows, [tryB(), createdA])).toBe('refuse: removed-migration');
  });

  test('A→B fails before us, B→B dies and stays: another try of B→B is no rollback of the one before', () => {
    const died = deployment(update(B, B, request(100)), { id: 2, status: 'running', answered: null, endedAt: null });
    const rows = [...done('1', createdA), ...done('2~', died)];
    expect(decide(update(B, B, request(200)), '1 2', rows, [died, createdA])).toBe('revert first 2, apply 2');
  });
});

test('what waits to be reverted, and a later release lacked, makes room for another text of it', () => {
  const owing = { owedAt: second(90), owedUnder: 'FAIL' } as const;
  const lacking = deployment(update(B, releaseOf('1', { nonce: 'next' }), request(80)), { id: 3, ...owing });
  const rows = [...done('1', createdA), ...done('2', tryB(owing), lacking)];
  const deployments = [lacking, tryB(owing), createdA];
  expect(decide(update(A, releaseOf("1 2'")), "1 2'", rows, deployments)).toBe('revert first 2, forget 2, apply 2');
});

test('what waits to be reverted is not said to be there: the code that needs it would lose it', () => {
  const owing = { owedAt: second(90), owedUnder: 'FAIL' } as const;
  const rows = [...done('1', createdA), ...done('2', tryB(owing))];
  expect(decide(update(A, B, request(200)), '1', rows, [tryB(owing), createdA])).toBe('wait: code-not-updated');
});
