import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { addLint } from '../../cli/commands/lint';
import { addProve } from '../../cli/commands/prove';
import { addRehearse } from '../../cli/commands/rehearse';
import { runProgram } from './run-program';

const ROOT = path.join(__dirname, '../..');
const DOCUMENT = fs.readFileSync(path.join(ROOT, 'docs/ci.md'), 'utf8');
const BLOCKS = [...DOCUMENT.matchAll(/^```yaml \S+\n([^]*?)^```$/gm)].map(([, text = '']) => text);
const ACTION = parse(fs.readFileSync(path.join(ROOT, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly runs: {
    readonly steps: readonly { readonly run: string; readonly env: Readonly<Record<string, string>> }[];
  };
};

test('each block of YAML can be read', () => {
  expect(BLOCKS.length).toBeGreaterThan(2);
  for (const text of BLOCKS) expect(parse(text)).toEqual(expect.any(Object));
});

/** Of each command that the action runs: by which input an option is given, where it is not of its name, or why by none. */
const OPTIONS: Readonly<
  Record<string, readonly [add: (program: Command) => void, other: Readonly<Record<string, string>>]>
> = {
  lint: [addLint, { format: 'the action needs github and markdown', json: 'as format' }],
  prove: [addProve, { changed: '=base', watch: 'for people', json: 'the report has the text' }],
  rehearse: [addRehearse, { from: '=base', report: 'the comment has it', json: 'as report' }],
};

test.each(Object.entries(OPTIONS))('each option of %s is an input of the action', (name, [add, other]) => {
  const program = new Command();
  add(program);
  const options = program.commands[0]!.options.map(({ long }) => long!.slice(2));
  expect(options.length).toBeGreaterThan(3);
  expect(Object.keys(other).filter((option) => !options.includes(option))).toEqual([]);

  const run = ACTION.runs.steps.find((step) => step.run.startsWith(`# ${name}\n`))!;
  const lacking = options.filter((option) => {
    const reason = other[option];
    if (reason !== undefined && !reason.startsWith('=')) return false;
    const input = reason?.slice(1) ?? option;
    const variable = Object.entries(run.env).find(([, value]) => value === `\${{ inputs.${input} }}`)?.[0];
    const isGiven = input === 'directory' || run.run.includes(`--${option} "`);
    return !(input in ACTION.inputs) || variable === undefined || !run.run.includes(`$${variable}`) || !isGiven;
  });
  expect(lacking).toEqual([]);
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
