import { createColors } from 'picocolors';
import { asWrappedText } from '../../cli/lint/as-wrapped-text';
import { wrappedText } from '../../cli/terminal/wrapped-text';

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
