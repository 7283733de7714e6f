import { type BenchCase, middleOf, pictureOf, tablesOf } from '../../bench/bench-report';

const CASE: BenchCase = {
  server: 'MySQL 9.7.4',
  kind: 'INSERT',
  migrations: 1000,
  delayMs: 1,
  isPending: true,
  rounds: 5,
  cells: [
    { tool: 'client with history', ms: 2000, noise: 1, queries: 2001, peakMb: 12 },
    { tool: 'ours', ms: 1000, noise: 2, queries: 900, peakMb: 90 },
  ],
};

test('the middle is the median, and its noise half the way between the quartiles', () => {
  expect(middleOf([100, 1000, 110, 90, 105])).toEqual({ ms: 105, noise: 5 });
});

test('a table has the fastest first, each with its ratio to the client with history', () => {
  expect(tablesOf([CASE])).toBe(
    [
      '**MySQL 9.7.4, 1,000 × INSERT, 1 ms away** (5 rounds)\n',
      '| tool | median | to the client with history | queries | peak memory |',
      '| --- | --- | --- | --- | --- |',
      '| **ours** | 1,000 ms ± 2 % | 0.50 | 900 | 90 MB |',
      '| client with history | 2,000 ms ± 1 % | 1.00 | 2,001 | 12 MB |',
    ].join('\n'),
  );
});

test('in the picture the longest bar is twice as long as ours', () => {
  const [ours = 0, client = 0] = [...pictureOf([CASE]).matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );

  expect(client).toBeCloseTo(2 * ours);
});
