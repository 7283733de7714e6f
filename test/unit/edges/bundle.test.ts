import { readFileSync } from 'node:fs';
import path from 'node:path';

const BUNDLE = readFileSync(path.join(__dirname, '../../../dist/function/index.js'), 'utf8');

test('no library in the function makes code of what it is sent: columns that a server names stay data', () => {
  expect(BUNDLE).toContain('disableEval');
  expect(BUNDLE).not.toMatch(/\bFunction\s*\(|\beval\s*\(/);
});
