import { newNumber } from '../../cli/create/new-number';

const NOW = new Date('2026-01-31T12:00:05.678Z');

test.each([
  ['the first one', [], '20260131120005'],
  ['a time', ['20250101000000_a'], '20260131120005'],
  ['a time without seconds', ['202501010000_a'], '202601311200'],
  ['seconds since 1970', ['1665412339_a'], '1769860805'],
  ['a time of the future', ['20270101000000_a'], '20270101000001'],
  ['a time of this second', ['20260131120005_a'], '20260131120006'],
  ['a number', ['0001_a', '0002_b'], '0003'],
  ['a gap', ['0001_a', '0900_b'], '0901'],
  ['times after a number', ['0001_a', '20250101000000_b'], '20260131120005'],
  ['more digits than a number can hold', ['12345678901234567890_a'], '12345678901234567891'],
  ['a date', ['2025-12-31_a', '2026-01-30-b'], '2026-01-31'],
])('%s', (_, names, number) => expect(newNumber(names, NOW)).toEqual({ kind: 'number', number }));

test.each(['2026-01-31_a', '2026-02-01_a'])('a date that need not sort behind %s is none', (name) => {
  expect(newNumber([name], NOW)).toEqual({
    kind: 'none',
    problem: `the newest migration is of ${name.slice(0, 10)}, and a name that begins with 2026-01-31 need not sort behind it: write the file yourself`,
  });
});

test('a number that would sort before the others is none', () => {
  expect(newNumber(['0001_a', '9999_b'], NOW)).toEqual({
    kind: 'none',
    problem:
      'the numbers of 4 digits are used up: names are sorted by their characters, and 10000 would run before 9999. Take a new folder, or number with the time from the start',
  });
});
