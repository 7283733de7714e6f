/**
 * Whether a column that was defined anew surely holds the values that it held, told by its lines in the table's definition. A
 * longer type of the same kind does; what is not known here counts as not.
 */
export function keepsValues(before: string, now: string): boolean {
  const [old, current] = [typeIn(before), typeIn(now)];
  const mayBeNull = (line: string): boolean => !line.includes(' NOT NULL');
  return (
    old.kind === current.kind &&
    current.size.every((length, at) => length >= (old.size[at] ?? 0)) &&
    (mayBeNull(now) || !mayBeNull(before)) &&
    // All characters that there are.
    (now.includes('utf8mb4') || old.characterSet === current.characterSet)
  );
}

function typeIn(line: string): {
  readonly kind: string;
  readonly size: readonly number[];
  readonly characterSet: string;
} {
  const [, type = '', length = 0, digits = 0, rest = ''] = COLUMN.exec(line) ?? [];
  const integer = INTEGERS.indexOf(type);
  const isLong = /^(var\w+|decimal)$/.test(type);
  // UNSIGNED, the members of an ENUM, how it is generated, and the like.
  const others = rest.replace(CHARACTER_SET, '').replace(NO_VALUE, '');
  return {
    kind: `${integer < 0 ? type : ''} ${integer < 0 && !isLong ? `${length} ${digits}` : ''} ${others}`,
    size: integer < 0 ? (isLong ? [+length - +digits, +digits] : []) : [integer],
    characterSet: (rest.match(CHARACTER_SET) ?? []).join('').replaceAll('CHARACTER SET ', 'CHARSET='),
  };
}

const INTEGERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];

const COLUMN = /^`(?:[^`]|``)+` (\w+)(?:\((\d+)(?:,(\d+))?\))?(.*)$/s;

const CHARACTER_SET = / (?:CHARACTER SET |CHARSET=|COLLATE[ =])\w+/g;

/** What says nothing of the values that are there. */
const NO_VALUE = / (?:NOT NULL|NULL\b|(?:DEFAULT|COMMENT|ON UPDATE) (?:'(?:[^'\\]|''|\\.)*'|[\w.]+(?:\(\d*\))?))/gs;
