import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const readAll = (folder: string, ending: string): string =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => read(path.join(folder, name)))
    .join('\n');
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

test('every code that is written anywhere stands on a page', () => {
  // As the first or second argument of what makes a failure or a finding, or as a property.
  const makers = 'ExpectedFailure|nothingPlayed|ValidationError|failure|failed|fail|refuse|refused|found|finding|warn';
  const written = new RegExp(
    `(?:\\b(?:${makers})\\(\\s*(?:[\\w.]+,\\s*)?|\\bcode: )['\`]?([a-z]+(?:-[a-z]+)+)\\b(?![$-])`,
    'g',
  );
  const sources = ['cli', 'lib', 'lambda'].map((folder) => readAll(folder, '.ts')).join('\n');
  const codes = new Set([...sources.matchAll(written)].map(([, code = '']) => code));
  const pages = readAll('docs', '.md');

  expect(codes.size).toBeGreaterThan(120);
  expect([...codes].filter((code) => !pages.includes(`\`${code}\``))).toEqual([]);
});
