import { readFileSync } from 'node:fs';
import path from 'node:path';

const read = (file: string): string => readFileSync(path.join(__dirname, '../..', file), 'utf8');
const DOCUMENT = read('docs/troubleshooting.md');

test('docs/troubleshooting.md has every code of a failure, and no other', () => {
  const [, union = ''] = /export type FailureCode =([^;]+);/.exec(read('lambda/words/failure.ts')) ?? [];
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code]) => code);
  const rows = [...DOCUMENT.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, code]) => code);

  expect(codes.length).toBeGreaterThan(10);
  expect(rows.sort()).toEqual(codes.sort());
});

test('and every code that only verify has', () => {
  const [, union = ''] = /export type FindingCode =([^;]+);/.exec(read('lambda/plan/check-history.ts')) ?? [];
  const codes = [...union.matchAll(/'([a-z-]+)'/g)].map(([, code = '']) => code);

  expect(codes.length).toBeGreaterThan(3);
  expect(codes.filter((code) => !DOCUMENT.includes(`\`${code}\``))).toEqual([]);
});
