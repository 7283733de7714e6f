import { readMark, storedMark, type Mark } from '../../../lambda/plan/mark';

test.each<[string, Mark]>([
  ['0f'.repeat(32), { kind: 'fingerprint', hash: '0f'.repeat(32) }],
  ['blind partition 1066', { kind: 'partition', id: '1066' }],
  ['blind', { kind: 'blind' }],
  ['module', { kind: 'module' }],
])('the journal keeps "%s" as it always has', (stored, mark) => {
  expect(readMark(stored)).toEqual(mark);
  expect(storedMark(mark)).toBe(stored);
});
