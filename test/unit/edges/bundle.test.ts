import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';

const BUNDLE = readFileSync(path.join(__dirname, '../../../dist/function/index.js'), 'utf8');

test('no library in the function makes code of what it is sent: columns that a server names stay data', () => {
  expect(BUNDLE).toContain('disableEval');
  expect(BUNDLE).not.toMatch(/\bFunction\s*\(|\beval\s*\(/);
});

test('the function asks for nothing that is not in it but what Node.js has: a package of that name in a layer would be run', () => {
  const wanted = [...BUNDLE.matchAll(/\brequire\("([^"]*)"\)/g)].flatMap(([, name]) => name ?? []);
  expect(wanted).toContain('node:crypto');
  expect(wanted.filter((name) => !isBuiltin(name))).toEqual([]);
});
