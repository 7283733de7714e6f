import fs from 'node:fs';
import path from 'node:path';
import { evaluateModule } from '../../../lambda/edges/own-scripts';
import type { MigrationContext as Given } from '../../../lambda/ports';
import type { MigrationContext } from '../../../lib';
import { problemsOf, read } from './read-migrations';

const MODULE = 'export async function up({ query }) { await query("SELECT 1"); }\nexport async function down() {}\n';

test('imports are bundled in, Node modules stay', () => {
  const { scripts } = read({
    'shared/words.ts': 'export const words = (count: number): string => `SELECT ${count}`;',
    '0001_a.ts':
      "import { createHash } from 'node:crypto';\nimport { words } from './shared/words';\nexport const up = ({ query }: { query(sql: string): Promise<void> }) => query(words(1) + createHash.name);\nexport const down = up;",
  });

  expect(scripts.get('0001_a.json')).toContain('SELECT ${');
  expect(scripts.get('0001_a.json')).toContain('require(\\"node:crypto\\")');
  expect(scripts.get('0001_a.json')).not.toContain('./shared/words');
});

test('what is imported when it is needed is there as well', async () => {
  const { scripts } = read({
    'shared/words.ts': "export const words = 'SELECT 1';",
    '0001_a.js':
      "export const up = async ({ query }) => query((await import('./shared/words')).words, [(await import('node:path')).sep]);\nexport const down = up;",
  });
  const { module } = JSON.parse(scripts.get('0001_a.json') ?? '') as { module: string };
  const asked: unknown[] = [];

  await evaluateModule('/0001_a.js', module).up({ query: (...all) => Promise.resolve(void asked.push(all)) });

  expect(asked).toEqual([['SELECT 1', ['/']]]);
});

test('the example of docs/migration-files.md is one, and its type needs no package to be there', () => {
  const document = fs.readFileSync(path.join(__dirname, '../../../docs/migration-files.md'), 'utf8');
  const [, example = ''] = /```ts\n([^]*?)```/.exec(document) ?? [];
  expect(example).toContain("import type { MigrationContext } from 'cdk-aurora-migrations';");

  const { scripts } = read({ '0001_a.ts': example });

  expect(scripts.get('0001_a.json')).toContain('UPDATE user SET handle');
  expect(scripts.get('0001_a.json')).not.toContain('cdk-aurora-migrations');
});

test('a migration may take what the function gives for the type that people import', () => {
  const up = ({ query }: MigrationContext): Promise<unknown> => query('SELECT ?', [1]);
  const asked: unknown[] = [];
  const given: Given = { query: (...all) => Promise.resolve(void asked.push(all)) };

  return up(given).then(() => expect(asked).toEqual([['SELECT ?', [1]]]));
});

test('a copy in another folder gives the same script, also where it holds CommonJS packages', () => {
  const files = {
    'node_modules/left/index.js': 'module.exports = (a) => " " + a;',
    'node_modules/left/package.json': '{ "name": "left", "version": "1.0.0" }',
    '0001_a.ts': "import left from 'left';\nexport const up = async () => left('x');\nexport const down = up;",
    '0002_b.js': "const left = require('left');\nexports.up = async () => left('x');\nexports.down = exports.up;",
  };
  const cwd = process.cwd();
  const first = read(files);
  process.chdir('/');
  const second = read(files);
  process.chdir(cwd);

  expect(second).toEqual(first);
  expect([...first.scripts.values()].join()).not.toContain('migrations-');
});

test('idempotentDown is passed on, before irreversible', () => {
  const { scripts } = read({ '0001_a.js': `${MODULE}export const idempotentDown = true;` });

  expect(scripts.get('0001_a.json')).toMatch(/^\{"v":1,"module":".*","idempotentDown":true\}$/s);
});

test.each([
  ['without up', 'export const down = async () => {};', /: it does not export a function up: .* \(up-missing\)$/],
  ['without down', 'export const up = async () => {};', /: it does not export a function down: .* \(down-missing\)$/],
  [
    'with both down and irreversible',
    `${MODULE}export const irreversible = true;`,
    /contradicts.* \(irreversible-with-down\)$/,
  ],
  ['that throws when loaded', 'throw new Error("no such host");', /"no such host".* \(module-not-loaded\)$/],
  [
    'with a syntax error',
    '\nexport const up = ;',
    /^0001_a.ts:2: esbuild cannot bundle it: Unexpected ";" \(module-not-bundled\)$/,
  ],
  [
    'that imports what is not there',
    "import x from 'nowhere';\nexport const up = x;",
    /:1: .*Could not resolve "nowhere"/,
  ],
])('a module %s is a problem', (_, source, problem) => {
  expect(problemsOf({ '0001_a.ts': source })).toEqual([expect.stringMatching(problem)]);
});
