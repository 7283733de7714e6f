import { untilOf } from '../../../cli/change/how-far';
import type { MigrationStatus } from '../../../lambda/commands/status';

function applied(name: string, state: MigrationStatus['state'] = 'applied'): MigrationStatus {
  return { name, state, stepsDone: 1, stepsTotal: 1, irreversible: false };
}

const migrations = ['0001_user', '0003_add.column', '0003_fill', '20260131120000_b', '0010_gone'].map((name) =>
  applied(name, name === '0010_gone' ? 'removed' : 'applied'),
);

test.each([
  ['0001_user', '0001_user'],
  ['0001_user.sql', '0001_user'],
  ['migrations/0001_user.up.sql', '0001_user'],
  ['0001_user.down.sql', '0001_user'],
  ['./migrations/0003_fill.ts', '0003_fill'],
  ['0003_add.column', '0003_add.column'],
  ['0001', '0001_user'],
  ['1', '0001_user'],
  ['20260131120000', '20260131120000_b'],
  // What there is not is refused by the engine, by the name that was said.
  ['2', '2'],
  ['0010', '0010'],
  ['000', '000'],
  ['user', 'user'],
])('down --to %s is to %s', (said, name) => {
  expect(untilOf({ kind: 'name', name: said }, { migrations })).toEqual({ kind: 'name', name });
});

test('a number that two have is refused', () => {
  expect(untilOf({ kind: 'name', name: '3' }, { migrations })).toMatchObject({
    kind: 'refused',
    failure: { message: '3 may be each of 0003_add.column, 0003_fill: name one of them; nothing was run' },
  });
});

test('all are as many as stand', () => {
  expect(untilOf({ kind: 'all' }, { migrations })).toEqual({ kind: 'steps', steps: 4 });
  expect(untilOf({ kind: 'steps', steps: 2 }, { migrations })).toEqual({ kind: 'steps', steps: 2 });
});
