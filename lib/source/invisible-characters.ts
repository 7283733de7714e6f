/** What an editor shows as nothing or as a blank, and what the server takes for a letter: marks of byte order, blanks of other scripts, control characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}](?<![ \t\n\v\f\r])/gu;

const NAMES: ReadonlyMap<string, string> = new Map([
  ['U+0000', ', NUL'],
  ['U+001A', ', Ctrl-Z'],
  ['U+00A0', ', a blank that does not break'],
  ['U+200B', ', a blank without width'],
  ['U+FEFF', ', a byte order mark, as where two files are put together'],
]);

/** A text with blanks in the place of what cannot be seen in it. */
export function withBlanks(text: string): string {
  return text.replace(INVISIBLE, ' ');
}

/** Names the first character of a text that cannot be seen: `U+FEFF, a byte order mark`; undefined where there is none. */
export function invisibleIn(text: string): string | undefined {
  const [found] = text.match(INVISIBLE) ?? [];
  if (found === undefined) return undefined;
  const code = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return `${code}${NAMES.get(code) ?? ''}`;
}
