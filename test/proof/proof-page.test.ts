import { readFileSync } from 'node:fs';
import path from 'node:path';
import { proofPage } from './proof-page';
import { PROOF_FOLDER, readProof } from './proof-record';

test('docs/proof.md has the figures that the programs noted: npm run proof writes it', () => {
  const page = readFileSync(path.join(PROOF_FOLDER, '../docs/proof.md'), 'utf8');
  // The formatter aligns tables.
  const cells = (text: string): string =>
    text
      .replace(/ +/g, ' ')
      .replace(/-{3,}/g, '---')
      .replace(/\n{2,}/g, '\n\n');

  expect(cells(page)).toBe(cells(proofPage(page, readProof)));
});

test('a table has a row for each run, with its figures, its day, its code and its machine', () => {
  const run = {
    command: 'npm run explore',
    date: '2026-11-28',
    commit: 'abc',
    machine: '2 processors',
    seconds: 3,
    result: { states: 1234, violations: 0 },
  };

  expect(proofPage('a\n\n<!-- proof: explore -->\nold\n<!-- end -->\n\nb\n', () => [run])).toBe(
    [
      'a\n\n<!-- proof: explore -->\n',
      '| command | states | violations | when, which code, on what |',
      '| --- | --- | --- | --- |',
      '| `npm run explore` | 1,234 | 0 | 2026-11-28, abc, 2 processors, 3 s |\n',
      '<!-- end -->\n\nb\n',
    ].join('\n'),
  );
});

test('a program that was not run says so', () => {
  expect(proofPage('<!-- proof: soak -->\n<!-- end -->', () => [])).toContain('Not run yet.');
});
