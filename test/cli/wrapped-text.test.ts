import path from 'node:path';
import { createColors } from 'picocolors';
import { asWrappedText } from '../../cli/lint/as-wrapped-text';
import { wrappedText } from '../../cli/terminal/wrapped-text';
import { CREATE_USER, migrationFolder } from '../lib/source/migration-folder';
import { runProgram } from './run-program';

test('a text is broken between words, and a long word stands alone', () => {
  expect(wrappedText('one two  three\nfour', 10, '  ')).toBe('  one two\n  three\n  four');
  expect(wrappedText('a verylongwordthatdoesnotfit b', 10)).toBe('a\nverylongwordthatdoesnotfit\nb');
  expect(wrappedText('', 10)).toBe('');
});

test('a command in a finding keeps its line, for it is to be copied', () => {
  const finding = { severity: 'error', code: 'c', file: 'f', line: 1, column: 1 } as const;
  const message = 'say on a line: `for f in *.sql; do cat "$f"; done` and see';
  const text = asWrappedText(
    { folder: '.', migrations: 1, findings: [{ ...finding, message }] },
    20,
    createColors(false),
  );
  expect(text).toContain('\n  `for f in *.sql; do cat "$f"; done`\n  and see\n');
});

test('sixty columns are enough', () => {
  const folder = migrationFolder({
    'migrations/0001_create_user.sql': CREATE_USER,
    'migrations/0002_drop.sql':
      '-- migrate:up\nALTER TABLE user DROP COLUMN a;\nDROP TABLE user;\n-- migrate:down\nDO 1;\n',
  });
  const terminal = {
    COLUMNS: '60',
    NO_COLOR: '1',
    NODE_OPTIONS: `--require ${path.join(__dirname, 'as-terminal.cjs')}`,
  };

  for (const args of [['--help'], ['help', 'lint'], ['help', 'create'], ['lint', 'migrations']]) {
    const { stdout } = runProgram(folder, args, terminal);
    expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([]);
    expect(stdout.length).toBeGreaterThan(500);
  }
  const { stdout } = runProgram(folder, ['lint', 'migrations', '--format', 'text'], terminal);
  expect(stdout).toBe(runProgram(folder, ['lint', 'migrations']).stdout);
});
