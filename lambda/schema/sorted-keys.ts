/**
 * A table's definition with its indexes sorted. SHOW CREATE TABLE prints them in the order in which they were made, no clause can
 * place one, and nothing but the choice between equal plans depends on it: an index that is dropped and made again is the same.
 * Without a primary key, rows are stored in the order of the first unique index: there, unique ones keep their order.
 * Source: https://dev.mysql.com/doc/refman/8.4/en/innodb-index-types.html
 */
export function withSortedKeys(definition: string): string {
  const lines = definition.split('\n');
  const first = lines.findIndex((line) => KEY.test(line));
  if (first === -1) return definition;
  const behind = lines.findIndex((line, at) => at > first && !KEY.test(line));
  const keys = lines.slice(first, behind);
  const texts = keys.map((line) => line.replace(/,$/, ''));
  const placed = texts.filter((line) => PLACED.test(line));
  const isStored = placed.some((line) => line.startsWith('  PRIMARY'));
  const sorted = [...(isStored ? placed.sort() : placed), ...texts.filter((line) => !PLACED.test(line)).sort()];
  // The last of them has a comma only where constraints follow.
  const comma = (at: number): string => (keys[at]?.endsWith(',') === true ? ',' : '');
  return [...lines.slice(0, first), ...sorted.map((line, at) => line + comma(at)), ...lines.slice(behind)].join('\n');
}

const KEY = /^ {2}(?:[A-Z]+ )?KEY /;
const PLACED = /^ {2}(?:PRIMARY|UNIQUE) KEY /;
