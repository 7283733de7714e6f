import { wrappedText } from '../../cli/terminal/wrapped-text';

test('a text is broken between words, and a long word stands alone', () => {
  expect(wrappedText('one two  three\nfour', 10, '  ')).toBe('  one two\n  three\n  four');
  expect(wrappedText('a verylongwordthatdoesnotfit b', 10)).toBe('a\nverylongwordthatdoesnotfit\nb');
  expect(wrappedText('', 10)).toBe('');
});
