import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { runProgram } from './run-program';

const ROOT = path.join(__dirname, '../..');
const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs/ci.md'), 'utf8');
const BLOCKS = [...DOCUMENT.matchAll(/^```yaml \S+\n([^]*?)^```$/gm)].map(([, text = '']) => text);
const ACTION = parse(fs.readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, unknown>>;
};

test('each block of YAML can be read', () => {
  expect(BLOCKS.length).toBeGreaterThan(2);
  for (const text of BLOCKS) expect(parse(text)).toEqual(expect.any(Object));
});

test('the table has the inputs of the action, and no other', () => {
  const rows = [...DOCUMENT.matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name),
  );

  expect(rows.sort()).toEqual(Object.keys(ACTION.inputs).sort());
});

test('what the workflow gives the action is an input of it', () => {
  const { jobs } = parse(BLOCKS[0] ?? '') as {
    readonly jobs: { readonly migrations: { readonly steps: readonly { uses?: string; with?: object }[] } };
  };
  const ours = jobs.migrations.steps.find(({ uses }) => uses?.includes('cdk-aurora-migrations'));

  expect(Object.keys(ours?.with ?? {}).length).toBeGreaterThan(0);
  expect(Object.keys(ACTION.inputs)).toEqual(expect.arrayContaining(Object.keys(ours?.with ?? {})));
});

test.each(['ci', 'troubleshooting', 'threat-model', 'operation'])(
  'every command line of docs/%s.md is one that the program has, with options that it has',
  (name) => {
    const text = fs.readFileSync(path.join(ROOT, `docs/${name}.md`), 'utf8');
    const lines = [...text.matchAll(/npx aurora-migrations (\w+)([^\n`]*)/g)];

    for (const [, command = '', options = ''] of lines) {
      const { stdout } = runProgram(ROOT, ['help', command]);
      expect(stdout).toContain('Usage: aurora-migrations');
      for (const [option] of options.matchAll(/--[\w-]+/g)) expect(`${command}: ${stdout}`).toContain(option);
    }
  },
);

test('command lines are found', () => {
  expect(DOCUMENT.match(/npx aurora-migrations /g)?.length).toBeGreaterThan(3);
});
