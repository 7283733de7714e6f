import fs from 'node:fs';
import path from 'node:path';
import pc from 'picocolors';
import { CODE_MEANING, FAIL_ON_CODES } from '../../cli/lint/code-meaning';
import { formatted, type LintFormat } from '../../cli/lint/formatted';
import type { LintReport } from '../../cli/lint/lint-finding';

const REPORT: LintReport = {
  folder: 'db',
  migrations: 2,
  base: 'v1',
  findings: [
    {
      severity: 'error',
      code: 'up-empty',
      file: 'db/0001 a.sql',
      line: 1,
      column: 1,
      message: 'its up has no statement: add one',
    },
    {
      severity: 'warning',
      code: 'table-copy',
      file: 'db/0002_b.sql',
      line: 3,
      column: 5,
      message: '"ALTER TABLE `a` …": 100% of it, a|b\ncopies the whole table, and writes to it wait until that is done',
    },
  ],
};
const NOTHING: LintReport = { folder: 'db', migrations: 1, findings: [] };
const PLAIN = { isInteractive: false, width: 80, colors: pc.createColors(false) };

const print = (format: LintFormat, report = REPORT): string => formatted(report, format, PLAIN);

test('github: commands of a workflow, with what would end them escaped', () => {
  expect(print('github').split('\n')).toEqual([
    '::error file=db/0001 a.sql,line=1,col=1,title=up-empty::its up has no statement: add one',
    '::warning file=db/0002_b.sql,line=3,col=5,title=table-copy::"ALTER TABLE `a` …": 100%25 of it, a|b%0Acopies the whole table, and writes to it wait until that is done',
    '2 migrations in db, compared with v1: 1 error (up-empty), 1 warning (table-copy)',
  ]);
});

test('markdown: the errors, and the warnings below a fold', () => {
  expect(print('markdown')).toBe(`### Migrations: not to be deployed so

2 migrations in db, compared with v1: 1 error (up-empty), 1 warning (table-copy)

| where | what | why, and what to do |
| --- | --- | --- |
| \`db/0001 a.sql:1\` | \`up-empty\`<br>the up has no statement | its up has no statement: add one |

<details><summary>Warnings</summary>

| where | what | why, and what to do |
| --- | --- | --- |
| \`db/0002_b.sql:3\` | \`table-copy\`<br>the server copies the table, and writes wait | "ALTER TABLE \\\`a\\\` …": 100% of it, a\\|b copies the whole table, and writes to it wait until that is done |

</details>`);
  expect(print('markdown', NOTHING)).toBe('### Migrations: fine\n\n1 migration in db: nothing found');
});

test('json: the report, with the summary', () => {
  expect(JSON.parse(print('json'))).toEqual({
    ...REPORT,
    summary: '2 migrations in db, compared with v1: 1 error (up-empty), 1 warning (table-copy)',
  });
});

test('sarif: one run, a rule for each code, each result in its place', () => {
  expect(JSON.parse(print('sarif'))).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'aurora-migrations',
            rules: [
              { id: 'table-copy', shortDescription: { text: 'the server copies the table, and writes wait' } },
              { id: 'up-empty', shortDescription: { text: 'the up has no statement' } },
            ],
          },
        },
        results: [
          {
            ruleId: 'up-empty',
            ruleIndex: 1,
            level: 'error',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'db/0001%20a.sql', uriBaseId: '%SRCROOT%' },
                  region: { startLine: 1, startColumn: 1 },
                },
              },
            ],
          },
          { ruleId: 'table-copy', ruleIndex: 0, level: 'warning' },
        ],
      },
    ],
  });
});

test('in a terminal: lines that fit, in colours that may be off', () => {
  const terminal = { isInteractive: true, width: 40, colors: PLAIN.colors };
  expect(formatted(REPORT, undefined, terminal)).toBe(`\
db/0001 a.sql:1:1 error up-empty
  its up has no statement: add one

db/0002_b.sql:3:5 warning table-copy
  "ALTER TABLE \`a\` …": 100% of it, a|b
  copies the whole table, and writes to
  it wait until that is done

2 migrations in db, compared with v1: 1
error (up-empty), 1 warning (table-copy)
What is meant to be so is acknowledged
in its file:
  -- review:ignore <code>: <why>`);
  expect(formatted(REPORT, undefined, { ...terminal, colors: pc.createColors(true) })).toContain('\u001b[31m');
  expect(formatted(REPORT, 'text', terminal)).toBe(formatted(REPORT, undefined, PLAIN));
});

test('each code of docs/review.md has a meaning, and those of --fail-on are its warnings', () => {
  const text = fs.readFileSync(path.join(__dirname, '../../docs/review.md'), 'utf8');
  const [warnings, errors] = ['## Codes', '## What is refused'].map((title) => {
    const section = text.slice(text.indexOf(title)).split(/^## /m)[1]!;
    const cells = [...section.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell!);
    return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, code]) => code!));
  }) as [string[], string[]];

  expect([...warnings, ...errors].filter((code) => CODE_MEANING[code] === undefined)).toEqual(['directory-missing']);
  expect(warnings.filter((code) => !FAIL_ON_CODES.includes(code))).toEqual([]);
});
