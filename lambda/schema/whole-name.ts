const BEFORE = /[a-z_$\u0080-\uffff]/;
const AFTER = /[\w$\u0080-\uffff]/;

/**
 * Whether a name stands in a text as a whole, both in small letters: a function `f` is no reason to doubt a DELETE FROM. In a
 * string and in a comment, too, since what is one depends on the sql_mode; and behind a digit, as in a comment that begins with
 * a version.
 */
export function hasWholeName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!BEFORE.test(text.charAt(at - 1)) && !AFTER.test(text.charAt(at + name.length))) return true;
  }
  return false;
}
